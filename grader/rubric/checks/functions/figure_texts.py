"""What stands beside the marks of a figure: numbers in titles; and what is said of marks that cannot be seen."""

import re
from collections.abc import Set as AbstractSet

from grader.core.i18n import Words, _
from grader.protocol.evidence import AxesFacts, FigureValue

SPARE = 2  # other numbers below that of the classes, such as those of a picture and of a row
_NUMBER = re.compile(r"(\d+)(\.\d+)?(\s*%)?")
# Words that say whose answer a number is, such as "y_pred: 4, y_true: 9": the network's or the right one.
_OWNERS = re.compile(
    r"(?<![a-zäöüß])(?:(?P<said>pred|sa(?:id|ys)|guess|net|model|vorher|sagt|gesagt|geraten)"
    r"|(?P<right>true|truth|right|actual(?!ly)|correct(?!ly)|richtig|korrekt|wahr(?!schein)|echt|tats(?:ä|ae)chlich)"
    r"|(?P<label>label))",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:not|no|nicht|kein)", re.IGNORECASE)  # "not right: 4"
_OF_NUMBER_BEFORE = re.compile(r"[ (]*[^\W\d]+(?: [^\W\d]+)?[ )]*[,;/|\n→–)-]\W*")  # "4 predicted, 9 true"


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


def exchanges_answers(text: str, answer: int, label: int) -> bool:
    """Return whether a text says of what is right that the network says it, and the other way round.

    Only where each of two numbers has words that say whose it is, all of them before their numbers, or all behind.
    """
    numbers = [
        match
        for match in _NUMBER.finditer(text)
        if not match[3] and int(match[1]) in {answer, label} and _is_whole(match)
    ]
    if len(numbers) != 2 or int(numbers[0][1]) == int(numbers[1][1]):
        return False
    (start, end), (other_start, other_end) = (match.span() for match in numbers)
    before, between, after = text[:start], text[end:other_start], text[other_end:]
    owners = tuple(map(_read_owner, (before, between, after)))
    exchanged = tuple("right" if int(match[1]) == answer else "said" for match in numbers)
    if owners == ("", *exchanged):
        return bool(_OF_NUMBER_BEFORE.fullmatch(between)) and not _DENIAL.search(text)
    return owners == (*exchanged, "") and not _DENIAL.search(text)


def _is_whole(match: re.Match[str]) -> bool:
    return not (match[2] or "").strip(".0")


def _read_owner(words: str) -> str:
    """Return "said" or "right", "" where no word says either, and "both" where that is not clear."""
    owners = {match.lastgroup or "" for match in _OWNERS.finditer(words)}
    if owners == {"label"}:
        return "right"
    owners -= {"label"}  # "predicted label" is what is said
    return next(iter(owners), "") if len(owners) < 2 else "both"


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
