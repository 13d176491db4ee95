"""The answer on its way out: the folder, the exit code, what GitHub is told."""

import errno
from pathlib import Path

import msgspec
import pytest

from grader.ci import outputs as publish
from grader.ci.grade_change import build_file_name
from grader.ci.outputs import (
    OUTPUT_NAMES,
    JobLog,
    OutputFolderError,
    build_step_outputs,
    build_write_error,
    prepare_folder,
    write_github_files,
    write_outputs,
)
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from grader.protocol.change_result import ChangeResult, Note, SubmissionOutcome, decode, exit_code, worst
from grader.protocol.verdict import Curve, Status, Verdict
from tests.reports import samples

VERDICT = samples.good()[0]
EN = Translator("en")


def judged(status: Status, points: float = 0.0) -> SubmissionOutcome:
    """Return the outcome of a submission that was judged so."""
    verdict: Verdict = msgspec.structs.replace(VERDICT, status=status, points=points, max_points=100.0)
    return SubmissionOutcome(path="two/a.py", exercise="two", verdict=verdict, report="reports/1-two.html")


PASSED, FAILED = judged(Status.PASSED, 100), judged(Status.FAILED, 40)
UNREADABLE = SubmissionOutcome(path="two/b.py", exercise="two", problem="a link")
FAULT = SubmissionOutcome(path="two/c.py", exercise="two", fault="no room")
ERROR, WARNING, TIP = (Note(severity=s, text="x") for s in ("error", "warning", "tip"))


def answer(
    *outcomes: SubmissionOutcome, notes: tuple[Note, ...] = (), pass_mark: float | None = None
) -> ChangeResult:
    """Return an answer."""
    return ChangeResult(language="en", course="base", outcomes=outcomes, notes=notes, pass_mark=pass_mark)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (answer(), ExitCode.PASSED),
        (answer(notes=(WARNING, TIP)), ExitCode.PASSED),
        (answer(PASSED, PASSED), ExitCode.PASSED),
        (answer(PASSED, FAILED), ExitCode.NOT_ALL_PASSED),
        (answer(judged(Status.PARTIAL, 90)), ExitCode.NOT_ALL_PASSED),
        (answer(judged(Status.NOT_ATTEMPTED)), ExitCode.NOT_ALL_PASSED),
        (answer(judged(Status.SKIPPED)), ExitCode.NOT_ALL_PASSED),
        (answer(judged(Status.PARTIAL, 90), pass_mark=90), ExitCode.PASSED),
        (answer(judged(Status.PARTIAL, 89.9), pass_mark=90), ExitCode.NOT_ALL_PASSED),
        (answer(judged(Status.NOT_GRADED, 100), pass_mark=0), ExitCode.NOT_GRADED),
        (answer(PASSED, notes=(ERROR,)), ExitCode.USAGE),
        (answer(notes=(ERROR,)), ExitCode.USAGE),
        (answer(FAILED, UNREADABLE), ExitCode.USAGE),
        (answer(UNREADABLE, PASSED), ExitCode.USAGE),
        (answer(UNREADABLE, FAULT, FAILED, notes=(ERROR,)), ExitCode.NOT_GRADED),
        (answer(judged(Status.NOT_GRADED), PASSED), ExitCode.NOT_GRADED),
    ],
)
def test_the_exit_code_is_that_of_what_is_worst(given: ChangeResult, code: ExitCode) -> None:
    assert exit_code(given) == code
    assert (worst(given) == "passed") == (code is ExitCode.PASSED)


def test_outputs_are_words_and_numbers_of_our_own() -> None:
    assert build_step_outputs(answer(PASSED, FAILED, UNREADABLE)) == {
        "result": "unreadable",
        "exit-code": 2,
        "submissions": 3,
        "passed": 1,
        "points": "140",
        "max-points": "200",
    }
    assert build_step_outputs(answer())["points"] == "0"


def test_github_is_told_in_the_files_that_it_names(tmp_path: Path) -> None:
    summary, outputs = tmp_path / "summary", tmp_path / "outputs"
    summary.write_text("before\n")
    write_github_files(answer(PASSED), {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)})
    assert summary.read_text(encoding="utf-8").startswith("before\n## ")
    assert outputs.read_text() == (
        "result=passed\nexit-code=0\nsubmissions=1\npassed=1\npoints=100\nmax-points=100\n"
    )
    write_github_files(answer(PASSED), {})  # an older runner names none


