"""A student is deleted: no byte is left in the folder, also after a crash, and nobody else's mark changes."""

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.erasure import erase_people, plan_erasure
from grader.classroom.folder import ClassFolderError, open_folder, open_store
from grader.classroom.folder_use import FolderInUseError, use_folder, use_folder_alone
from grader.classroom.pages import Publisher
from grader.classroom.person_search import PersonSearchError, find_older, find_person, read_instant
from grader.classroom.person_texts import PersonTexts, list_texts
from grader.core.i18n import Translator
from grader.protocol.hand_in import HandIn
from tests.classroom.test_pages import Class
from tests.helpers.class_fixtures import RIGHT, Run, entries, marks
from tests.helpers.crash_walk import CRASH
from tests.helpers.erasure_walk import find_bytes
from tests.helpers.paths import ROOT

MARK_IN_CODE = "quokka"


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.helpers.erasure_walk", str(tmp_path_factory.mktemp("walk")), "4"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    walk: dict[str, Any] = json.loads(done.stdout)
    return walk


def test_nothing_is_left_of_who_is_deleted(walk: dict[str, Any]) -> None:
    assert "store.sqlite3" in walk["before"]["naming"]  # the search finds what is there
    assert len(walk["before"]["naming"]) > 5
    assert walk["before"]["requests"] == 2  # the desk was there, too
    assert walk["whole"]["error"] == ""
    assert walk["whole"]["then"]["naming"] == walk["whole"]["then"]["left"] == []
    assert walk["whole"]["then"]["marks"] == {"ben": 2.0, "carla": 1.0, "empty": None}


def test_the_next_command_finishes_what_a_crash_or_a_full_disk_has_left(walk: dict[str, Any]) -> None:
    steps, before, after = walk["whole"]["names"], walk["before"], walk["whole"]["then"]
    committed = next(n for n, name in enumerate(steps, 1) if name.startswith("INSERT INTO grader_settings")) + 1
    assert len(walk["results"]) > 20
    for result in walk["results"]:
        at = (result["step"], result["kind"], steps[result["step"] - 1])
        then = result["then"]
        has_begun = result["step"] > committed
        assert then["marks"] == (after if has_begun else before)["marks"], at
        assert then["naming"] == ([] if has_begun else before["naming"]), at
        assert then["left"] == [], at
        if result["kind"] != CRASH:
            assert result["error"] in {"", "StoreError", "ClassFolderError", "ErasureError"}, at


@pytest.fixture
def graded(run: Run, class_: Path, out: Path) -> Path:
    """A class of three, one of whom handed in twice; everything was made of it that there is."""
    (class_ / "carla.py").write_text((class_ / "ben.py").read_text() + f"# {MARK_IN_CODE}, by Carla Groß\n")
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    (class_ / "carla.py").write_text(RIGHT + f"# {MARK_IN_CODE}\nprint({MARK_IN_CODE!r})\n")
    for command in (
        ("batch", "two", class_, "--out", out),
        ("adjust", out, "carla", "--points", "2", "--reason", "for the quokka"),
        ("adjust", out, "carla", "--withdraw"),
        ("adjust", out, "ben", "--points", "3", "--reason", "as carla says"),
        ("export", out, "--format", "csv"),
        ("export", out, "--format", "xlsx"),
        ("export", out, "--feedback", "folders"),
        ("similarity", out),
        ("export", out, "--person", "carla"),
        ("gradebook", out, "--out", out),
    ):
        done = run(*command)
        assert done.exit_code == 0, done.output
    return out


