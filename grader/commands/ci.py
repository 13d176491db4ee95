"""The command for pipelines: ci. See `grader.ci` for what it does."""

import logging
import math
import os
import traceback
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.options import (
    DEFAULT_LANGUAGE,
    LanguageOption,
    MissingWallsOption,
    PlainOption,
    exit_after_interrupt,
    help_,
    print_to_stderr,
    refuse,
    require_walls_possible,
)
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _

_log = logging.getLogger(__name__)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        help=help_(_("Grade the submissions that a pull request changes, with the rubrics of its base commit."))
    )(ci)


def ci(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILES", help=help_(_("Files to grade as they are here, instead of a change."))),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option("--base", help=help_(_("Commit to compare with. Without it: the one that the host names."))),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help=help_(_("Folder for the answer and the reports; it is made anew.")))
    ] = Path("grader-ci"),
    pass_mark: Annotated[
        float | None,
        typer.Option(
            "--pass-mark",
            min=0,
            max=100,
            help=help_(_("Per cent of the points that are enough. Without it: every criterion has to pass.")),
        ),
    ] = None,
    course: Annotated[
        Path | None,
        typer.Option("--course", help=help_(_("Folder of the course. Without it: the course of the base."))),
    ] = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    plain: PlainOption = False,
    despite_missing_walls: MissingWallsOption = False,
) -> None:
    """Find out what was changed, grade it, write the answer in every form."""
    from grader.ci.environment import Host, detect_host
    from grader.ci.outputs import JobLog, OutputFolderError, prepare_folder, write_github_files, write_outputs
    from grader.ci.pipeline import CiOptions, grade_change, grade_files
    from grader.grading.results import Mode
    from grader.protocol.change_result import exit_code

    translate = Translator(lang)
    if pass_mark is not None and not math.isfinite(pass_mark):
        refuse(translate(_("--pass-mark takes a number from 0 to 100.")))
    if files and base is not None:
        refuse(translate(_("Name either files or --base: files are graded as they are here, and not compared.")))
    require_walls_possible(plain, None, translate)
    on_github = detect_host(os.environ) is Host.GITHUB
    options = CiOptions(lang, Mode.PLAIN if plain else Mode.WALLS, base, course, pass_mark, despite_missing_walls)
    with JobLog(quoted=on_github) as log:
        try:
            prepare_folder(out)
            answer, pages = grade_files(files, options) if files else grade_change(Path.cwd(), options, os.environ)
            answer = write_outputs(out, answer, pages)
            log.show(answer, out)
            if on_github:
                write_github_files(answer, os.environ)
                log.annotate(answer)
        except OutputFolderError as error:
            print_to_stderr(translate(error.text))
            raise typer.Exit(error.code) from error
        except KeyboardInterrupt:
            exit_after_interrupt(translate)
        except Exception:  # noqa: BLE001 - its words may be a stranger's: printed here, where they are quoted
            _log.critical("unexpected error", exc_info=True)
            log.fault(traceback.format_exc(), translate)
            raise typer.Exit(ExitCode.NOT_GRADED) from None
    raise typer.Exit(exit_code(answer))
