"""A class goes in as its platform hands it out, and each report comes out where the platform looks for it."""

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.classroom.feedback.platform_classes import (
    canvas_reads,
    export,
    grade,
    ilias_reads,
    moodle_reads,
    unpack,
)
from tests.classroom.intake.handed import as_folder, as_zip

NFD = unicodedata.normalize("NFD", "Jörg Groß-Öztürk")
MOODLE = {
    "Änne Müller-Lüdenscheidt": 101,
    NFD: 102,
    "Seán O'Brien": 103,
    "Иван Петров": 104,
    "Anna Weiss": 105,  # two of one name
    "Anna Weiss ": 106,
}
STATUS_HEAD = (
    "update", "usr_id", "login", "lastname", "firstname", "status", "mark", "notice", "comment", "plagiarism",
    "plag_comment",
)  # fmt: skip


def moodle_class(mark: str = "_assignsubmission_file", file: str = "/digits.py") -> dict[str, str | bytes]:
    return {f"{name.strip()}_{number}{mark}{file}": f"n = {number}" for name, number in MOODLE.items()}


@pytest.mark.parametrize(
    ("mark", "file"), [("_assignsubmission_file", "/digits.py"), ("_assignsubmission_file_", "/digits.py"),
                       ("_assignsubmission_file_", "digits.py")],
    ids=["since 4.1", "before 4.1", "without folders"],
)  # fmt: skip
def test_moodle(tmp_path: Path, mark: str, file: str) -> None:
    out = grade(tmp_path, moodle_class(mark, file))
    result = export(out, "moodle")
    assert result.exit_code == 0, result.output
    assert "Reports of 6 students" in result.output
    found = moodle_reads(unpack(out, "moodle"), set(MOODLE.values()))
    assert {number: set(files) for number, files in found.items()} == {
        number: {"digits.html"} for number in MOODLE.values()
    }
    for name, number in MOODLE.items():
        page = found[number]["digits.html"]
        shown = unicodedata.normalize("NFC", name.strip()).replace("'", "&#39;")
        assert shown in page
        assert not any(other.split()[1] in page for other in MOODLE if other.split()[1] not in name)
        assert "index.html" not in page


def test_a_report_that_goes_back_does_not_lead_to_the_others(tmp_path: Path) -> None:
    out = grade(tmp_path, moodle_class())
    export(out, "moodle")
    reports = "".join((out / "reports" / path.name).read_text() for path in (out / "reports").iterdir())
    assert "../index.html" in reports
    pages = "".join(unpack(out, "moodle").values())
    assert "../index.html" not in pages
    assert 'rel="next"' not in pages