def unpacked_bytes(folder: Path, text: str) -> list[str]:
    """Return the files that have a text, also within archives."""
    inside = [
        path.name
        for path in folder.rglob("*")
        if zipfile.is_zipfile(path)
        for name in zipfile.ZipFile(path).namelist()
        if text in name or text.encode() in zipfile.ZipFile(path).read(name)
    ]
    return find_bytes(folder, text) + inside


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_a_real_class_forgets_a_student(run: Run, graded: Path, class_: Path) -> None:
    (graded / "grader.log").write_text("graded carla")
    (graded / "from-carla.py").write_text("x = 1")
    assert len(unpacked_bytes(graded, "carla")) > 10
    before = {student: entry for student, entry in entries(graded).items() if student != "carla"}

    shown = run("forget", graded, "carla")
    assert "Hand-ins: 2. Verdicts: 2. Adjustments and marks by hand: 1. Regrade requests: 0." in shown.output
    assert "two-csv.csv" in shown.output
    assert "grader.log" in shown.output
    assert "Nothing was deleted" in shown.output
    assert "carla" in entries(graded)

    done = run("forget", graded, "carla", "--yes")
    assert done.exit_code == 0, done.output
    assert entries(graded) == before
    # Neither programs nor what was written about others is the grader's to delete: it is named instead.
    assert "from-carla.py" in done.output
    assert "They are named in the reason of an adjustment of:\n  ben" in done.output
    assert "carla.py" in done.output
    (graded / "from-carla.py").unlink()
    reason = {"store.sqlite3", "index.html", before["ben"].report}
    assert set(unpacked_bytes(graded, "carla")) <= reason
    assert unpacked_bytes(graded, MARK_IN_CODE) == []
    # Grading the others again changes nothing for them.
    (class_ / "carla.py").unlink()
    assert "2 unchanged" in run("batch", "two", class_, "--out", graded).output
    assert entries(graded) == before


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_who_handed_in_the_same_bytes_keeps_the_evidence(run: Run, class_: Path, out: Path) -> None:
    (class_ / "carla.py").write_bytes((class_ / "ben.py").read_bytes())
    run("batch", "two", class_, "--out", out)
    done = run("forget", out, "carla", "--yes")
    assert "Others handed in the same file: 1." in done.output
    again = run("rescore", out)
    assert "2 judged again, 0 changed." in again.output
    assert marks(out) == {"anna": 100, "ben": 60}


def test_everything_about_one_student_is_in_one_file(tmp_path: Path) -> None:
    of = Class(tmp_path / "out")
    of.hand_in("Ada Lovelace", "Grace Hopper")
    of.store.close()
    from grader.commands.personal_data import export_person

    export_person(open_folder(tmp_path / "out"), "Ada Lovelace", None, Translator("en"))
    (path,) = (tmp_path / "out").glob("digits-person-*.zip")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        content = json.loads(archive.read("person.json"))
        assert names[:2] == ["README.txt", "person.json"]
        assert "report.html" in names
        for name in names:
            assert b"Grace" not in archive.read(name)
    (hand_in,) = content["records"]["hand_ins"]
    assert hand_in["hand_in"]["name"] == "Ada Lovelace"
    assert hand_in["submission"]["units"][0]["original"] == "x"
    assert len(hand_in["verdicts"]) == 1
    assert content["gradebook"]["student"] == "id of Ada Lovelace"
    assert re.fullmatch("[A-Z2-7]{4}-[A-Z2-7]{4}", content["reference"])


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Publisher]:
    """A class of two people of one name, and another one."""
    of = Class(tmp_path / "out")
    of.hand_in("Ada Lovelace", "Grace Hopper")
    yield Publisher(of.folder, of.store)
    of.store.close()


def refused(publisher: Publisher, text: str) -> str:
    with pytest.raises(PersonSearchError) as caught:
        find_person(publisher, text)
    return Translator("en")(caught.value.text)


def test_who_is_meant_is_found_or_asked_for(two: Publisher) -> None:
    assert find_person(two, "Ada Lovelace").entry.student == "id of Ada Lovelace"
    assert find_person(two, " id of Ada Lovelace ").entry.name == "Ada Lovelace"
    assert "Did you mean Ada Lovelace?" in refused(two, "Ada Lovelacd")
    assert "The dashboard shows who did." in refused(two, "xyz")


def test_a_name_of_several_is_no_answer(tmp_path: Path) -> None:
    from tests.classroom.store.made import hand

    of = Class(tmp_path / "out")
    hands = [hand(student, name="Kim Lee") for student in ("a1", "b2")]
    of.store.add_hand_ins("digits", hands, of.store.begin_run("digits", "me"))
    publisher = Publisher(of.folder, of.store)
    assert refused(publisher, "Kim Lee") == "2 students are called Kim Lee. Say which one: a1, b2"
    plan = plan_erasure(publisher, [find_person(publisher, "a1")])
    assert "Kim Lee" not in plan.texts  # it is another one's name, too
    of.store.close()


