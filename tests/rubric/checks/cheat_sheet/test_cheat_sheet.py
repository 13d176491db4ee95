"""The cheat sheet: read in every form, in both languages; a wrong cell is told with its row, column and reason."""

import tracemalloc
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence.judgement import Judgement
from grader.protocol.evidence import Missing, OtherValue, Returned
from grader.protocol.plan import ReadGlobal
from grader.protocol.submission import Markdown
from grader.protocol.verdict import Status
from grader.rubric.checks import CheatSheet
from grader.rubric.checks.cheat_sheet import markdown_tables
from grader.rubric.checks.cheat_sheet.answers import (
    ANSWERS,
    COLUMN_NAMES,
    ROW_NAMES,
    TWO_OUTPUTS,
    find_cell_problem,
)
from grader.rubric.checks.cheat_sheet.cell_parser import CellReading, read_cell_text
from grader.rubric.checks.cheat_sheet.markdown_tables import read_markdown_tables
from grader.rubric.checks.cheat_sheet.table_parser import find_sheet_in_markdown
from grader.rubric.checks.cheat_sheet.vocabulary import (
    COLUMNS,
    ROWS,
    find_column,
    find_row,
    list_words,
    normalise_name,
)
from grader.rubric.checks.cheat_sheet.words import WORDS
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.encode_values import encode
from tests.helpers.cases import case, judged, seen, text

Table = dict[str, dict[str, Any]]

RIGHT: Mapping[str, Mapping[str, Any]] = {
    "regression": {"units": 1, "activation": "linear", "loss": "mse", "labels": "numbers", "metrics": "mae, r2"},
    "binary": {
        "units": 1,
        "activation": "sigmoid",
        "loss": "binary_crossentropy",
        "labels": "0/1",
        "metrics": "accuracy, f1",
    },
    "multi-class one-hot": {
        "units": "number of classes",
        "activation": "softmax",
        "loss": "categorical_crossentropy",
        "labels": "one-hot",
        "metrics": "accuracy",
    },
    "multi-class integers": {
        "units": "number of classes",
        "activation": "softmax",
        "loss": "sparse_categorical_crossentropy",
        "labels": "integers",
        "metrics": "accuracy",
    },
    "multi-label": {
        "units": "number of tags",
        "activation": "sigmoid",
        "loss": "binary_crossentropy",
        "labels": "multi-hot",
        "metrics": "f1, hamming loss",
    },
}
ROW = dict(zip(ROWS, RIGHT, strict=True))


def table(**changes: Any) -> Table:
    """The right table; `row__column=value` changes a cell."""
    made = {row: dict(cells) for row, cells in RIGHT.items()}
    for place, value in changes.items():
        row, column = place.split("__")
        made[ROW[row]][column] = value
    return made


def verdicts(sheet: object, *markdown: str) -> dict[str, Judgement]:
    """Judge all columns of a sheet, which is encoded as a run does it."""
    store = Store()
    value = encode(sheet, store)
    evidence = seen("CHEAT_SHEET@value", Returned(value=value), store.arrays)
    made = case({"CHEAT_SHEET@value": evidence}, markdown=tuple(Markdown(m, 0) for m in markdown))
    return {column: judged(CheatSheet(column), made) for column in COLUMNS}


def shares(sheet: object, *markdown: str) -> dict[str, float]:
    """The shares of the columns that are not all right."""
    return {c: round(j.share, 3) for c, j in verdicts(sheet, *markdown).items() if j.share != 1.0}


