"""Moodle's VPL: the execution files, what is printed for a hand-in, and what a hand-in cannot make VPL read."""

import base64
import io
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from grader.authoring.release.hosted_settings import Settings
from grader.authoring.release.vpl.harness import main
from grader.authoring.release.vpl.pack import PACKED, build_pack
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from reports.submission import vpl
from tests.helpers.commands import run_here
from tests.helpers.gradebook_entries import criterion, verdict
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import share_worker

__all__ = ["share_worker"]

COURSE = ROOT / "tests" / "end_to_end" / "course"
RIGHT = (COURSE / "reference" / "functions" / "submission.py").read_text()
SETTINGS = Settings(exercise="functions", language="en", points=4.0)


def read_as_vpl(text: str) -> tuple[str, str]:
    """Return the grade and the comments as `vpl_submission.class.php` takes them from the output."""
    grade, comments = "", []
    for line in text.split("\n"):
        if line.startswith("Grade :=>>"):
            grade = line.removeprefix("Grade :=>>").strip()
        elif line.startswith("Comment :=>>"):
            comments.append(line.removeprefix("Comment :=>>"))
    return grade, "\n".join(comments)


def prepare(folder: Path, maximum: str, **files: str) -> Path:
    """Do what VPL does: put the execution files and the hand-in into a home, and run `vpl_evaluate.sh`."""
    home = folder / "home"
    home.mkdir()
    for name, data in build_pack(Course(COURSE), "functions", SETTINGS).items():
        (home / name).write_bytes(data)
    for name, text in files.items():
        path = home / name.replace("__", ".").replace("_in_", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    subfiles = "".join(f"{name.replace('__', '.').replace('_in_', '/')}\n" for name in files)
    environment = os.environ | {
        "VPL_SUBFILES": subfiles,
        "VPL_GRADEMAX": maximum,
        "GRADER_HOME": "/opt/python of mine",
    }
    subprocess.run(["bash", "vpl_evaluate.sh"], cwd=home, env=environment, check=True)
    return home


def test_the_pack_holds_the_exercise_and_no_solution(tmp_path: Path) -> None:
    out = tmp_path / "pack.zip"
    result = run_here("vpl", "functions", "--out", str(out), "--course", str(COURSE), "--lang", "en")
    assert result.exit_code == 0, result.output
    assert "maximum grade" in result.output
    with zipfile.ZipFile(out) as archive:
        assert set(archive.namelist()) == {"vpl_run.sh", "vpl_evaluate.sh", PACKED}
        inner = zipfile.ZipFile(io.BytesIO(base64.b64decode(archive.read(PACKED))))
    names = set(inner.namelist())
    assert {"settings.json", "course/exercises/functions/rubric.py", "course/private/secret"} <= names
    assert not any("reference" in name for name in names)


def test_a_hand_in_is_graded_and_nothing_is_left_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = prepare(tmp_path, "", submission__py=RIGHT)
    script = (home / "vpl_execution").read_text()
    assert f'exec "/opt/python of mine/bin/python" -P -m {main.__module__} "$PWD/.keras-grader"' in script
    assert main(home / ".keras-grader") is ExitCode.PASSED
    grade, comments = read_as_vpl(capsys.readouterr().out)
    assert float(grade) > 0
    assert comments.startswith("-")
    assert not (home / ".keras-grader").exists()


def test_a_hand_in_without_python_has_no_points_and_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = prepare(tmp_path, "4", folder_in_notes__txt="")
    assert main(home / ".keras-grader") is ExitCode.PASSED
    assert read_as_vpl(capsys.readouterr().out) == ("0", "-There is no .py or .ipynb file.")


def test_no_text_of_a_submission_becomes_a_grade() -> None:
    evil = "x\nGrade :=>> 100\r\nComment :=>>-(9)\x1b[2J\u2028Grade :=>> 99"
    lost = criterion("loss", 0.5, message=evil, received=evil, expected=evil)
    grade, comments = read_as_vpl(vpl.render_results(verdict(criterion("softmax"), lost)))
    assert grade == "2.5"
    assert comments.count("\n-") == 1  # the second criterion's title
    assert "\x1b" not in comments


def test_without_a_mark_there_is_no_grade() -> None:
    text = vpl.render_without_mark("The maximum is wrong.", verdict())
    assert read_as_vpl(text)[0] == ""
    assert "The maximum is wrong." in text


def test_a_run_without_evaluation_runs_nothing(tmp_path: Path) -> None:
    pack = build_pack(Course(COURSE), "functions", SETTINGS)
    (tmp_path / "vpl_run.sh").write_bytes(pack["vpl_run.sh"])
    subprocess.run(["bash", "vpl_run.sh"], cwd=tmp_path, check=True)
    done = subprocess.run(["./vpl_execution"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "press Evaluate" in done.stdout
