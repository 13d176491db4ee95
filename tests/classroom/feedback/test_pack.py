"""The zip that goes back: what is said of a status file that could not be filled in for everybody."""

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
IDS = {"ada": 1, "ben": 2, "cy": 3, "dan": 4}
POINTS = {"ada": 5.0, "ben": 5.0, "cy": 5.0, "dan": 6.0}


def test_a_team_with_different_marks_is_named_and_its_row_is_left(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    entries = []
    for login, points in POINTS.items():
        (tmp_path / "reports" / f"{login}.html").write_text("report")
        verdict = judged(criterion("a", Status.PARTIAL, points))
        file = f"Digits/Abgaben/X_Y_{login}_{IDS[login]}/a.py"
        entries.append(entry(login, verdict, platform_id=login, file=file))
    files: Files = {f"multi_feedback_Digits_3/X_Y_{login}_{number}/": "" for login, number in IDS.items()}
    download = as_zip(tmp_path / "structure.zip", {**files, "multi_feedback_Digits_3/status.csv": TEAMS})
    packed = pack_feedback(Platform.ILIAS, entries, tmp_path, "digits", download=download)
    assert packed.count == 4
    assert [Translator("en")(problem) for problem in packed.problems] == [
        "status.csv: the members of a team have different marks, so its row was left as it was: cy, dan."
    ]
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        rows = archive.read("multi_feedback_Digits_3/status.csv").decode().splitlines()
    assert rows[1].startswith('"1","12","ada, ben","notgraded","5"')
    assert rows[2].startswith('"0","13","cy, dan","notgraded",""')