def markdown_of(rows: Table) -> str:
    """The table as Markdown."""
    header = ["task", *next(iter(rows.values()))]
    lines = [header, ["---"] * len(header), *([name, *map(str, cells.values())] for name, cells in rows.items())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# Forms.


def _transposed(rows: Table) -> Table:
    return {column: {row: cells[column] for row, cells in rows.items()} for column in next(iter(rows.values()))}


FORMS: Mapping[str, Any] = {
    "dict of dicts": lambda t: t,
    "dict of dicts on its side": _transposed,
    "dict of lists": lambda t: {row: list(cells.values()) for row, cells in t.items()},
    "dict of tuples": lambda t: {row: tuple(cells.values()) for row, cells in t.items()},
    "dict of columns with names": lambda t: {
        "task": list(t),
        **{c: list(r.values()) for c, r in _transposed(t).items()},
    },
    "list of dicts": lambda t: [{"task": row, **cells} for row, cells in t.items()],
    "list of dicts, name last": lambda t: [{**cells, "Aufgabe": row} for row, cells in t.items()],
    "list of dicts on its side": lambda t: [{"": column, **cells} for column, cells in _transposed(t).items()],
    "list of rows with a header": lambda t: [
        ["", *next(iter(t.values()))],
        *([row, *c.values()] for row, c in t.items()),
    ],
    "list of rows without a header": lambda t: [[row, *cells.values()] for row, cells in t.items()],
    "tuple of tuples": lambda t: tuple((row, *cells.values()) for row, cells in t.items()),
    "array of texts": lambda t: np.array(
        [["task", *next(iter(t.values()))], *([row, *map(str, c.values())] for row, c in t.items())]
    ),
    "data frame, names in its index": lambda t: pd.DataFrame(t).T,
    "data frame on its side": pd.DataFrame,
    "data frame, names in a column": lambda t: pd.DataFrame(
        [{"problem": row, **cells} for row, cells in t.items()]
    ),
    "data frame, index with a name": lambda t: pd.DataFrame(t).T.rename_axis("task"),
    "Markdown in a string": markdown_of,
    "Markdown without outer pipes": lambda t: "\n".join(line.strip("| ") for line in markdown_of(t).splitlines()),
    "rows in another order": lambda t: dict(reversed(t.items())),
    "columns in another order": lambda t: {row: dict(reversed(cells.items())) for row, cells in t.items()},
    "a column more": lambda t: {row: {"example": "houses, spam, digits", **cells} for row, cells in t.items()},
    "a row more": lambda t: {**t, "clustering": {"units": "?"}},
}


@pytest.mark.parametrize("form", FORMS)
def test_the_right_sheet_passes_in_every_form(form: str) -> None:
    sheet = FORMS[form](table())
    assert {c: text(j.message) for c, j in verdicts(sheet).items() if j.status is not Status.PASSED} == {}


@pytest.mark.parametrize("form", FORMS)
def test_wrong_cells_are_found_in_every_form(form: str) -> None:
    wrong = table(binary__activation="softmax", tagging__labels="one-hot", regression__metrics="accuracy")
    assert shares(FORMS[form](wrong)) == {"activation": 0.8, "labels": 0.8, "metrics": 0.8}


def test_a_markdown_table_counts_where_the_name_holds_nothing() -> None:
    nothings: list[object] = [None, ..., {}, [], "", "  "]
    for nothing in nothings:
        assert shares(nothing, "# Notes", markdown_of(table())) == {}
        assert shares(nothing, markdown_of(table(binary__loss="mse"))) == {"loss": 0.8}


def test_a_markdown_table_counts_where_the_name_is_missing() -> None:
    made = case(
        {"CHEAT_SHEET@value": seen("CHEAT_SHEET@value", Missing())}, markdown=(Markdown(markdown_of(table()), 1),)
    )
    assert judged(CheatSheet("loss"), made).status is Status.PASSED


def test_a_sheet_in_python_counts_before_a_markdown_table() -> None:
    assert shares(table(), markdown_of(table(binary__loss="mse"))) == {}


def test_of_several_tables_the_one_that_is_the_sheet_counts_and_of_two_the_later() -> None:
    other = "| rate | value |\n|---|---|\n| binary loss | 1 |\n| regression loss | 2 |"
    half = markdown_of({row: dict(cells) for row, cells in list(RIGHT.items())[:2]})
    wrong = markdown_of(table(binary__loss="mse"))
    assert shares(None, f"Rates:\n\n{other}\n\nSheet:\n\n{markdown_of(table())}\n", other, half) == {}
    assert shares(None, wrong, markdown_of(table())) == {}
    assert shares(None, markdown_of(table()), wrong) == {"loss": 0.8}


def test_markdown_loses_its_marks() -> None:
    marked = "| a\\|b | **bold** `code` | _x_ two_words<br>second |\n|:-|-:|---|\n| 1 | <b>2</b> |"
    ((header, row),) = read_markdown_tables([marked])
    assert header == ["a|b", "bold code", "x two_words, second"]
    assert row == ["1", "2", ""]


@pytest.mark.parametrize("written", ["no table", "|---|---|", "a | b\n--- | ---\n1 | 2", "|\n|-|", "- | -\n|-|-|"])
def test_other_markdown_is_no_sheet(written: str) -> None:
    assert find_sheet_in_markdown((written,)) is None


def test_a_markdown_table_that_is_partly_empty_counts_and_an_empty_one_does_not() -> None:
    empty = markdown_of({row: dict.fromkeys(cells, "") for row, cells in RIGHT.items()})
    assert shares(None, markdown_of(table(binary__loss="")), empty) == {"loss": 0.8}


def test_a_row_that_is_too_short_ends_with_empty_cells() -> None:
    rows = [["task", *COLUMNS], *([row, *cells.values()] for row, cells in RIGHT.items())]
    del rows[2][-1]
    assert shares(rows) == {"metrics": 0.8}
    assert "the cell is empty" in text(verdicts(rows)["metrics"].message)


@pytest.mark.parametrize("nothing", [None, ...])
def test_nothing_is_not_attempted(nothing: object) -> None:
    empty = markdown_of({row: dict.fromkeys(cells, "") for row, cells in RIGHT.items()})
    for markdown in ((), ("Some words.",), (empty,)):
        assert {j.status for j in verdicts(nothing, *markdown).values()} == {Status.NOT_ATTEMPTED}


def test_no_such_name_fails() -> None:
    made = case({"CHEAT_SHEET@value": seen("CHEAT_SHEET@value", Missing())})
    judgement = judged(CheatSheet("loss"), made)
    assert judgement.status is Status.FAILED
    assert "CHEAT_SHEET" in text(judgement.message)


NO_TABLE: Mapping[str, object] = {
    "empty dict": {},
    "empty text": " ",
    "text": "softmax for classes",
    "number": 3,
    "array": np.zeros((5, 5)),
    "empty array": np.zeros((0, 5)),
    "cube": np.zeros((5, 5, 5)),
    "flat dict": {"regression": "mse", "binary": "bce"},
    "list of texts": ["regression", "binary"],
    "function": len,
    "generator": (i for i in range(3)),
    "huge": OtherValue(type="ndarray", note="1024 MiB"),
    "wide": [["x"] * 100] * 100,
    "rows without names": [{"units": 1, "loss": "mse"}] * 5,
    "set": {"regression", "binary"},
    "dict of odd keys": {(1, 2): {None: 1}},
    "four columns without names": {row: list(cells.values())[:4] for row, cells in RIGHT.items()},
}


@pytest.mark.parametrize("value", NO_TABLE)
def test_what_is_no_table_fails_and_says_what_may_be_written(value: str) -> None:
    for judgement in verdicts(NO_TABLE[value]).values():
        assert judgement.status is Status.FAILED
        assert "It may be a dict" in text(judgement.message)


@pytest.mark.parametrize("cells", [["", "mse"], [None, None], [[], {}], [{"a": 1}, len], [object(), 1j]])
def test_a_sheet_with_odd_cells_is_judged(cells: list[object]) -> None:
    judgement = verdicts(table(regression__loss=cells[0], binary__loss=cells[1]))["loss"]
    assert judgement.share == pytest.approx(0.6)
    assert 'Row "regression", column "loss"' in text(judgement.message)


# What is said.


def said(column: str, **changes: Any) -> str:
    judgement = verdicts(table(**changes))[column]
    assert judgement.status is not Status.PASSED
    assert judgement.expected
    assert judgement.received
    return text(judgement.message)


def test_a_wrong_cell_is_told_with_row_column_and_reason_and_the_others_are_named() -> None:
    judgement = verdicts(table(binary__activation="softmax", tagging__activation="relu"))["activation"]
    assert text(judgement.message) == (
        'Right: 3 of 5 cells. Row "binary classification", column "output activation": softmax is not right '
        "there. Softmax over one unit is always 1, whatever the input. One output takes sigmoid. "
        "Look at these rows too: multi-label tagging."
    )
    assert (text(judgement.expected), judgement.received) == ("sigmoid", "softmax")
    assert judgement.share == pytest.approx(0.6)


WRONG: Mapping[str, tuple[str, dict[str, Any], str]] = {
    "a class less": ("units", {"one_hot__units": "number of classes - 1"}, "No class is left out"),
    "inputs": ("units", {"regression__units": "number of features"}, "number of inputs"),
    "one for many": ("units", {"integers__units": 1}, "one output for each class"),
    "two for many": ("units", {"one_hot__units": 2}, "one output for each class"),
    "one for tags": ("units", {"tagging__units": "1"}, "yes/no question of its own"),
    "ten numbers": ("units", {"regression__units": 10}, "One number is predicted"),
    "ten for yes or no": ("units", {"binary__units": 10}, "probability of yes"),
    "words": ("units", {"binary__units": "quite a few"}, '"quite few" is not understood'),
    "negative": ("units", {"one_hot__units": -3}, "units"),
    "relu for numbers": ("activation", {"regression__activation": "ReLU"}, "no negative number"),
    "bounded": ("activation", {"regression__activation": "tanh"}, "bounded"),
    "sigmoid for classes": ("activation", {"one_hot__activation": "sigmoid"}, "Exclusive classes take softmax"),
    "softmax for tags": ("activation", {"tagging__activation": "softmax"}, "compete"),
    "no logits": ("activation", {"integers__activation": "linear"}, "from_logits=True"),
    "logits for mse": (
        "activation",
        {"binary__activation": "linear", "binary__loss": "mse from_logits=True"},
        "from_logits",
    ),
    "log softmax": ("activation", {"one_hot__activation": "log_softmax"}, "logarithms"),
    "argmax": ("activation", {"one_hot__activation": "argmax"}, "no gradient"),
    "the contrary": (
        "activation",
        {"tagging__activation": "anything else than sigmoid"},
        '"else than" is not understood',
    ),
    "too long": ("loss", {"regression__loss": "mse, " * 300}, "the cell has more than 1000 characters"),
    "digits for yes or no": (
        "labels",
        {"binary__labels": "0 to 9"},
        "The label is the probability of yes: 0 or 1.",
    ),
    "counted from one": ("labels", {"integers__labels": "integers from 1 to 10"}, "from 0 on"),
    "how many classes": ("labels", {"regression__labels": "number of classes"}, '"number of classes" is not'),
    "negated": ("activation", {"binary__activation": "not sigmoid"}, '"not sigmoid" is not understood'),
    "one too many": ("activation", {"binary__activation": "sigmoid or tanh"}, "tanh is not right there"),
    "sparse for one-hot": ("loss", {"one_hot__loss": "sparse_categorical_crossentropy"}, "wants integers"),
    "dense for integers": ("loss", {"integers__loss": "CategoricalCrossentropy()"}, "wants one-hot rows"),
    "binary for classes": ("loss", {"integers__loss": "bce"}, "exclusive classes"),
    "categorical for tags": ("loss", {"tagging__loss": "cce"}, "several tags may be"),
    "categorical for one": ("loss", {"binary__loss": "categorical_crossentropy"}, "nothing to choose from"),
    "mse for classes": ("loss", {"one_hot__loss": "mse"}, "distances between numbers"),
    "entropy for numbers": ("loss", {"regression__loss": "binary_crossentropy"}, "numbers of any size"),
    "metric": ("loss", {"regression__loss": "accuracy"}, "cannot be a loss"),
    "which one": ("loss", {"one_hot__loss": "cross-entropy"}, "three cross-entropies"),
    "hinge": ("loss", {"binary__loss": "hinge"}, "-1 and +1"),
    "double": ("loss", {"one_hot__loss": "CategoricalCrossentropy(from_logits=True)"}, "comes twice"),
    "unknown": ("loss", {"regression__loss": "foo"}, "Words that are understood there: mse, mae, huber"),
    "one unknown": ("loss", {"regression__loss": "mse or foo"}, '"foo" is not understood'),
    "one wrong of two": (
        "loss",
        {"regression__loss": ["mse", "categorical_crossentropy"]},
        "categorical_crossentropy is not",
    ),
    "integers for one-hot": ("labels", {"one_hot__labels": "integers"}, "with a single 1"),
    "one-hot for integers": ("labels", {"integers__labels": "one-hot"}, "number of the class"),
    "one-hot for tags": ("labels", {"tagging__labels": "one-hot"}, "a single class only"),
    "a single bit for tags": ("labels", {"tagging__labels": "0/1"}, "multi-hot"),
    "one-hot for one": ("labels", {"binary__labels": "one-hot"}, "need two outputs"),
    "signs": ("labels", {"binary__labels": "-1/+1"}, "becomes negative"),
    "texts": ("labels", {"integers__labels": "strings"}, "texts have to be turned"),
    "integers for numbers": ("labels", {"regression__labels": "integers"}, "numbers to predict themselves"),
    "accuracy for numbers": ("metrics", {"regression__metrics": "mae, accuracy"}, "accuracy is not right there"),
    "distances for classes": ("metrics", {"binary__metrics": "rmse"}, "distances between numbers"),
    "sparse metric": ("metrics", {"one_hot__metrics": "SparseCategoricalAccuracy"}, "wants integer labels"),
    "dense metric": ("metrics", {"integers__metrics": "categorical_accuracy"}, "wants one-hot rows"),
    "sparse loss as a metric": (
        "metrics",
        {"one_hot__metrics": "sparse_categorical_crossentropy"},
        "wants integer labels",
    ),
    "metric of places": ("metrics", {"binary__metrics": "categorical_accuracy"}, "always the first"),
    "metric of each output": ("metrics", {"integers__metrics": "binary_accuracy"}, "looks good even"),
    "metric of the largest": ("metrics", {"tagging__metrics": "categorical_accuracy"}, "largest output only"),
    "empty": ("metrics", {"binary__metrics": ""}, "the cell is empty"),
    "missing number": ("metrics", {"binary__metrics": float("nan")}, "the cell is empty"),
    "function": ("metrics", {"binary__metrics": len}, "Write its name as text"),
    "class": ("metrics", {"binary__metrics": dict}, "the cell holds a type. Write its name as text"),
    "model of the sheet": ("metrics", {"binary__metrics": {"a": "accuracy"}}, "Write its name as text"),
}


@pytest.mark.parametrize("which", WRONG)
def test_each_wrong_cell_has_its_reason_and_costs_its_share_only(which: str) -> None:
    column, changes, reason = WRONG[which]
    assert reason in said(column, **changes)
    others = {c: s for c, s in shares(table(**changes)).items() if c != column}
    assert shares(table(**changes))[column] == 0.8
    assert set(others) <= {"loss"} if "loss" in str(changes) else not others


def test_missing_rows_and_columns_are_named() -> None:
    less = {row: cells for row, cells in table().items() if row != "multi-label"}
    assert set(shares(less).values()) == {0.8}
    assert 'There is no row "multi-label tagging"' in text(verdicts(less)["loss"].message)
    narrow = {row: {c: v for c, v in cells.items() if c != "loss"} for row, cells in table().items()}
    assert shares(narrow) == {"loss": 0.0}
    assert 'There is no column "loss"' in text(verdicts(narrow)["loss"].message)


def test_a_row_that_is_there_twice_has_to_be_right_twice() -> None:
    rows = [{"task": row, **cells} for row, cells in table().items()]
    assert shares([*rows, {"task": "regression", **RIGHT["regression"]}]) == {}
    assert shares([*rows, {"task": "Regression", **RIGHT["regression"], "loss": "hinge"}]) == {"loss": 0.8}


# More than one right way.

RIGHT_CELLS: Mapping[str, dict[str, Any]] = {
    "logits": {"one_hot__activation": "linear", "one_hot__loss": "CategoricalCrossentropy(from_logits=True)"},
    "logits in the head": {"integers__activation": "none (from_logits=True)"},
    "logits or not": {"binary__activation": "sigmoid, or linear", "binary__loss": "bce, from_logits=True"},
    "from_logits=False": {"binary__loss": "BinaryCrossentropy(from_logits=False)"},
    "None": {"regression__activation": None},
    "dash": {"regression__activation": "–"},
    "Keras objects": {
        "binary__loss": OtherValue(type="BinaryCrossentropy"),
        "regression__metrics": OtherValue(type="R2Score"),
    },
    "several losses": {"regression__loss": ["mse", "mae", "huber"]},
    "float or int": {"regression__labels": "float or int"},
    "integers 0/1": {"binary__labels": "integers 0/1"},
    "integers": {"binary__labels": "int"},
    "numpy number": {"binary__units": np.int64(1)},
    "float of one": {"binary__units": 1.0},
    "many": {"one_hot__units": 10, "integers__units": "10 (digits)", "tagging__units": 3},
    "symbols": {"one_hot__units": "k", "integers__units": "C", "tagging__units": "n"},
    "example of a row": {"one_hot__labels": [0, 0, 1, 0], "tagging__labels": "[1, 0, 1]"},
    "log loss": {"binary__loss": "log loss (binary_crossentropy)", "tagging__loss": "log loss: bce"},
    "two outputs": {
        "binary__units": 2,
        "binary__activation": "softmax",
        "binary__loss": "categorical_crossentropy",
        "binary__labels": "one-hot",
    },
    "two outputs, sparse": {
        "binary__units": "2",
        "binary__activation": "softmax",
        "binary__loss": "sparse_categorical_crossentropy",
    },
    "two outputs, logits": {
        "binary__units": 2,
        "binary__activation": "linear",
        "binary__loss": "sparse_categorical_crossentropy (from_logits=True)",
        "binary__labels": "integers",
    },
    "one or two": {"binary__units": "1 (or 2 with softmax)"},
}


@pytest.mark.parametrize("which", RIGHT_CELLS)
def test_other_right_answers_pass(which: str) -> None:
    sheet = table(**RIGHT_CELLS[which])
    store = Store()
    as_run = {
        row: {c: v for c, v in cells.items() if not isinstance(v, OtherValue)} for row, cells in sheet.items()
    }
    if as_run != sheet:  # a Keras object arrives as the name of its type
        import keras

        made = {"BinaryCrossentropy": keras.losses.BinaryCrossentropy(), "R2Score": keras.metrics.R2Score()}
        for cells in sheet.values():
            for column, value in cells.items():
                if isinstance(value, OtherValue):
                    assert encode(made[value.type], store) == value
                    cells[column] = made[value.type]
    assert {c: text(j.message) for c, j in verdicts(sheet).items() if j.status is not Status.PASSED} == {}


def test_two_outputs_want_the_rest_of_the_row_to_fit() -> None:
    assert shares(table(binary__units=2)) == {"activation": 0.8, "loss": 0.8, "labels": 0.8}
    assert "softmax" in said("activation", binary__units=2)


# Words.

GERMAN: Table = {
    "Regression": {
        "Ausgabe-Neuronen": "eins",
        "Aktivierung": "keine",
        "Verlustfunktion": "mittlerer quadratischer Fehler",
        "Label-Format": "Kommazahlen",
        "Nützliche Metriken": "Bestimmtheitsmaß",
    },
    "Binäre Klassifikation": {
        "Ausgabe-Neuronen": "1",
        "Aktivierung": "Sigmoid",
        "Verlustfunktion": "binäre Kreuzentropie",
        "Label-Format": "0 oder 1",
        "Nützliche Metriken": "Genauigkeit, Präzision und Sensitivität",
    },
    "Mehrere Klassen, One-Hot": {
        "Ausgabe-Neuronen": "Anzahl der Klassen",
        "Aktivierung": "Softmax",
        "Verlustfunktion": "kategoriale Kreuzentropie",
        "Label-Format": "One-Hot-Vektoren",
        "Nützliche Metriken": "Trefferquote, Konfusionsmatrix",
    },
    "Mehrere Klassen, ganze Zahlen": {
        "Ausgabe-Neuronen": "so viele wie Klassen",
        "Aktivierung": "Softmax",
        "Verlustfunktion": "sparse kategoriale Kreuzentropie",
        "Label-Format": "ganze Zahlen",
        "Nützliche Metriken": "Genauigkeit",
    },
    "Mehrfach-Labels (Tags)": {
        "Ausgabe-Neuronen": "eins je Tag",
        "Aktivierung": "Sigmoid",
        "Verlustfunktion": "binäre Kreuzentropie",
        "Label-Format": "0/1 für jeden Tag",
        "Nützliche Metriken": "F1-Maß",
    },
}


def test_german_words_are_understood_in_both_directions_of_the_table() -> None:
    assert shares(GERMAN) == {}
    assert shares(_transposed(GERMAN)) == {}
    assert shares(None, markdown_of(GERMAN)) == {}


READINGS = [
    *(
        ("units", t, ("classes",))
        for t in (
            "Klassen",
            "Anzahl Klassen",
            "n_classes",
            "nClasses",
            "one per class",
            "1 per class",
            "eine je Klasse",
            "Anzahl der Klassen (z. B. 10)",
            "num_classes",
            "as many as classes",
            "#classes",
            "len(classes)",
        )
    ),
    *(("units", t, ("10",)) for t in ("10", "10 units", "10 (one per digit)", "(10)")),
    *(("units", t, ("1",)) for t in ("1", "one", "eins", "1 Neuron", "a single unit")),
    *(
        ("units", t, ("shifted",))
        for t in (
            "classes - 1",
            "n_classes+1",
            "Klassen minus eins",
            "half the classes",
            "2 * classes - 1",
            "log of classes",
        )
    ),
    ("units", "> 2", ("3",)),
    ("activation", "softmax or linear with from_logits=True", ("softmax", "linear")),
    *(
        ("activation", t, ("linear",))
        for t in ("None", "keine", "linear", "no activation", "Identität", "-", "logits", "ohne")
    ),
    *(
        ("activation", t, ("sigmoid",))
        for t in ("Sigmoid", "keras.activations.sigmoid", "tf.nn.sigmoid", "σ", "logistisch")
    ),
    *(
        ("loss", t, ("mse",))
        for t in (
            "mse",
            "MSE",
            "MeanSquaredError()",
            "mean_squared_error",
            "keras.losses.MeanSquaredError",
            "mean squared error",
            "meansquarederror",
        )
    ),
    *(
        ("loss", t, ("binary_crossentropy",))
        for t in (
            "bce",
            "BinaryCrossentropy",
            "binary cross-entropy",
            "binäre Kreuzentropie",
            "BINARY_CROSSENTROPY",
        )
    ),
    *(
        ("labels", t, ("zero_one",))
        for t in (
            "0/1",
            "0 or 1",
            "{0, 1}",
            "0 und 1",
            "binary",
            "True/False",
            "ja/nein",
            "integers 0/1",
            "number 0 or 1",
            "1 or 0",
        )
    ),
    *(
        ("labels", t, ("integer",))
        for t in (
            "integers",
            "0..9",
            "0 to 9",
            "0, 1, 2",
            "0 … k-1",
            "0 to n_classes - 1",
            "Klassennummer",
            "ganze Zahlen",
            "integer numbers",
            "class index",
        )
    ),
    *(
        ("labels", t, ("one_hot",))
        for t in (
            "one-hot",
            "OneHot",
            "[0, 0, 1]",
            "to_categorical",
            "0/1-Vektor mit genau einer 1",
            "one-hot vector of 0 and 1",
        )
    ),
    *(
        ("labels", t, ("multi_hot",))
        for t in (
            "multi-hot",
            "0/1 per tag",
            "binary vector",
            "[1, 0, 1]",
            "k-hot",
            "0/1 je Tag",
            "vector of 0 and 1 for each tag",
        )
    ),
    *(("labels", t, ("signs",)) for t in ("-1/+1", "±1", "-1 or 1")),
    ("metrics", "mae, rmse & R²", ("mae", "rmse", "r2")),
    ("metrics", "['accuracy', 'f1']", ("accuracy", "f1")),
    ("metrics", "F₁-Score und ROC-AUC", ("f1", "auc")),
]


@pytest.mark.parametrize(("column", "written", "words"), READINGS)
def test_spellings_of_one_thing_are_one_thing(column: str, written: str, words: tuple[str, ...]) -> None:
    reading = read_cell_text(column, written)
    assert reading.words == words
    assert reading.understood


@pytest.mark.parametrize("column", COLUMNS)
def test_every_spelling_of_the_vocabulary_is_understood_as_its_word(column: str) -> None:
    hidden = {"per_tag", "single"}  # these only say more of others
    for word, spellings in WORDS[column].items():
        for spelling in spellings:
            assert read_cell_text(column, spelling).words == (word,) or word in hidden, spelling
            assert read_cell_text(column, spelling.upper()).words == (word,) or word in hidden, spelling


@pytest.mark.parametrize("column", COLUMNS)
def test_no_spelling_has_two_meanings(column: str) -> None:
    seen_: dict[str, str] = {}
    for word, spellings in WORDS[column].items():
        for spelling in spellings:
            assert seen_.setdefault(normalise_name(spelling), word) == word


@pytest.mark.parametrize("column", COLUMNS)
def test_words_that_are_shown_are_understood_and_right_somewhere(column: str) -> None:
    for word in list_words(column):
        assert read_cell_text(column, word).understood
    right = set().union(*(ANSWERS[row, column].right for row in ROWS)) - {"several"}
    shown = {w for written in list_words(column) for w in read_cell_text(column, written).words}
    assert shown <= right | {"2", "relu", "tanh", "elu", "softplus", "hard_sigmoid", "log_softmax"}


@pytest.mark.parametrize("place", ANSWERS, ids=str)
def test_answers_speak_of_words_that_can_be_read(place: tuple[str, str]) -> None:
    words = set(WORDS[place[1]]) | {"several", "shifted", "signs", "hamming"}
    answer = ANSWERS[place]
    assert answer.right
    assert answer.right <= words
    assert set(answer.because) <= words
    assert not answer.right & set(answer.because)


def test_there_is_an_answer_and_a_name_for_every_cell() -> None:
    assert set(ANSWERS) == {(row, column) for row in ROWS for column in COLUMNS}
    assert set(TWO_OUTPUTS) == set(COLUMNS)
    assert set(ROW_NAMES) == set(ROWS)
    assert set(COLUMN_NAMES) == set(COLUMNS)


NAMES = {
    "regression": ("regression", "Regression", "linear regression"),
    "binary": (
        "binary",
        "binary classification",
        "Binäre Klassifikation",
        "binaer",
        "two classes",
        "yes/no",
        "logistic regression",
        "binary, integer labels 0/1",
    ),
    "one_hot": (
        "one-hot",
        "multi-class (one-hot)",
        "multiclass_onehot",
        "Mehrklassen, One-Hot",
        "multi-class with one-hot labels",
        "categorical",
    ),
    "integers": (
        "multi-class with integer labels",
        "multi_class_int",
        "Mehrere Klassen (ganzzahlig)",
        "sparse categorical",
        "Mehrklassen mit ganzen Zahlen",
        "multiclass sparse",
    ),
    "tagging": (
        "multi-label",
        "multi-label tagging",
        "Tags",
        "MultiLabel",
        "Mehrfach-Labels",
        "Verschlagwortung",
        "tagging (binary per tag)",
    ),
}


@pytest.mark.parametrize(("row", "name"), [(row, name) for row, names in NAMES.items() for name in names])
def test_rows_are_known_by_many_names(row: str, name: str) -> None:
    assert find_row(name) == row


COLUMN_HEADS = {
    "units": ("units", "output units", "Ausgabe-Neuronen", "Anzahl Ausgänge", "output_neurons", "nodes"),
    "activation": (
        "activation",
        "output activation",
        "Aktivierung",
        "Ausgabe-Aktivierung",
        "Aktivierungsfunktion",
    ),
    "loss": ("loss", "Loss", "Verlustfunktion", "loss function", "Kostenfunktion"),
    "labels": ("labels", "label format", "Label-Format", "targets", "y", "y_true"),
    "metrics": ("metrics", "useful metrics", "Metriken", "Nützliche Metriken", "Kennzahlen"),
}


@pytest.mark.parametrize(("column", "name"), [(c, name) for c, names in COLUMN_HEADS.items() for name in names])
def test_columns_are_known_by_many_names(column: str, name: str) -> None:
    assert find_column(name) == column


@pytest.mark.parametrize("name", ["", "task", "Aufgabe", "example", "Beispiel", "clustering", "42"])
def test_other_names_are_no_rows_and_no_columns(name: str) -> None:
    assert find_row(name) is None
    assert find_column(name) is None


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        CheatSheet("colour")


def test_the_name_is_read_once_for_all_columns() -> None:
    steps = {step for column in COLUMNS for step in CheatSheet(column).steps((0,))}
    assert steps == {ReadGlobal(id="CHEAT_SHEET@value", name="CHEAT_SHEET")}


# Nothing breaks it.

CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["softmax", "0/1", "mse", "regression", "loss", "units", "|", "(", "---", "one-hot", "0 0 0 0 x"]
    ),
    st.integers(-3, 10**30),
    st.floats(),
    st.booleans(),
    st.lists(st.one_of(st.integers(0, 2), st.text(max_size=3)), max_size=4),
)
SHEETS = st.one_of(
    CELLS,
    st.dictionaries(
        st.one_of(st.sampled_from(list(RIGHT)), st.text(max_size=5)),
        st.dictionaries(st.sampled_from(COLUMNS), CELLS),
        max_size=6,
    ),
    st.lists(st.lists(CELLS, max_size=7), max_size=7),
    st.lists(st.dictionaries(st.sampled_from([*COLUMNS, "task"]), CELLS), max_size=6),
    st.dictionaries(st.sampled_from(COLUMNS), st.lists(CELLS, max_size=6)),
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(sheet=SHEETS, markdown=st.one_of(st.text(alphabet="|-: ab\n", max_size=60), st.text(max_size=20)))
def test_judging_never_raises(sheet: object, markdown: str) -> None:
    for judgement in verdicts(sheet, markdown).values():
        assert judgement.status in {Status.FAILED, Status.PARTIAL, Status.PASSED, Status.NOT_ATTEMPTED}


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    column=st.sampled_from(COLUMNS),
    written=st.one_of(st.text(max_size=40), st.text(alphabet="01 ,-+/.()", max_size=60)),
)
def test_reading_never_raises(column: str, written: str) -> None:
    reading = read_cell_text(column, written)
    find_cell_problem("binary", column, {**dict.fromkeys(COLUMNS, CellReading()), column: reading})


