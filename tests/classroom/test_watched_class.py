"""`grader batch --watch`: reports beside the files, and what becomes of those that cannot be graded."""

import sys
from pathlib import Path

import pytest

from grader.classroom.watched_folder import WatchedFolder
from grader.commands import watched_class
from tests.helpers.class_fixtures import RIGHT, WRONG_SCALE, Run, marks

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


def test_each_report_is_put_beside_its_file(
    run: Run, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    (drive / "anna.py").write_text(RIGHT)
    (drive / "cut.ipynb").write_text("{")

    def come_later() -> None:
        (drive / "ben.py").write_text(WRONG_SCALE)
        (drive / "ben (conflicted copy 2026-11-28).py").write_text(RIGHT)
        (drive / "cut.ipynb").unlink()

    def stop() -> None:
        raise KeyboardInterrupt

    changes = iter((come_later, stop))

    def wait() -> None:
        next(changes)()

    monkeypatch.setattr(
        watched_class.watch_class,
        "__kwdefaults__",
        {"wait": wait, "watched": WatchedFolder(drive, 0)},
    )
    result = run("batch", "two", drive, "--out", out, "--watch")
    assert result.exit_code == 0, result.output
    assert marks(out) == {"anna": 100, "ben": 60, "cut": None}
    assert "ben (conflicted copy 2026-11-28).py" in result.output
    assert "No longer in the folder, or renamed; their results are kept:\n  cut.ipynb" in result.output
    assert "No longer watching; everything that was graded is kept." in result.output
    assert {path.name for path in drive.iterdir()} == {
        "anna.py", "anna.report.html", "ben.py", "ben.report.html", "ben (conflicted copy 2026-11-28).py",
        "cut.report.txt",
    }  # fmt: skip
    page = (drive / "ben.report.html").read_text("utf-8")
    assert "index.html" not in page
    assert "anna" not in page
    assert (drive / "cut.report.txt").read_text("utf-8").startswith("cut.ipynb")


def test_a_zip_cannot_be_watched(run: Run, tmp_path: Path, out: Path) -> None:
    result = run("batch", "two", tmp_path / "class.zip", "--out", out, "--watch")
    assert (result.exit_code, "--watch needs a folder" in result.output) == (2, True)
