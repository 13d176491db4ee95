"""Format numbers as people of a language write them."""

import math
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import format_decimal, format_percent, format_scientific

_LONGEST_WRITTEN_OUT = 1e12  # a loss that diverged has hundreds of digits, which say nothing


class Numbers:
    """Writes numbers in one language: decimal comma and thousands point in German."""

    def __init__(self, language: str) -> None:
        self.locale = _locale(language)

    def points(self, value: float) -> str:
        """14.5 and 14, never 14.500."""
        return self._decimal(value, "#,##0.##")

    def integer(self, value: int) -> str:
        """4160 as 4,160 in English and 4.160 in German."""
        return self._decimal(value, "#,##0")

    def percent(self, share: float) -> str:
        """A share of 1 as whole percent."""
        if not math.isfinite(share) or abs(share) >= _LONGEST_WRITTEN_OUT:
            return "–"
        return _percent(_rounded(share, 2), self.locale)

    def score(self, value: float) -> str:
        """Three decimals, so that columns of scores can be compared at a glance."""
        return self._decimal(value, "0.000")

    def value(self, value: float) -> str:
        """Two decimals, for the numbers that a layer of a network gives."""
        return self._decimal(value, "0.00")

    def seconds(self, value: float) -> str:
        """One decimal below a minute, none above."""
        return self._decimal(value, "#,##0.0" if value < 60 else "#,##0")

    def mebibytes(self, value: float) -> str:
        """Whole ones: memory is not measured more precisely than that."""
        return self._decimal(value, "#,##0")

    def ratio(self, value: float) -> str:
        """How many times as much: one decimal below ten, none above."""
        return self._decimal(value, "0.#" if value < 10 else "#,##0")

    def short(self, value: float) -> str:
        """As short as can be, for the ticks of an axis."""
        if value != 0 and not 1e-3 <= abs(value) < 1e5:
            return str(format_scientific(value, format="0.#E0", locale=self.locale))
        return self._decimal(value, "#,##0.####")

    def _decimal(self, value: float, pattern: str) -> str:
        if not math.isfinite(value):
            return "–"
        if abs(value) >= _LONGEST_WRITTEN_OUT:
            return str(format_scientific(value, format="0.#E0", locale=self.locale))
        return _by_pattern(_rounded(value, len(pattern.partition(".")[2])), pattern, self.locale)


# Pages say the same numbers often, and Babel takes its time with each: so they are rounded as it would, then
# written once.


def _rounded(value: float, digits: int) -> str:
    return str(Decimal(str(value)).quantize(_unit(digits), ROUND_HALF_EVEN))


@cache
def _unit(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


@lru_cache(10_000)
def _percent(share: str, locale: Locale) -> str:
    return str(format_percent(Decimal(share), locale=locale))


@lru_cache(10_000)
def _by_pattern(value: str, pattern: str, locale: Locale) -> str:
    return str(format_decimal(Decimal(value), format=pattern, locale=locale)).replace("-", "−")


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)
