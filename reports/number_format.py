"""Numbers as people of a language write them."""

import math
from collections.abc import Callable

from babel import Locale
from babel.numbers import format_decimal, format_percent, format_scientific

_LONGEST_WRITTEN_OUT = 1e12  # a loss that diverged has hundreds of digits, which say nothing


class Numbers:
    """Writes numbers in one language: decimal comma and thousands point in German."""

    def __init__(self, language: str) -> None:
        self.locale = Locale.parse(language)
        self._written: dict[tuple[str, str], str] = {}  # a document says the same numbers often

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
        return self._once(share, "%", lambda: str(format_percent(share, locale=self.locale)))

    def score(self, value: float) -> str:
        """Three decimals, so that columns of scores can be compared at a glance."""
        return self._decimal(value, "0.000")

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
        return self._once(value, pattern, lambda: self._by_pattern(value, pattern))

    def _by_pattern(self, value: float, pattern: str) -> str:
        return str(format_decimal(value, format=pattern, locale=self.locale)).replace("-", "−")

    def _once(self, value: float, pattern: str, write: Callable[[], str]) -> str:
        key = repr(value), pattern  # 0.0 and -0.0 are equal, and not written alike
        if key not in self._written:
            self._written[key] = write()
        return self._written[key]
