"""Write the result of a change: files in a folder of its own, and what the host wants besides."""

import secrets
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec
from rich.console import Console

from grader.ci.grade_change import REPORTS, VERDICTS
from grader.core.errors import UserError, explain_write_error
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, Translator, _
from grader.core.sanitize import visible
from grader.protocol.change_result import MAX_BYTES, ChangeResult, encode, exit_code, result, worst
from grader.protocol.verdict import encode as verdict_json

ANSWER, SUMMARY, NOTE, JUNIT, QUALITY = "answer.json", "summary.md", "note.md", "junit.xml", "code-quality.json"
IGNORED = ".gitignore"
OUTPUT_NAMES = frozenset({ANSWER, SUMMARY, NOTE, JUNIT, QUALITY, REPORTS, VERDICTS, IGNORED})


class OutputFolderError(UserError):
    """The answer cannot be written where it should be. `text` says why, `code` what the shell is told."""

    def __init__(self, text: Message, code: ExitCode) -> None:
        super().__init__(text)
        self.code = code


def prepare_folder(folder: Path) -> None:
    """Make the folder anew. Raises `OutputFolderError`, among others for a folder that holds anything else.

    What lies there may be somebody's who wants files overwritten that it links to: it is removed, not used.
    """
    try:
        if folder.is_symlink():
            folder.unlink()
        elif folder.is_dir():
            others = sorted({path.name for path in folder.iterdir()} - OUTPUT_NAMES)
            if others:
                raise OutputFolderError(
                    _(
                        "{folder} holds other files than an earlier answer, and would be emptied. Name another "
                        "folder with --out.",
                        folder=str(folder),
                    ),
                    ExitCode.USAGE,
                )
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        (folder / IGNORED).write_text("*\n")  # `git add .` is not to hand the answer in
    except OSError as error:
        raise build_write_error(folder, error) from error


def write_outputs(folder: Path, answer: ChangeResult, pages: Mapping[str, str]) -> ChangeResult:
    """Write everything, and return the answer as it was written. Raises `OutputFolderError`."""
    from reports.change import code_quality, junit, markdown_pages

    record = encode(answer)
    if len(record) > MAX_BYTES:  # the curves are in the reports as well
        bare = tuple(msgspec.structs.replace(outcome, curves=()) for outcome in answer.outcomes)
        answer = msgspec.structs.replace(answer, outcomes=bare)
        record = encode(answer)
    files: dict[str, str | bytes] = {
        ANSWER: record,
        SUMMARY: markdown_pages.render_summary(answer),
        NOTE: markdown_pages.render_note(answer),
        JUNIT: junit.render_junit(answer),
        QUALITY: code_quality.render_code_quality(answer),
        **pages,
    }
    for outcome in answer.outcomes:
        if outcome.verdict is not None:
            name = Path(outcome.report).stem
            files[f"{VERDICTS}/{name}.json"] = verdict_json(outcome.verdict)
    try:
        for name, text in files.items():
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            with target.open("xb") as file:  # nothing that was there already
                file.write(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
    except OSError as error:
        raise build_write_error(folder, error) from error
    return answer


def write_github_files(answer: ChangeResult, environment: Mapping[str, str]) -> None:
    """Append the summary and the outputs to the files that GitHub names. Raises `OutputFolderError`."""
    from reports.change import markdown_pages

    outputs = "".join(f"{name}={value}\n" for name, value in build_step_outputs(answer).items())
    appended = {"GITHUB_STEP_SUMMARY": markdown_pages.render_summary(answer), "GITHUB_OUTPUT": outputs}
    for variable, text in appended.items():
        if name := environment.get(variable):
            try:
                with Path(name).open("ab") as file:
                    file.write(text.encode("utf-8", "replace"))
            except OSError as error:
                raise _build_host_error(Path(name), error) from error


def build_step_outputs(answer: ChangeResult) -> Mapping[str, str | int]:
    """Return the outputs of the step: words and numbers of our own, nothing that a student wrote."""
    results = [result(outcome, answer.pass_mark) for outcome in answer.outcomes]
    verdicts = [outcome.verdict for outcome in answer.outcomes if outcome.verdict is not None]
    return {
        "result": worst(answer),
        "exit-code": exit_code(answer),
        "submissions": len(results),
        "passed": results.count("passed"),
        "points": f"{sum(verdict.points for verdict in verdicts):.12g}",
        "max-points": f"{sum(verdict.max_points for verdict in verdicts):.12g}",
    }


def _build_host_error(file: Path, error: OSError) -> OutputFolderError:
    """Return the error for a file of the host's that cannot be written."""
    return OutputFolderError(
        _("{file} cannot be written ({reason}).", file=str(file), reason=explain_write_error(error)),
        ExitCode.NOT_GRADED,
    )


def build_write_error(file: Path, error: OSError) -> OutputFolderError:
    """Return the error for a file or folder that cannot be written."""
    return OutputFolderError(
        _(
            "{file} cannot be written ({reason}). Make room, or choose another folder with --out, then run the "
            "same command again.",
            file=str(file),
            reason=explain_write_error(error),
        ),
        ExitCode.NOT_GRADED,
    )


class JobLog:
    """Standard output, on GitHub with everything but annotations quoted: the runner obeys lines that look right.

    Quoted is also what the grader's processes write meanwhile. A context manager.
    """

    def __init__(self, *, quoted: bool) -> None:
        self._token = secrets.token_hex(16) if quoted else ""

    def __enter__(self) -> Self:
        if self._token:
            self._print(f"::stop-commands::{self._token}")
        return self

    def __exit__(self, *_: object) -> None:
        self._end_quote()

    def show(self, answer: ChangeResult, folder: Path) -> None:
        """Print the answer for people, and where its files are."""
        from reports.change import plain_text

        translate = Translator(answer.language)
        plain_text.print_answer(answer, Console())
        self._print(translate(_("Answer and reports: {folder}", folder=visible(str(folder)))))

    def annotate(self, answer: ChangeResult) -> None:
        """Print workflow commands."""
        from reports.change import annotations

        self._end_quote()
        for line in annotations.render_annotations(answer):
            self._print(line)

    def fault(self, traceback: str, translate: Translator) -> None:
        """Print what broke the grader."""
        self._print(traceback)
        self._print(translate(_("This is the grader's fault, not yours. Please report it.")))

    def _end_quote(self) -> None:
        """From here on, lines are obeyed. May be called twice."""
        if self._token:
            self._print(f"::{self._token}::")
        self._token = ""

    @staticmethod
    def _print(line: str) -> None:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()
