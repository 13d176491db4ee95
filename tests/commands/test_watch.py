"""`grader check --watch` as a student uses it: saves of all kinds, and what the terminal says about each."""

from pathlib import Path

from grader.core.exit_codes import ExitCode
from grader.protocol.verdict import Status, decode
from tests.commands.test_app import grader
from tests.commands.watched import WAITING, watching
from tests.end_to_end.conftest import COURSE

RIGHT = (COURSE.folder / "reference" / "functions" / "submission.py").read_text()
WRONG = RIGHT + "\n\ndef one_hot(y):\n    return None\n"
# Each function takes all the time that it may.
SLOW = RIGHT + "\n\nimport time\n\ndef one_hot(y):\n    time.sleep(600)\n\nscale = class_counts = one_hot\n"
NOW = r"\d\d:\d\d:\d\d  submission.py"
CHECK = ("check", "functions", "--course", COURSE.folder, "--watch")


def renamed(file: Path, text: str) -> None:
    """Save as editors do that never leave half a file."""
    other = file.with_suffix(".swp")
    other.write_text(text)
    other.replace(file)


def test_each_save_is_checked_and_told_against_the_last_verdict(tmp_path: Path) -> None:
    file, page, record = tmp_path / "submission.py", tmp_path / "out" / "report.html", tmp_path / "verdict.json"
    file.write_text(WRONG)
    page.parent.mkdir()
    with watching(tmp_path, *CHECK, "--html", page, "--json", record) as watched:
        first = watched.until(WAITING)
        assert "Checking submission.py" in first
        assert "50 of 100 points" in first
        assert decode(record.read_bytes()).status is Status.PARTIAL
        first_page = page.read_text("utf-8")

        file.write_text(RIGHT)
        second = watched.until(WAITING)
        assert second.index("now passed: one_hot") < second.index("100 of 100 points")
        assert decode(record.read_bytes()).status is Status.PASSED
        assert page.read_text("utf-8") != first_page

        renamed(file, RIGHT + "\ndef (\n")
        assert "points" not in watched.until(WAITING)
        file.write_text(RIGHT)  # back as it was: the answer is given again
        back = watched.until(WAITING)
        assert "No criterion changed." in back
        assert "100 of 100 points" in back

        page.unlink()
        page.parent.rmdir()
        renamed(file, WRONG)
        third = watched.until(WAITING)
        assert third.index("no longer passed: one_hot") < third.index("50 of 100 points")
        assert "report.html could not be written" in third
        page.parent.mkdir()
        file.unlink()
        assert "There is no file submission.py" in watched.until(WAITING)
        file.write_text(RIGHT + "\n")
        assert "now passed: one_hot" in watched.until(WAITING)
        assert page.exists()

        file.write_text(SLOW)
        watched.until(NOW)
        renamed(file, WRONG)  # that check ends, and only the newest text gets a verdict
        newest = watched.until(WAITING)
        assert "50 of 100 points" in newest
        assert "in time" not in newest
        file.write_text(SLOW)
        watched.until(NOW)
        assert watched.interrupt() == ExitCode.NOT_GRADED  # the newest text has no verdict


def test_without_walls_it_ends_as_the_last_check_did(tmp_path: Path) -> None:
    file = tmp_path / "submission.py"
    file.write_text(WRONG)
    with watching(tmp_path, *CHECK, "--plain") as watched:
        assert "50 of 100 points" in watched.until(WAITING)
        renamed(file, RIGHT)
        assert "now passed: one_hot" in watched.until(WAITING)
        assert watched.interrupt() == ExitCode.PASSED


def test_what_cannot_be_read_is_waited_for_and_never_green(tmp_path: Path) -> None:
    file = tmp_path / "submission.py"
    file.write_text(RIGHT + "\ndef (\n")
    with watching(tmp_path, *CHECK) as watched:
        assert f"submission.py, line {RIGHT.count(chr(10)) + 2}: Python cannot read" in watched.until(WAITING)
        assert watched.interrupt() == ExitCode.NOT_ALL_PASSED
    with watching(tmp_path, *CHECK) as watched:
        watched.until(WAITING)
        file.write_bytes(b"\xff")
        assert "submission.py is not text in UTF-8" in watched.until(WAITING)
        assert watched.interrupt() == ExitCode.USAGE


def test_two_watches_on_one_file_and_one_report_both_answer_each_save(tmp_path: Path) -> None:
    file, page = tmp_path / "submission.py", tmp_path / "report.html"
    file.write_text(RIGHT + "\ndef (\n")
    with (
        watching(tmp_path, *CHECK, "--plain", "--html", page) as one,
        watching(tmp_path, *CHECK, "--plain", "--html", page) as other,
    ):
        for watched in (one, other):
            assert "Python cannot read" in watched.until(WAITING)
        renamed(file, RIGHT)
        for watched in (one, other):
            assert "100 of 100 points" in watched.until(WAITING)
        assert page.read_text("utf-8").endswith("</html>")
        assert [watched.interrupt() for watched in (one, other)] == [ExitCode.PASSED] * 2


def test_a_fault_of_the_grader_is_told_and_the_watch_goes_on(tmp_path: Path) -> None:
    rubric = tmp_path / "exercises" / "broken" / "rubric.py"
    rubric.parent.mkdir(parents=True)
    rubric.write_text("raise RuntimeError('a rubric with a bug')")
    file = tmp_path / "broken.py"
    file.write_text(RIGHT)
    with watching(tmp_path, "check", "broken", "--course", tmp_path, "--watch", "--plain") as watched:
        assert "a rubric with a bug" in watched.until(WAITING)
        file.write_text(WRONG)
        assert "a rubric with a bug" in watched.until(WAITING)
        assert watched.interrupt() == ExitCode.NOT_GRADED


def test_a_name_that_is_not_there_and_json_on_the_terminal_are_refused(tmp_path: Path) -> None:
    (tmp_path / "submission.py").write_text(RIGHT)
    missing = grader("check", "functions", tmp_path / "nowhere.py", "--course", COURSE.folder, "--watch")
    assert missing.returncode == ExitCode.USAGE
    assert "There is no file nowhere.py" in missing.stderr
    mixed = grader("check", "functions", tmp_path, "--course", COURSE.folder, "--watch", "--json", "-")
    assert mixed.returncode == ExitCode.USAGE
    assert "name a file for --json" in mixed.stderr
