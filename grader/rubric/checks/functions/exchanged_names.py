"""Curves of a figure that have the names of each other: in the legend, or on the axes."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from grader.core.i18n import Words, _
from grader.protocol.evidence import AxesFacts

# What words say of a curve, so that two curves can be told to have each other's names.
_MEANINGS = {
    "training": re.compile(r"train|trän|lern", re.IGNORECASE),
    "validation": re.compile(r"val(?!ue)|test|prüf|pruef|held|unseen|ungesehen", re.IGNORECASE),
    "loss": re.compile(r"loss|verlust|entrop|fehler|error|kosten|cost|mse", re.IGNORECASE),
    "accuracy": re.compile(r"acc|genau|treffer|richtig|correct", re.IGNORECASE),
}


def find_exchanged_names(axes: Sequence[AxesFacts], name_curve: Callable[[str], str]) -> Words | None:
    """Return what is wrong where curves of a history have the names of each other; None where none have.

    That is said only where both names are understood, and each is true of the other curve.

    Args:
        axes: of the figure.
        name_curve: returns for the ref of a line which curve of a history it is, such as "val_loss", or "".
    """
    for key, name in _find_exchanged(_list_curve_names(axes, name_curve)):
        return _(
            "the legend names the curves the other way round: {name!r} is the curve of {key}.", name=name, key=key
        )
    labels = [(key, a.y_label or a.title) for a in axes for key in _list_only_key(a, name_curve)]
    for key, name in _find_exchanged(labels):
        return _(
            "the axes are labelled the other way round: {name!r} stands beside the curve of {key}.",
            name=name,
            key=key,
        )
    return None


def _list_curve_names(axes: Sequence[AxesFacts], name_curve: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return the key of each curve with the entry of the legend that is its name."""
    named = [(name_curve(ref), name) for a in axes for ref, name in zip(a.lines, a.line_names, strict=False)]
    return [(key, name) for key, name in named if key and name]


def _list_only_key(axes: AxesFacts, name_curve: Callable[[str], str]) -> set[str]:
    """Return "loss" or "accuracy" where an axes shows curves of one of them only, else nothing."""
    keys = {key.removeprefix("val_") for key in map(name_curve, axes.lines) if key}
    return keys if len(keys) == 1 else set()


def _find_exchanged(named: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the first of two keys and its name, for each two where each name is true of the other key alone."""
    for (key, name), (other_key, other_name) in combinations(named, 2):
        own, other = _list_meanings(key), _list_meanings(other_key)
        names, other_names = _read_meanings(name), _read_meanings(other_name)
        only_own, only_other = own - other, other - own
        is_true_of_other = bool(only_other) and only_other <= names and only_own <= other_names
        if is_true_of_other and not only_own & names and not only_other & other_names:
            yield key, name


def _list_meanings(key: str) -> set[str]:
    """Return what is true of the curve of a key: one of training and validation, one of loss and accuracy."""
    return {"validation" if key.startswith("val_") else "training", key.removeprefix("val_")}


def _read_meanings(text: str) -> set[str]:
    return {meaning for meaning, words in _MEANINGS.items() if words.search(text)}
