"""Read what a browser sends: the fields of a form, as text, within limits."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec

from grader.classroom.review.errors import ReviewError
from grader.classroom.store import Version
from grader.core.i18n import Message, _

MOST_BYTES = 256 * 1024  # of a form
MOST_FIELDS = 20
LONGEST_WORDS = 4000  # characters: more than this a report does not show


class MarkForm(msgspec.Struct, frozen=True):
    """What a person typed on the page of a hand-in. It is not checked yet, so that it can be shown again."""

    points: str = ""
    words: str = ""
    comment: str = ""  # id of a reusable comment
    is_reusable: bool = False  # whether the words are to become one
    version: str = ""
    answers: str = ""  # number of a regrade request


def read_fields(body: bytes) -> dict[str, str]:
    """Return the fields of a form. Raises `ReviewError` for what no form of the desk sends."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:  # no ASCII, no UTF-8 within it, or too many fields
        raise ReviewError(
            _("What the browser sent is no form of this page. Nothing was saved: reload the page and try again.")
        ) from error
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


def read_mark_form(fields: Mapping[str, str]) -> MarkForm:
    """Return what was typed on the page of a hand-in."""
    return MarkForm(
        points=fields.get("points", ""),
        words=fields.get("words", ""),
        comment=fields.get("comment", ""),
        is_reusable=fields.get("reusable") == "yes",
        version=fields.get("version", ""),
        answers=fields.get("answers", ""),
    )


def read_version(text: str) -> Version:
    """Return the version that a page was made of. Raises `ReviewError`."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise ReviewError(_("This page is not complete. Nothing was saved: reload it and try again."))
    hand_in, verdict, adjustment = map(int, parts)
    return Version(hand_in=hand_in, verdict=verdict, adjustment=adjustment)


def read_points(text: str, most: float, worth: float) -> float:
    """Return points, with a decimal point or a decimal comma. Raises `ReviewError`.

    Args:
        text: What was typed.
        most: What a criterion can give, with its bonus.
        worth: The same without its bonus.
    """
    expected: Message = (
        _("a number from 0 to {worth:g}, or to {most:g} with the bonus", worth=worth, most=most)
        if most > worth
        else _("a number from 0 to {most:g}", most=most)
    )
    try:
        points = float(text.strip().replace(",", "."))
    except ValueError:
        if text.strip():
            message = _(
                "{points} is no number of points: {expected} expected.", points=repr(text[:40]), expected=expected
            )
            raise ReviewError(message) from None
        raise ReviewError(_("The points are missing: {expected} expected.", expected=expected)) from None
    if not 0 <= points <= most:  # also for what is no number
        raise ReviewError(
            _(
                "This criterion cannot give {points:g} points: {expected} expected.",
                points=points,
                expected=expected,
            )
        )
    return points


def read_words(text: str) -> str:
    """Return a comment without blank ends. Raises `ReviewError` where it is longer than a report shows."""
    words = text.strip()
    if len(words) > LONGEST_WORDS:
        raise ReviewError(
            _(
                "The comment has {length} characters; reports show {most}. Nothing was saved: make it shorter.",
                length=len(words),
                most=LONGEST_WORDS,
            )
        )
    return words
