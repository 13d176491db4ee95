"""What is said about a change beside it, by a run that trusts neither the change nor the run that graded it.

Pure functions: bytes that a stranger may have made go in, Markdown comes out.
"""

from collections.abc import Sequence

import msgspec

from grader.ci.trusted_paths import RUN, decides
from grader.core.errors import UserError
from grader.core.i18n import LANGUAGES, Message, Translator, _
from grader.protocol.change_result import ChangeResult, decode
from reports.change import markdown_pages
from reports.common import markdown as md

MARKER = "<!-- keras-grader -->"  # how a comment of ours is found again; nobody sees it
MAX_LIST_BYTES = 10_000_000
_SHOWN = 10  # names of files


def read(data: bytes) -> ChangeResult:
    """Read a record of `grader ci`. Raises `UserError` for anything that is not exactly one."""
    try:
        answer = decode(data)
    except (msgspec.MsgspecError, ValueError) as error:
        raise UserError(
            _("This is no answer of grader ci that this version can read: {reason}", reason=str(error))
        ) from error
    if answer.language not in LANGUAGES:
        raise UserError(
            _(
                "This is no answer of grader ci that this version can read: its language is {language!r}.",
                language=answer.language[:40],
            )
        )
    return answer


def believed(data: bytes) -> str:
    """Return the note of a record, in the record's language. Raises `UserError` where there is none in `data`."""
    return markdown_pages.note(read(data))


def changed_files(data: bytes) -> tuple[str, ...]:
    """Read a JSON list of names. Raises `UserError` for anything else: an empty one would let everything pass."""
    try:
        return msgspec.json.decode(data, type=tuple[str, ...])
    except (msgspec.MsgspecError, ValueError) as error:
        raise UserError(
            _("The changed files have to be a JSON list of names: {reason}", reason=str(error))
        ) from error


def deciding(names: Sequence[str]) -> tuple[str, ...]:
    """Return those of the changed files with which a change could make its own run say anything."""
    return tuple(name for name in names if decides(name) in RUN)


def unbelieved(names: Sequence[str], say: Translator) -> str:
    """Return what stands in the place of marks where the change brings along what is run."""
    shown = [md.code(name) for name in names[:_SHOWN]]
    if len(names) > _SHOWN:
        shown.append(md.escape(say(_("and {count} more", count=len(names) - _SHOWN))))
    touched = _(
        "This change touches files that decide how it is graded. Whatever its own run says can be made up, so no "
        "marks are shown here:"
    )
    mend = _(
        "Take them out of this change, then it is graded. If they are meant to change, somebody who may decide "
        "that has to look first."
    )
    return _page(
        say, _("Not graded automatically"), md.escape(say(touched)), md.items(shown), md.escape(say(mend))
    )


def too_many(say: Translator) -> str:
    """Return what stands in the place of marks where the host does not list every changed file."""
    words = _(
        "This change touches more files than the host lists, so nobody can tell whether it changes how it is "
        "graded, and no marks are shown here. Hand in less at once."
    )
    return _page(say, _("Not graded automatically"), md.escape(say(words)))


def nothing_to_read(say: Translator) -> str:
    """Return what stands in the place of marks where the run left no record, or one that cannot be read."""
    words = _("The run left no answer that can be read. What happened stands in its log.")
    return _page(say, _("Nothing was graded"), md.escape(say(words)))


def _page(say: Translator, title: Message, *paragraphs: md.Markdown) -> str:
    return md.joined([md.heading(2, md.escape(say(title))), *paragraphs]) + "\n"