def test_the_same_reports_make_the_same_bytes(tmp_path: Path) -> None:
    out = grade(tmp_path, moodle_class())
    export(out, "moodle", "--out", tmp_path / "a.zip")
    export(out, "moodle", "--out", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


ILIAS = {
    "Mueller-Luedenscheidt_Aenne_amueller_201": 201,
    "O'Brien_Sean_sobrien_202": 202,
    "____________Petrov_ivan_203": 203,  # letters other than Latin ones are written as underscores
    "Weiss_Anna_aweiss_204": 204,
    "Weiss_Anna_aweiss2_205": 205,
}


def test_ilias(tmp_path: Path) -> None:
    out = grade(tmp_path, {f"Digits/Abgaben/{name}/digits.py": f"n = {id_}" for name, id_ in ILIAS.items()})
    result = export(out, "ilias")
    assert "Reports of 5 students" in result.output, result.output
    found = ilias_reads(unpack(out, "ilias"), set(ILIAS.values()))
    assert {user: set(files) for user, files in found.items()} == {
        user: {"digits.html"} for user in ILIAS.values()
    }
    assert "O&#39;Brien" in found[202]["digits.html"]
    assert set(unpack(out, "ilias")) == {f"multi_feedback_digits/{name}/digits.html" for name in ILIAS}


def status_rows() -> list[list[object]]:
    rows = [[0, 201, "amueller", "Müller-Lüdenscheidt", "Änne", "notgraded", None, "note", "=1+1", None, None]]
    rows += [[0, 299, "nobody", "Nobody", "Nora", "notgraded", None, None, None, None, None]]
    return rows


def status_xlsx() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "members"
    sheet.append(STATUS_HEAD)
    for row in status_rows():
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_structure_of_a_multi_feedback_comes_back_with_marks(tmp_path: Path) -> None:
    out = grade(tmp_path, {f"Digits/Abgaben/{name}/digits.py": f"n = {id_}" for name, id_ in ILIAS.items()})
    around = "multi_feedback_Digits_36"
    csv = (
        ",".join(f'"{head}"' for head in STATUS_HEAD)
        + '\n"0","202","so","O\'Brien","Seán","notgraded"'
        + ',""' * 5
    )
    structure: dict[str, str | bytes] = {f"{around}/{name}/": "" for name in [*ILIAS, "Neu_Nora_nneu_299"]}
    del structure[f"{around}/Weiss_Anna_aweiss2_205/"]  # left the course
    structure |= {f"{around}/status.xlsx": status_xlsx(), f"{around}/status.csv": csv}
    result = export(out, "ilias", "--download", as_zip(tmp_path / "structure.zip", structure))
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.output.splitlines()]
    assert "Reports of 4 students" in result.output
    assert lines[lines.index("Not in it, because ILIAS could not tell whose report it is:") + 1] == "Anna Weiss"
    assert lines[lines.index("In the download, but not graded: grade it first, or they get no report:") + 1] == (
        "Nora Neu"
    )
    with zipfile.ZipFile(out / "digits-feedback-ilias.zip") as archive:
        assert f"{around}/Weiss_Anna_aweiss_204/digits.html" in archive.namelist()
        sheet = load_workbook(io.BytesIO(archive.read(f"{around}/status.xlsx"))).worksheets[0]
        text = archive.read(f"{around}/status.csv").decode()
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[1] == [
        1,
        201,
        "amueller",
        "Müller-Lüdenscheidt",
        "Änne",
        "notgraded",
        "85",
        "note",
        "=1+1",
        None,
        None,
    ]
    assert rows[2] == status_rows()[1]  # nothing is known of her, so ILIAS is to change nothing
    assert text.splitlines()[1] == '"1","202","so","O\'Brien","Seán","notgraded","85","","","",""'


@pytest.mark.parametrize(("percent", "status"), [(80, "passed"), (90, "notgraded")])
def test_who_reaches_the_pass_mark_of_the_course_has_passed_on_ilias(
    tmp_path: Path, percent: int, status: str
) -> None:
    course = tmp_path / "course"
    course.mkdir()
    (course / "policy.toml").write_text(f"pass_percent = {percent}\n", "utf-8")
    files = {f"Digits/Abgaben/{name}/digits.py": f"n = {id_}" for name, id_ in ILIAS.items()}
    out = grade(tmp_path, files, course=course)
    structure: dict[str, str | bytes] = {f"multi_feedback_Digits_36/{name}/": "" for name in ILIAS}
    structure["multi_feedback_Digits_36/status.xlsx"] = status_xlsx()
    assert export(out, "ilias", "--download", as_zip(tmp_path / "structure.zip", structure)).exit_code == 0
    with zipfile.ZipFile(out / "digits-feedback-ilias.zip") as archive:
        book = load_workbook(io.BytesIO(archive.read("multi_feedback_Digits_36/status.xlsx")))
    assert [cell.value for cell in book.worksheets[0][2]][5:7] == [status, "85"]


