"""The zip that goes back: what becomes of a status file whose rows are not all one student's with a mark."""

import io
import zipfile
from pathlib import Path

from grader.classroom.feedback.pack import pack_feedback
from grader.classroom.feedback.records import Platform
from grader.core.i18n import Translator
from grader.protocol.verdict import Status
from tests.classroom.intake.handed import Files, as_zip
from tests.reports.classroom.samples import criterion, entry, judged

TEAMS = """update,team_id,logins,status,mark,notice,comment,plagiarism,plag_comment
0,12,"ada, ben",notgraded,,,,,
0,13,"cy, dan",notgraded,,,,,
"""
MEMBERS = """update,usr_id,login,lastname,firstname,status,mark,notice,comment,plagiarism,plag_comment
0,5,,Old,Eve,notgraded,,,,,
0,99,,New,Nora,notgraded,,,,,
"""
IDS = {"ada": 1, "ben": 2, "cy": 3, "dan": 4, "eve": 5}
POINTS = {"ada": 5.0, "ben": 5.0, "cy": 5.0, "dan": 6.0, "eve": 7.0}


def fill(tmp_path: Path, status_file: str) -> tuple[list[str], list[str]]:
    """Return the lines of ILIAS's status file as they go back, and what is said to be wrong with it.

    Of eve, who handed in elsewhere, no login is known.
    """
    (tmp_path / "reports").mkdir()
    entries = []
    for login, points in POINTS.items():
        (tmp_path / "reports" / f"{login}.html").write_text("report")
        verdict = judged(criterion("a", Status.PARTIAL, points))
        file = f"Digits/Abgaben/X_Y_{login}_{IDS[login]}/a.py"
        entries.append(entry(login, verdict, platform_id="" if login == "eve" else login, file=file))
    files: Files = {f"multi_feedback_Digits_3/X_Y_{login}_{number}/": "" for login, number in IDS.items()}
    download = as_zip(tmp_path / "structure.zip", {**files, "multi_feedback_Digits_3/status.csv": status_file})
    packed = pack_feedback(Platform.ILIAS, entries, tmp_path, "digits", download=download)
    assert packed.count == 5
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        name = next((name for name in archive.namelist() if name.endswith("status.csv")), None)
        lines = archive.read(name).decode().splitlines() if name is not None else []
    return lines, [Translator("en")(problem) for problem in packed.problems]


def test_a_team_with_different_marks_is_named_and_its_row_is_left(tmp_path: Path) -> None:
    lines, problems = fill(tmp_path, TEAMS)
    assert lines[1].startswith('"1","12","ada, ben","notgraded","5"')
    assert lines[2].startswith('"0","13","cy, dan","notgraded",""')
    assert problems == [
        "status.csv: the members of a team have different marks, so its row was left as it was: cy, dan."
    ]


def test_a_row_without_a_login_is_not_that_of_whoever_has_none(tmp_path: Path) -> None:
    lines, problems = fill(tmp_path, MEMBERS)
    assert lines[1].startswith('"1","5","","Old","Eve","notgraded","7"')
    assert lines[2].startswith('"0","99","","New","Nora","notgraded",""')
    assert problems == []


def test_a_status_file_that_cannot_be_filled_in_does_not_go_back_and_it_is_said_why(tmp_path: Path) -> None:
    lines, problems = fill(tmp_path, "nothing\n1\n")
    assert lines == []
    assert len(problems) == 1
    assert "status.csv" in problems[0]
