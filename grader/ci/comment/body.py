"""Render the comment below a change, for a job that trusts neither the change nor the run that graded it.

Pure functions: bytes that a stranger may have made go in, Markdown comes out.
"""

from collections.abc import Sequence

import msgspec

from grader.ci.trusted_paths import ROLES_THAT_DECIDE, find_role
from grader.core.errors import UserError
from grader.core.i18n import LANGUAGES, Message, Translator, _
from grader.protocol.change_result import ChangeResult, decode
from reports.change import markdown_pages
from reports.common import markdown as md

MARKER = "<!-- keras-grader -->"  # how a comment of ours is found again; nobody sees it
MAX_LIST_BYTES = 10_000_000
_MAX_NAMES = 10  # names of files


def decode_record(data: bytes) -> ChangeResult:
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


def render_note(data: bytes) -> str:
    """Return the note of a record, in the record's language. Raises `UserError` where there is none in `data`."""
    return markdown_pages.render_note(decode_record(data))


def decode_changed_files(data: bytes) -> tuple[str, ...]:
    """Read a JSON list of names. Raises `UserError` for anything else: an empty one would let everything pass."""
    try:
        return msgspec.json.decode(data, type=tuple[str, ...])
    except (msgspec.MsgspecError, ValueError) as error:
        raise UserError(
            _("The changed files have to be a JSON list of names: {reason}", reason=str(error))
        ) from error


def find_deciding_files(names: Sequence[str]) -> tuple[str, ...]:
    """Return those of the changed files with which a change could make its own run say anything."""
    return tuple(name for name in names if find_role(name) in ROLES_THAT_DECIDE)


def render_refusal(names: Sequence[str], translate: Translator) -> str:
    """Return what stands in the place of marks where the change brings along what is run."""
    listed = [md.code(name) for name in names[:_MAX_NAMES]]
    if len(names) > _MAX_NAMES:
        listed.append(md.escape(translate(_("and {count} more", count=len(names) - _MAX_NAMES))))
    touched = _(
        "This change touches files that decide how it is graded. Whatever its own run says can be made up, so no "
        "marks are shown here:"
    )
    mend = _(
        "Take them out of this change, then it is graded. If they are meant to change, somebody who may decide "
        "that has to look first."
    )
    return _page(
        translate,
        _("Not graded automatically"),
        md.escape(translate(touched)),
        md.items(listed),
        md.escape(translate(mend)),
    )


def render_too_many_files(translate: Translator) -> str:
    """Return what stands in the place of marks where the host does not list every changed file."""
    words = _(
        "This change touches more files than the host lists, so nobody can tell whether it changes how it is "
        "graded, and no marks are shown here. Hand in less at once."
    )
    return _page(translate, _("Not graded automatically"), md.escape(translate(words)))


def render_missing_record(translate: Translator) -> str:
    """Return what stands in the place of marks where the run left no record, or one that cannot be read."""
    words = _("The run left no answer that can be read. What happened stands in its log.")
    return _page(translate, _("Nothing was graded"), md.escape(translate(words)))


def _page(translate: Translator, title: Message, *paragraphs: md.Markdown) -> str:
    return md.joined([md.heading(2, md.escape(translate(title))), *paragraphs]) + "\n"
