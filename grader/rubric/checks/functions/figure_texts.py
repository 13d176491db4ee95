"""What stands beside the marks of a figure: numbers in titles; and what is said of marks that cannot be seen."""

import re
from collections.abc import Set as AbstractSet

from grader.core.i18n import Words, _
from grader.protocol.evidence import AxesFacts, FigureValue

SPARE = 2  # other numbers below that of the classes, such as those of a picture and of a row
_NUMBER = re.compile(r"(\d+)(\.\d+)?(\s*%)?")


def join_texts(axes: AxesFacts) -> str:
    """Return the title and the labels of an axes."""
    return f"{axes.title} {axes.x_label} {axes.y_label}"


def says_something(text: str) -> bool:
    """Return whether there are letters or digits in a label, and not only spaces or dots."""
    return any(character.isalnum() for character in text)


def has_numbers(text: str) -> bool:
    """Return whether there are digits in a text."""
    return bool(_NUMBER.search(text))


def names_classes(text: str, named: AbstractSet[int], classes: int) -> bool:
    """Return whether a text names these classes as numbers, and hardly any other of so many classes.

    What else it says may be how sure the network is, such as 0.93 or 93 %, or the number of a row.
    """
    numbers = [
        (int(whole), rest) for whole, rest, percent in _NUMBER.findall(text) if not (percent or rest.strip(".0"))
    ]
    whole_numbers = {number for number, rest in numbers if not rest}
    others = {number for number in whole_numbers - named if number < classes}
    return named <= {number for number, _rest in numbers} and len(others) <= SPARE


def add_unseen(complaint: Words, figure: FigureValue) -> Words:
    """Return what a figure lacks, and how many of its marks were left out because they cannot be seen."""
    count = sum(axes.unseen or 0 for axes in figure.axes)
    if not count:
        return complaint
    return _(
        "{complaint} What cannot be seen does not count: {count} of what the figure draws. Have a look at widths, "
        "sizes and colours, and at the limits and places of the axes.",
        complaint=complaint,
        count=count,
    )
