"""The rules of the one comment below a change, the same on every forge: what it says, and whose is overwritten.

`github` and `gitlab` bring what their APIs call things.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.ci.comment.body import (
    MARKER,
    find_deciding_files,
    render_missing_record,
    render_note,
    render_refusal,
    render_too_many_files,
)
from grader.core.errors import UserError
from grader.core.i18n import Message, Translator
from grader.core.sanitize import visible


@dataclass(frozen=True)
class PostedComment:
    """A comment that is there already. `is_own`: written by the account that this job has."""

    id: int
    is_own: bool
    text: str


def choose_body(
    names: Sequence[str], is_complete: Callable[[], bool], read_record: Callable[[], bytes], translate: Translator
) -> tuple[str, Message | None]:
    """Return the body of the comment, and what was wrong with the record that the run left behind, if anything.

    Args:
        names: the changed files, as the forge lists them.
        is_complete: tells whether that list holds every changed file.
        read_record: returns the bytes that the run left behind; raises `UserError` where there are none.
        translate: for the sentences around the record, which has a language of its own.
    """
    if deciding := find_deciding_files(names):
        return render_refusal(deciding, translate), None
    if not is_complete():
        return render_too_many_files(translate), None
    try:
        return render_note(read_record()), None
    except UserError as error:
        return render_missing_record(translate), error.text


def post_comment(
    posted: Iterable[PostedComment], text: str, create: Callable[[str], None], edit: Callable[[int, str], None]
) -> None:
    """Bring the comment of earlier runs up to date, or write the first one."""
    for comment in posted:
        # The marker alone proves nothing: anybody can write it.
        if comment.is_own and comment.text.startswith(MARKER):
            if comment.text != text:
                edit(comment.id, text)
            return
    create(text)


def run_comment_job(job: Callable[[], Message], translate: Translator) -> None:
    """Do the job and print what it did. Ends with 2 where something could not be read or written."""
    try:
        done = job()
    except UserError as error:
        _print(translate(error.text))
        sys.exit(2)
    _print(translate(done))


def _print(sentence: str) -> None:
    sys.stdout.write(visible(sentence) + "\n")