def test_canvas(tmp_path: Path) -> None:
    files = {
        "muellerluedenscheidtaenne_301_9001_digits.py": "n = 1",
        "obriensean_LATE_302_9002_digits.py": "n = 2",
        "weissanna_303_9003_digits.py": "n = 3",
        "weissanna_304_9004_digits.py": "n = 4",
        "weissanna_304_9005_digits-1.py": "n = 5",
    }
    out = grade(tmp_path, files)
    result = export(out, "canvas")
    assert "Reports of 4 students" in result.output, result.output
    attachments = {9001: 301, 9002: 302, 9003: 303, 9004: 304, 9005: 304}
    assert set(canvas_reads(unpack(out, "canvas"), attachments)) == {301, 302, 303, 304}
    assert "weissanna_304_9005_digits-1.html" in unpack(out, "canvas")  # the file that was graded


def test_folders_need_no_platform(tmp_path: Path) -> None:
    names = ["Änne", "Ben", "O'Brien", "Иван"]
    out = grade(tmp_path, {f"{name}/digits.py": f"n = {n}" for n, name in enumerate(names)})
    export(out, "folders")
    paths = set(unpack(out, "folders"))
    assert {"Änne/digits.html", "Ben/digits.html", "Иван/digits.html"} < paths
    assert len(paths) == 4


def test_pseudonyms_go_back_to_no_platform(tmp_path: Path) -> None:
    out = grade(tmp_path, moodle_class(), anonymous=True)
    result = export(out, "moodle")
    assert result.exit_code == 2
    assert "has pseudonyms instead of names, and Moodle cannot know whose they are" in result.output
    assert export(out, "folders").exit_code == 0
    assert not any("Weiss" in name + text for name, text in unpack(out, "folders").items())


def test_a_download_that_has_changed_since(tmp_path: Path) -> None:
    out = grade(tmp_path, moodle_class())
    now = dict(moodle_class())
    now["Seán O'Brien_103_assignsubmission_file/digits.py"] = "n = 'better'"
    del now["Иван Петров_104_assignsubmission_file/digits.py"]
    now["Nora Neu_107_assignsubmission_file/digits.py"] = "n = 107"
    result = export(out, "moodle", "--download", as_folder(tmp_path / "now", now))
    lines = [line.strip() for line in result.output.splitlines()]
    assert "Reports of 5 students" in result.output
    assert lines[2:] == [
        "Иван Петров",
        "In the download, but not graded: grade it first, or they get no report:",
        "Nora Neu",
        "Handed in again: the file in the download is another one than the one that was graded:",
        "Seán O'Brien",
    ]


def test_a_download_of_another_platform_is_told(tmp_path: Path) -> None:
    out = grade(tmp_path, moodle_class())
    other = as_zip(tmp_path / "other.zip", {"anna/digits.py": "", "ben/digits.py": ""})
    result = export(out, "ilias", "--download", other)
    assert (result.exit_code, result.output.startswith("other.zip is no download of ILIAS")) == (2, True)


def test_who_has_no_number_and_who_was_not_graded_is_named(tmp_path: Path) -> None:
    files = moodle_class() | {
        "Gruppe A_assignsubmission_file/digits.py": "x = 0",
        "Leo Leer_108_assignsubmission_file/": "",
    }
    out = grade(tmp_path, files)
    lines = [line.strip() for line in export(out, "moodle").output.splitlines()]
    assert lines[lines.index("Without a report, because they could not be graded:") + 1] == "Leo Leer"
    assert lines[lines.index("Not in it, because Moodle could not tell whose report it is:") + 1] == "Gruppe A"


def test_hand_ins_without_numbers_cannot_go_to_a_platform(tmp_path: Path) -> None:
    out = grade(tmp_path, {"anna.py": "a = 1", "ben.py": "b = 1"})
    result = export(out, "moodle")
    assert result.exit_code == 2
    assert "None of the reports can go back to Moodle" in result.output
    assert not (out / "digits-feedback-moodle.zip").exists()


def test_options_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    out = grade(tmp_path, {"anna.py": "a = 1", "ben.py": "b = 1"})
    assert "Say one of --format, for the marks, --feedback" in export(out, "folders", "--format", "csv").output
    assert "--roster belongs to --format" in export(out, "folders", "--roster", out / "x.csv").output