def test_a_full_disk_is_named_with_what_to_do() -> None:
    error = build_write_error(Path("grading/answer.json"), OSError(errno.ENOSPC, "No space left on device"))
    said = EN(error.text)
    assert "answer.json cannot be written (there is no room left on the disk)" in said
    assert "Make room, or choose another folder with --out" in said


def test_a_summary_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputFolderError) as caught:
        write_github_files(answer(PASSED), {"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert "cannot be written" in EN(caught.value.text)
    assert caught.value.code is ExitCode.NOT_GRADED


def test_every_file_of_an_answer_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    prepare_folder(folder)
    given = answer(PASSED, UNREADABLE)
    assert write_outputs(folder, given, {"reports/1-two.html": "<!DOCTYPE html>"}) == given
    assert {path.name for path in folder.iterdir()} == OUTPUT_NAMES
    assert decode((folder / "answer.json").read_bytes()) == given
    assert (folder / "verdicts" / "1-two.json").is_file()
    assert (folder / "reports" / "1-two.html").read_text() == "<!DOCTYPE html>"


def test_the_folder_of_an_earlier_answer_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "out"
    for _ in range(2):
        prepare_folder(folder)
        write_outputs(folder, answer(PASSED), {"reports/1-two.html": "x"})
    prepare_folder(folder)
    assert [path.name for path in folder.iterdir()] == [".gitignore"]


def test_a_folder_that_holds_anything_else_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text("{}")
    (tmp_path / "thesis.tex").write_text("\\section")
    with pytest.raises(OutputFolderError) as caught:
        prepare_folder(tmp_path)
    assert caught.value.code is ExitCode.USAGE
    assert (tmp_path / "thesis.tex").is_file()
    assert (tmp_path / "answer.json").is_file()


def test_links_that_a_change_laid_out_are_removed_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "x").write_text("kept")
    folder = tmp_path / "grader-ci"
    folder.symlink_to(precious)
    prepare_folder(folder)
    assert not folder.is_symlink()
    (folder / "reports").symlink_to(precious)
    (folder / "answer.json").symlink_to(precious / "x")
    prepare_folder(folder)
    assert [path.read_text() for path in precious.iterdir()] == ["kept"]
    assert [path.name for path in folder.iterdir()] == [".gitignore"]


def test_what_turns_up_in_the_folder_meanwhile_is_not_written_through(tmp_path: Path) -> None:
    folder, precious = tmp_path / "out", tmp_path / "precious"
    precious.write_text("kept")
    prepare_folder(folder)
    (folder / "answer.json").symlink_to(precious)
    with pytest.raises(OutputFolderError):
        write_outputs(folder, answer(PASSED), {})
    assert precious.read_text() == "kept"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(OutputFolderError) as caught:
            prepare_folder(folder)
        assert "cannot be written" in EN(caught.value.text)


def test_a_record_that_would_be_too_long_to_read_leaves_the_curves_to_the_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    curve = Curve(name="seed 0", series={"loss": (1.0,) * 1000})
    given = answer(msgspec.structs.replace(PASSED, curves=(curve,)))
    monkeypatch.setattr(publish, "MAX_BYTES", 20_000)
    prepare_folder(tmp_path / "out")
    written = write_outputs(tmp_path / "out", given, {})
    assert written.outcomes == (PASSED,)
    assert decode((tmp_path / "out" / "answer.json").read_bytes()) == written


@pytest.mark.parametrize(
    ("exercise", "name"),
    [("two", "1-two"), ("../x", "1-x"), ("a b\n", "1-a-b"), ("ü", "1"), ("x" * 300, "1-" + "x" * 40), ("-", "1")],
)
def test_file_names_are_ours(exercise: str, name: str) -> None:
    assert build_file_name(1, exercise) == name


def test_a_log_that_github_reads_is_quoted_under_a_token_that_nobody_can_guess(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tokens = set()
    for _ in range(2):
        with JobLog(quoted=True) as log:
            log.fault("::error::stranger", EN)
        first, *lines, last = capsys.readouterr().out.splitlines()
        token = first.removeprefix("::stop-commands::")
        assert last == f"::{token}::"
        assert len(token) == 32
        assert "::error::stranger" in lines
        tokens.add(token)
    assert len(tokens) == 2


def test_a_log_that_people_read_is_not_quoted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with JobLog(quoted=False) as log:
        log.show(answer(PASSED), tmp_path / "o\x1b[31mut")
    out = capsys.readouterr().out
    assert "stop-commands" not in out
    assert "\x1b[31m" not in out