def test_with_pseudonyms_the_real_name_is_understood_and_never_said(tmp_path: Path) -> None:
    of = Class(tmp_path / "out", anonymous=True)
    of.hand_in("Ada Lovelace", "Grace Hopper")
    publisher = Publisher(of.folder, of.store)
    alias = publisher.public_key("id of Ada Lovelace")
    assert find_person(publisher, "Ada Lovelace") == find_person(publisher, alias)
    assert "Lovelace" not in refused(publisher, "Ada Lovelac")
    plan = plan_erasure(publisher, [find_person(publisher, alias)])
    result = erase_people(publisher, plan)
    of.store.close()
    assert find_bytes(tmp_path / "out", alias) == []
    # The code of the other one names her. Nobody but people can decide about that, so it is said.
    assert find_bytes(tmp_path / "out", "Lovelace") == list(result.naming)
    assert len(result.naming) == 1
    assert find_bytes(tmp_path / "out", "Hopper") == ["store.sqlite3"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yesterday", "'yesterday' is no point in time. Write it like 2026-09-30T00:00+02:00."),
        ("2020-01-01", "'2020-01-01' has no time zone"),
        ("2020-01-01T10:00", "has no time zone"),
        ("9999-01-01T00:00Z", "is in the future"),
        ("", "is no point in time"),
    ],
)
def test_a_time_that_says_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(PersonSearchError) as caught:
        read_instant(text)
    assert said in Translator("en")(caught.value.text)


def test_who_is_older_counts_by_the_newest_hand_in(tmp_path: Path) -> None:
    from tests.classroom.store.made import hand

    of = Class(tmp_path / "out")
    old, new = datetime(2020, 5, 1, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)
    for student, code, time in (("ada", "x = 1", old), ("bob", "x = 2", old), ("bob", "x = 3", new)):
        of.store.add_hand_ins("digits", [hand(student, code, submitted=time)], of.store.begin_run("digits", "me"))
    of.store.add_hand_ins("digits", [hand("cleo", "x = 4")], of.store.begin_run("digits", "me"))
    publisher = Publisher(of.folder, of.store)

    def older(text: str) -> list[str]:
        return [row.entry.student for row in find_older(publisher, read_instant(text))]

    assert older("2021-01-01T00:00+01:00") == ["ada"]
    assert older("2020-05-01T02:00+02:00") == []  # exactly at that moment is not older
    assert older("2024-06-01T00:00Z") == ["ada", "bob"]  # when cleo handed in is not known, but when it was graded
    assert read_instant("2020-05-01T02:00+02:00") - old == timedelta(0)
    of.store.close()


@pytest.mark.parametrize("typed", [str, str.lower, lambda text: text.replace("-", " ").lower()])
def test_a_file_of_requests_names_its_students_by_their_references(
    tmp_path: Path, typed: Callable[[str], str]
) -> None:
    of = Class(tmp_path / "out")
    of.hand_in("Ada Lovelace", "Grace Hopper")
    publisher = Publisher(of.folder, of.store)
    for number, student in enumerate(("id of Ada Lovelace", "id of Grace Hopper")):
        rows = f"reference,criterion,text\n{typed(publisher.public_reference(student))},scale,why\n"
        (tmp_path / "out" / f"requests-{number}.csv").write_text(rows)
    plan = plan_erasure(publisher, [find_person(publisher, "Ada Lovelace")])
    assert plan.files == ("requests-0.csv",)
    erase_people(publisher, plan)
    assert not (tmp_path / "out" / "requests-0.csv").exists()
    assert (tmp_path / "out" / "requests-1.csv").is_file()
    of.store.close()


def test_neither_or_both_of_student_and_time_is_no_question(run: Run, tmp_path: Path) -> None:
    for arguments in (("forget", tmp_path), ("forget", tmp_path, "anna", "--older-than", "2020-01-01T00:00Z")):
        done = run(*arguments)
        assert done.exit_code == 2
        assert "Say either a STUDENT or --older-than TIME." in done.output


def test_a_folder_that_is_being_graded_is_left_alone(tmp_path: Path) -> None:
    with (
        use_folder(tmp_path),
        use_folder(tmp_path),
        pytest.raises(FolderInUseError, match="Another command works in"),
        use_folder_alone(tmp_path),
    ):
        pass
    with use_folder_alone(tmp_path):
        with pytest.raises(FolderInUseError, match="deletes data of students"), use_folder(tmp_path):
            pass
        with pytest.raises(FolderInUseError), use_folder_alone(tmp_path):
            pass
    assert list(tmp_path.iterdir()) == []