@pytest.mark.parametrize(
    "hostile", ["0 " * 5000, "0  " * 5000 + "x", "(" * 5000, "|" * 5000, "- " * 5000, ", " * 5000]
)
@pytest.mark.parametrize("column", COLUMNS)
def test_long_cells_are_read_in_no_time(column: str, hostile: str) -> None:
    read_cell_text(column, hostile)
    find_row(hostile[:200])
    list(read_markdown_tables([hostile[:4000]]))


def test_a_large_array_of_numbers_is_no_sheet_and_takes_no_time() -> None:
    from grader.protocol.evidence import ArrayValue
    from grader.rubric.checks.cheat_sheet.table_parser import read_sheet

    large = np.zeros((2, 1_000_000))
    value = ArrayValue(ref="a", dtype="float64", shape=large.shape, container="ndarray")
    assert read_sheet(value, {"a": large}) is None


def test_a_text_of_rules_holds_one_table_of_a_bounded_length() -> None:
    tables = list(read_markdown_tables(["|-|-|\n" * 4000]))
    assert [len(rows) for rows in tables] == [markdown_tables.MAX_LINES_OF_A_CELL - 1]  # all but the rule itself


def test_tables_of_many_cells_are_read_up_to_a_bound() -> None:
    tables = read_markdown_tables(["a | b\n-|-\n1 | 2\n\n" * 200] * 100)
    assert sum(len(rows) for rows in tables) <= markdown_tables.MAX_LINES


