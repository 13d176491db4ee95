"""`grader check` for a part of an exercise, and for a file that has not changed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.commands.app import app
from grader.core.exit_codes import ExitCode
from grader.protocol.verdict import ONLY_PART, decode
from tests.end_to_end.conftest import COURSE
from tests.helpers.commands import TERMINAL

RIGHT = (COURSE.folder / "reference" / "functions" / "submission.py").read_text()
STORED = "Nothing has changed since the check of"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "submission.py"
    path.write_text(RIGHT)
    return path


def check(file: Path, *words: str | Path) -> Result:
    environment = TERMINAL | {"XDG_CACHE_HOME": str(file.parent / "cache")}
    return CliRunner().invoke(
        app, ["check", "functions", str(file), "--course", str(COURSE.folder), *map(str, words)], env=environment
    )


def test_a_part_is_checked_by_itself_and_says_so(file: Path) -> None:
    record = file.parent / "verdict.json"
    done = check(file, "scale", "--json", record)
    assert done.exit_code == ExitCode.PASSED
    assert "Only a part was checked: 1 of 3 criteria." in done.output
    assert done.output.splitlines()[-2].startswith("30 of 30 points")
    verdict = decode(record.read_bytes())
    assert [criterion.id for criterion in verdict.criteria] == ["scale"]
    assert ONLY_PART in {notice.id for notice in verdict.notices}
    unknown = check(file, "--only", "scal")
    assert unknown.exit_code == ExitCode.USAGE
    assert "functions has no criterion and no function 'scal'. Did you mean scale?" in unknown.output


def test_an_unchanged_file_is_answered_from_the_check_before_and_a_changed_one_is_not(file: Path) -> None:
    first, second = check(file), check(file)
    assert STORED not in first.output
    assert STORED in second.output
    assert second.output.splitlines()[-2:] == first.output.splitlines()[-2:]
    assert second.exit_code == ExitCode.PASSED
    assert STORED not in check(file, "--fresh").output
    assert STORED not in check(file, "scale").output
    german = check(file, "--lang", "de")
    assert "Seit der Prüfung" not in german.output
    file.write_text(RIGHT.replace("x / 16", "x / 2"))
    changed = check(file)
    assert STORED not in changed.output
    assert "70 of 100 points" in changed.output
    for answer in (file.parent / "cache" / "keras-grader" / "answers").iterdir():
        answer.write_bytes(b"damaged")
    assert "70 of 100 points" in check(file).output


def test_a_cache_that_cannot_be_written_costs_only_time(file: Path) -> None:
    (file.parent / "cache").write_text("no folder")
    for _ in range(2):
        done = check(file)
        assert done.exit_code == ExitCode.PASSED
        assert STORED not in done.output
