"""Messages and their translation: sentences for people are kept apart from the language that they are read in.

A judgement makes a `Message`: the English sentence (which is the key of the gettext catalogue) and the values
that it names. Only when a verdict or a report is written does a `Translator` turn it into a string, so that
one judgement can be read in every language.
"""

import gettext
import locale
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec


def default_language() -> str:
    """Return the language of the user's terminal, if the grader speaks it, else English."""
    locale_name = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    code = (locale.normalize(locale_name) or "").split("_")[0].lower()
    return code if code in LANGUAGES else "en"


LANGUAGES = ("en", "de")
LOCALE_FOLDER = Path(__file__).parent / "locale"


class Message(msgspec.Struct, frozen=True, tag="Text"):
    """A sentence of the grader's own: `msgid` in English with `{name}` fields, `params` to fill them."""

    msgid: str
    params: Mapping[str, "Filling"] = {}


class Bilingual(msgspec.Struct, frozen=True, tag="Bilingual", kw_only=True):
    """A sentence of an exercise's author, who has no catalogue: both languages side by side, `en` and `de`.

    >>> Bilingual(en="Train the network", de="Das Netz trainieren")
    """

    en: str
    de: str


Words = Message | Bilingual
Filling = str | int | float | Words


def _(msgid: str, /, **params: Filling) -> Message:
    """Mark `msgid` for translation and remember the values that fill it. Babel looks for this name."""
    return Message(msgid, params)


def write_number(value: float, spec: str) -> Message:
    """Return a number as it is written in the language that it is read in: `spec` is Python's, such as `.3f`."""
    return Message(f"{{value:{spec}}}", {"value": float(value)})


class Translator:
    """Turns `Message` and `Bilingual` into strings of one language.

    Raises `ValueError` for a language that has no catalogue.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language must be one of {', '.join(LANGUAGES)}; received {language!r}")
        self.language = language
        self.catalogue = _catalogue(language)

    def __call__(self, words: Words | str) -> str:
        """Return the sentence in this translator's language; a plain `str` is the student's and stays as it is."""
        if isinstance(words, str):
            return words
        if isinstance(words, Bilingual):
            return words.de if self.language == "de" else words.en
        filled = {name: self._filling(value) for name, value in words.params.items()}
        return self.catalogue.gettext(words.msgid).format(**filled)

    def _filling(self, value: Filling) -> str | int | float:
        if isinstance(value, Message | Bilingual):
            return self(value)
        return _GermanFloat(value) if isinstance(value, float) and self.language == "de" else value


class _GermanFloat(float):
    """A number that is written with a decimal comma, and with a space before the per cent sign."""

    def __format__(self, spec: str) -> str:
        return super().__format__(spec).replace(".", ",").replace("%", "\N{NO-BREAK SPACE}%")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    # English is the source language: its sentences are the keys.
    return gettext.translation("grader", LOCALE_FOLDER, [language], fallback=language == "en")
