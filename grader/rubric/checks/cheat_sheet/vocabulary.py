"""The words of the cheat sheet: what students call rows, columns and what stands in them, in English and German.

Words are compared by their letters: case, umlauts, spaces, hyphens, underscores and the humps of CamelCase do not
count, so `mean_squared_error`, `MeanSquaredError()` and "mean squared error" are one spelling. Where that is not
enough, endings ("quadratischen", "tags") and second halves of German compounds ("Sigmoidfunktion") do not count.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from grader.rubric.checks.cheat_sheet.words import WORDS, Spellings

ROWS = ("regression", "binary", "one_hot", "integers", "tagging")
COLUMNS = ("units", "activation", "loss", "labels", "metrics")

# Letters.

_LETTERS = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "ß": "ss",
    "σ": " sigmoid ",
    "−": "-",
    "–": "-",
    "—": "-",
    "ℝ": " real ",
    "Ä": "Ae",
    "Ö": "Oe",
    "Ü": "Ue",
}
# Commands of LaTeX that only set letters, and those that are words.
_LATEX = re.compile(
    r"\\(?:mathrm|mathit|mathbf|mathbb|mathcal|operatorname|text(?:bf|it|rm|tt)?|left|right|,|;|!)(?![a-z])"
)
_LATEX_WORDS = {
    r"\mathbb{R}": " real ",
    r"\sigma": " sigmoid ",
    r"\ldots": "...",
    r"\dots": "...",
    r"\cdots": "...",
    r"\{": "{",
    r"\}": "}",
}
# Marks of footnotes. The exponents of R² and L² are none.
_FOOTNOTE = re.compile(
    r"(?<![RrLl])[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+|[*†‡§]+\s*$|(?<=\w)\s*\[\d{1,2}\]\s*$"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def normalise_text(text: str) -> str:
    """Normalise a text: lower case, no umlauts, CamelCase split into words."""
    composed = _FOOTNOTE.sub("", unicodedata.normalize("NFC", text))
    for command, word in _LATEX_WORDS.items():
        composed = composed.replace(command, word)
    composed = _LATEX.sub(" ", composed)
    for letter, other in _LETTERS.items():
        composed = composed.replace(letter, other)
    return _HUMP.sub(" ", unicodedata.normalize("NFKC", composed)).lower()


def normalise_name(text: str) -> str:
    """Normalise a name for comparison: its letters and digits only."""
    return "".join(re.findall(r"[a-z0-9]+", normalise_text(text)))


# Names of rows and columns: the first mark that a name contains decides.

_ROW_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "tagging",
        (
            "multilabel", "multitag", "tagging", "tags", "mehrfachlabel", "mehrfachetikett", "mehrfachz",
            "mehrfachausz", "mehrfachmarkier", "mehrerelabel", "mehrereetikett", "multiplelabel", "severallabel",
            "severaltag", "multipletag", "schlagw", "schlagwoert", "stichwort", "stichwoert", "multihot",
            "nichtexklusiv", "nonexclusive", "nichtausschl", "keywords",
        ),
    ),
    ("one_hot", ("onehot", "1hot", "einsaus", "1ausk", "1ausn", "1ofk", "oneofk", "dummy")),
    (
        "binary",
        (
            "binar", "binaer", "twoclass", "2class", "zweiklass", "2klass", "zweikategor", "twocategor", "yesno",
            "janein", "logisti", "logit", "dichotom", "binomial", "bernoulli", "zweiwertig", "truefalse",
            "wahrfalsch",
        ),
    ),
    (
        "integers",
        (
            "integer", "ganzzahl", "ganzezahl", "ganzenzahl", "sparse", "classindex", "classindic", "classnumber",
            "classid", "klassenindex", "klassenindiz", "klassennummer", "klassenid", "labelencod",
        ),
    ),
    ("one_hot", ("categorical", "kategori")),
    ("regression", ("regress", "zahlvorher", "zahlenvorher", "predictanumber", "predictnumber")),
)  # fmt: skip
# Words of a name that says "several classes": which of the two rows it is. They mean nothing in other names.
_SEVERAL_CLASSES_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("one_hot", ("vector", "vektor", "binaris", "indikator", "indicator")),
    (
        "integers",
        ("nummer", "nummern", "number", "numbers", "numeric", "numerisch", "index", "indic", "indiz", "zahl"),
    ),
)
_MULTI_CLASS = re.compile(
    r"multi-?\s*_?(?:class|klass|nomial|cat|kat)|(?:mehr|viel)\w*[\s_-]*(?:klass|kateg)|polytom"
    r"|several (?:classes|categ)|(?<![a-z])[knc][\s_-]*(?:class|klass)"
)

# In this order: "Fehlermaß" is a metric, "Fehlerfunktion" a loss, and "Bewertungskriterium" no loss either.
_COLUMN_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "activation",
        ("activ", "aktiv", "transferf", "uebertragungsf", "nichtlinear", "nonlinear", "outputfunc", "ausgabefunk"),
    ),
    (
        "loss",
        (
            "loss", "verlust", "kosten", "cost", "schaden", "schadens", "fehlerfunktion", "fehlerfkt", "errorfunc",
            "zielfunktion", "zielfkt", "objective", "straffunktion", "penalty", "optimierungszi", "optimierungskr",
            "minimier", "minimi",
        ),
    ),
    (
        "metrics",
        (
            "metri", "kennzahl", "kenngroess", "guete", "masszahl", "score", "bewertung", "evaluation", "evaluier",
            "beurteil", "fehlermass", "leistung", "performance", "qualitaet", "quality", "measure", "messgroess",
            "auswertung", "erfolg",
        ),
    ),
    ("loss", ("kriteri", "criteri", "errorterm", "fehlerterm")),
    (
        "labels",
        (
            "label", "target", "zielwert", "zielgroesse", "zielvariab", "zielformat", "zieldaten", "format",
            "etikett", "ytrue", "ytrain", "kodier", "codier", "encod", "beschrift", "groundtruth", "sollwert",
            "sollausg", "wahrewerte", "annotation",
        ),
    ),
    (
        "units",
        (
            "unit", "neuron", "output", "ausgang", "ausgaeng", "ausgabe", "einheit", "knoten", "node", "nout",
            "perzeptron", "perceptron", "dimension",
        ),
    ),
)  # fmt: skip


def find_row(name: str) -> str | None:
    """Return the row that a name means, or None."""
    words = normalise_name(name)
    several = says_several_classes(name)
    for row, marks in _ROW_MARKS:
        if any(mark in words for mark in marks) and not (several and row == "binary"):
            return row
    if "tag" in re.findall("[a-z]+", normalise_text(name)):
        return "tagging"
    if not several:
        return None
    if {"int", "ints"} & set(re.findall("[a-z]+", normalise_text(name))):
        return "integers"
    return next((row for row, marks in _SEVERAL_CLASSES_MARKS if any(mark in words for mark in marks)), None)


def says_several_classes(name: str) -> bool:
    """Return whether a name says that there are several classes, be it or not which of the two rows it means."""
    return bool(_MULTI_CLASS.search(normalise_text(name)))


def find_column(name: str) -> str | None:
    """Return the column that a name means, or None."""
    words = normalise_name(name)
    if words == "y":
        return "labels"
    return next((column for column, marks in _COLUMN_MARKS if any(mark in words for mark in marks)), None)


# What stands in the cells.

_ENDING = re.compile(r"(?<=[a-z]{4})(?:ern|em|en|er|es|e|n|s)$")
_SECOND_HALF = re.compile(
    r"(?<=[a-z]{3})s?(?:aktivierungsfunktion|aktivierung|funktion|verlust|loss|schicht|metrik|metric|score|kurve"
    r"|kodierung|codierung|kodiert|codiert|encoding|encoded|vektoren|vektor|vectors|vector|labels|label|format|werte?)$"
)
_WORD = re.compile(r"[a-z]+[0-9]*|[0-9]+")


def normalise_endings(text: str) -> str:
    """Normalise a name as `normalise_name` does, and take the endings of its words away."""
    return "".join(_ENDING.sub("", word) for word in _WORD.findall(normalise_text(text)))


def _table(spellings: Spellings) -> dict[str, str]:
    """Return the words by their spellings; without endings where no other word is spelt like that."""
    exact = {normalise_name(spelling): word for word, all_ in spellings.items() for spelling in all_}
    shortened = {normalise_endings(spelling): word for word, all_ in spellings.items() for spelling in all_}
    shortened.pop("nicht", None)  # "nichts" is no form of it
    return shortened | exact


BY_LETTERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {column: _table(spellings) for column, spellings in WORDS.items()}
)


def find_word(column: str, tokens: Sequence[str]) -> str | None:
    """Return the word that some tokens of a cell spell together, or None."""
    table = BY_LETTERS[column]
    *before, last = tokens
    for end in dict.fromkeys((last, _SECOND_HALF.sub("", last))):
        spelt = [*before, end]
        word = table.get("".join(spelt)) or table.get("".join(_ENDING.sub("", token) for token in spelt))
        if word is not None:
            return word
    return None


def list_words(column: str) -> tuple[str, ...]:
    """List the words that are understood in a column, one for each meaning, for a message."""
    hidden = _HIDDEN | ({"accuracy", "crossentropy"} if column == "loss" else set())
    return tuple(spellings[0] for word, spellings in WORDS[column].items() if word not in hidden)


_HIDDEN = frozenset({"per_tag", "single", "symbol", "inputs", "text", "argmax", "hinge", "poisson", "cosine"})
