"""The command `note`: print the comment that a second, trusted job writes below a pull request."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.options import DEFAULT_LANGUAGE, LanguageOption, exit_on_user_error, help_
from grader.core.errors import UserError
from grader.core.i18n import Translator, _


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(help=help_(_("Print what grader ci found as a note for a pull or merge request.")))(note)


def note(
    answer: Annotated[
        Path, typer.Argument(help=help_(_("answer.json of grader ci. It is read as data and not trusted.")))
    ],
    changed: Annotated[
        Path | None,
        typer.Option("--changed", help=help_(_("JSON list of the changed files, from a source that you trust."))),
    ] = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Print Markdown; refuse what is not exactly a record of `grader ci`."""
    from grader.ci.comment import body

    translate = Translator(lang)
    with exit_on_user_error(translate):
        names = body.decode_changed_files(_bytes(changed, body.MAX_LIST_BYTES)) if changed is not None else ()
        deciding = body.find_deciding_files(names)
        text = body.render_refusal(deciding, translate) if deciding else body.render_note(_answer(answer))
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


def _answer(file: Path) -> bytes:
    from grader.protocol.change_result import MAX_BYTES

    return _bytes(file, MAX_BYTES)


def _bytes(file: Path, most: int) -> bytes:
    """Read a file of at most `most` bytes."""
    try:
        with file.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {reason}.", file=str(file), reason=error.strerror or "")
        ) from error
    if len(data) > most:
        raise UserError(_("{file} is larger than {most} bytes, the most that is read.", file=str(file), most=most))
    return data