def test_the_mark_of_a_killed_command_counts_no_longer(tmp_path: Path) -> None:
    source = (
        "import sys, pathlib; from grader.classroom.folder_use import use_folder\n"
        f"with use_folder(pathlib.Path({str(tmp_path)!r})): print('in', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", source],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(FolderInUseError), use_folder_alone(tmp_path):
        pass
    process.kill()
    process.communicate()
    with use_folder_alone(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_written_is_refused_before_anything_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = Class(tmp_path / "out")
    of.hand_in("Ada Lovelace")
    publisher = Publisher(of.folder, of.store)
    plan = plan_erasure(publisher, [find_person(publisher, "Ada Lovelace")])

    def refuse(*_: object, **options: object) -> None:  # root may write everywhere, so its system has to say it
        raise PermissionError(13, "Permission denied", str(options["dir"]))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(ClassFolderError, match="Nothing was deleted"):
        erase_people(publisher, plan)
    assert find_person(publisher, "Ada Lovelace")
    of.store.close()


@pytest.mark.parametrize("name", ["O'Neill, Zoë", 'a "b" <c>', "Jörg & Söhne", "Łukasz"])
def test_a_name_is_recognised_as_each_kind_of_file_writes_it(tmp_path: Path, name: str) -> None:
    import csv
    import html
    import unicodedata
    from urllib.parse import quote

    texts = PersonTexts([name])
    for text in (
        name,
        html.escape(name),
        json.dumps({"x": name}),
        json.dumps(name, ensure_ascii=False),
        f"<a href='{quote(name)}'>",
        unicodedata.normalize("NFD", name),
    ):
        (tmp_path / "file").write_text(f"... {text} ...")
        assert texts.are_in_file(tmp_path / "file"), text
    with (tmp_path / "table.csv").open("w", newline="") as file:
        csv.writer(file).writerow(["x", name, "y"])
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", f"<v>{html.escape(name, quote=False)}</v>")
    assert texts.are_in_file(tmp_path / "table.csv")
    assert texts.are_in_file(tmp_path / "book.xlsx")
    (tmp_path / "other").write_text("nobody")
    assert not texts.are_in_file(tmp_path / "other")


def test_short_texts_count_as_whole_words_and_ordinary_names_not() -> None:
    who = HandIn(student="anna", name="Anna Bo", file="Class 3/anna/submission.py", platform_id="123")
    texts = list_texts(who)
    assert "submission.py" not in texts
    assert "Class 3" not in texts
    assert "123" not in texts
    assert PersonTexts(texts).are_in("by anna.")
    assert not PersonTexts(texts).are_in("annabel and Class 3")


def test_a_file_or_folder_counts_where_its_name_has_something_of_the_person() -> None:
    who = HandIn(student="k17", name="Anna-Lena Böhm", file="Class 3\\Lena_12\\böhm.py", platform_id="98765")
    assert list_texts(who, "0f3a") == ["k17", who.name, "98765", who.file, "Lena_12", "böhm.py", "böhm", "0f3a"]
    who = HandIn(student="k17", name="", file="Class 3/x_alb42.py", email="alb42@school.org")
    assert list_texts(who) == ["k17", who.email, who.file, "x_alb42.py", "x_alb42"]


def test_what_people_wrote_names_somebody_in_capital_and_small_letters() -> None:
    texts = PersonTexts(["anna", "Ben Ode"])
    for text in ("Dear Anna, look.", "ANNA", "see ben ode"):
        assert texts.are_in_prose(text)
    assert not texts.are_in_prose("Joanna, see Ben")
    assert not texts.are_in("Dear Anna, look.")  # a file is not removed for a word that only looks like a key
    assert not PersonTexts([]).are_in_prose("anna")


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    of = Class(tmp_path / "out")
    of.hand_in("Ada Lovelace")
    outside = tmp_path / "outside.txt"
    outside.write_text("Ada Lovelace")
    (tmp_path / "out" / "link").symlink_to(outside)
    publisher = Publisher(of.folder, of.store)
    erase_people(publisher, plan_erasure(publisher, [find_person(publisher, "Ada Lovelace")]))
    of.store.close()
    with open_store(of.folder) as store:
        assert store.newest_hand_ins("digits") == []
    assert outside.is_file()
    assert (tmp_path / "out" / "link").is_symlink()


def test_a_key_of_any_characters_is_deleted_and_exported(tmp_path: Path) -> None:
    from grader.classroom.person_export import pack_person
    from tests.classroom.store.made import hand

    of = Class(tmp_path / "out")
    student = "j\udce4ger \0"  # as Python reads a file name that is no UTF-8
    of.store.add_hand_ins("digits", [hand(student)], of.store.begin_run("digits", "me"))
    publisher = Publisher(of.folder, of.store)
    publisher.write_dashboard()
    (row,) = publisher.read_rows()
    assert publisher.read_shown_marks().keys() == {student}
    with zipfile.ZipFile(io.BytesIO(pack_person(publisher, row))) as archive:
        assert len(archive.namelist()) == 3
    erase_people(publisher, plan_erasure(publisher, [find_person(publisher, student)]))
    assert publisher.read_rows() == []
    assert publisher.read_shown_marks() == {}
    of.store.close()