def test_short_rows_under_a_wide_header_do_not_multiply_what_is_read() -> None:
    wide = "|a" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|\n" * 900
    assert not list(read_markdown_tables([wide]))
    narrow = wide.replace("|a" * 2000, "|a" * 60).replace("|-" * 2000, "|-" * 60)
    cells = sum(len(row) for rows in read_markdown_tables([narrow]) for row in rows)
    assert cells <= markdown_tables.MAX_LINES_OF_A_CELL * markdown_tables.MAX_COLUMNS


@pytest.mark.parametrize(
    "around", ["{}", "Text\n{}", "{}\nText that names binary and regression", "```\n{}\n```", "<div>\n{}\n</div>"]
)
def test_a_markdown_table_is_found_wherever_it_stands(around: str) -> None:
    assert shares(None, around.format(markdown_of(table()))) == {}
    indented = "\n".join("     " + line for line in markdown_of(table()).splitlines())
    assert shares(None, around.format(indented)) == {}


def test_records_with_more_keys_than_a_sheet_has_columns_are_no_sheet() -> None:
    """Each record has other keys: the grid of all would be as large as their product."""
    from grader.protocol.evidence import Entries, Items, NoneValue
    from grader.rubric.checks.cheat_sheet.table_parser import read_sheet

    records = tuple(
        Entries(entries=tuple((f"{row}.{column}", NoneValue()) for column in range(300))) for row in range(60)
    )
    tracemalloc.start()
    try:
        assert read_sheet(Items(container="list", items=records), {}) is None
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
