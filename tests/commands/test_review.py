"""`grader review` as a program, over a class that was really graded: what is decided is shown everywhere."""

import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.classroom.folder import open_folder, open_store
from grader.classroom.folder_use import use_folder_alone
from grader.classroom.pages import Publisher
from grader.classroom.review.desk import Desk
from grader.core.exit_codes import ExitCode
from tests.helpers.by_hand_course import FUNCTIONS, RIGHT, write_course
from tests.helpers.commands import TERMINAL, run_here
from tests.helpers.review_class import Served
from tests.helpers.store_tables import replay_marks

WRONG = RIGHT.replace("x / 16", "x / 8")
SILENT = FUNCTIONS  # without a text


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a course, and a class of three that was graded in `out`."""
    folder = tmp_path_factory.mktemp("graded")
    write_course(folder / "course")
    for name, code in (("anna", RIGHT), ("ben", WRONG), ("cleo", SILENT)):
        (folder / "class").mkdir(exist_ok=True)
        (folder / "class" / f"{name}.py").write_text(code)
    done = run_here("batch", "view", folder / "class", "--out", folder / "out", "--course", folder / "course")
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def room(graded: Path, tmp_path: Path) -> Path:
    """A copy of that folder, for one test."""
    room = Path(shutil.copytree(graded, tmp_path / "room"))
    settings = room / "out" / "batch.json"
    settings.write_text(settings.read_text().replace(str(graded), str(room)))
    return room


@contextmanager
def reviewed(room: Path, *options: str) -> Iterator[tuple[Served, list[str]]]:
    """Run the program; after the block, end it with Ctrl-C. What it printed is in the list then."""
    program = [sys.executable, "-m", "grader", "review", str(room / "out"), "--no-browser", "--lang", "en"]
    process = subprocess.Popen(
        [*program, *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | TERMINAL,
    )
    assert process.stderr is not None
    lines: list[str] = []
    try:
        for line in process.stderr:
            lines.append(line)
            if match := re.search(r"http://([0-9.:]+)/\?token=(\S+)", line):
                break
        else:
            pytest.fail("".join(lines))
        folder = open_folder(room / "out")
        with open_store(folder) as store:
            yield Served(Desk(Publisher(folder, store), store, "test"), match[0], match[1], match[2]), lines
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=300)
        lines += [*errors.splitlines(), *output.splitlines()]
        assert process.returncode == ExitCode.PASSED, lines
    finally:
        process.kill()
        process.communicate()


def report(room: Path, student: str) -> str:
    (page,) = (room / "out" / "reports").glob(f"{student}-*.html")
    return page.read_text()


def exported(room: Path) -> dict[str, dict[str, str]]:
    done = run_here("export", room / "out", "--format", "csv", "--out", room / "marks.csv")
    assert done.exit_code == 0, done.output
    text = (room / "marks.csv").read_text("utf-8-sig")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def test_what_is_decided_stands_in_reports_and_exports_and_survives_rescoring(room: Path) -> None:
    assert exported(room)["anna"]["points"] == ""
    reference = re.search(r"Reference: <code>([A-Z2-7-]+)</code>", report(room, "ben"))
    assert reference is not None
    requests = room / "requests.csv"
    requests.write_text(f"reference,criterion,text\n{reference[1]},scale,It is the same.\nAAAA-BBBB,scale,Hm.\n")
    with reviewed(room, "--requests", str(requests)) as (served, lines):
        page = served.ask("GET", f"/criterion/explanation/{served.reference('anna')}").text
        assert "The validation loss rises." in page
        assert "EXPLANATION" in page
        assert '<section id="figures"' in served.ask("GET", f"/criterion/figure/{served.reference('anna')}").text
        served.save("anna", "explanation", points="19", words="Nearly.")
        served.save("anna", "figure", points="20")
        served.save("ben", "explanation", points="10", words="And why?")
        served.save("ben", "figure", points="20")
        answer = served.save("ben", "scale", points="5", words="For the idea.", answers="1")
        assert answer.status == 303
        served.save("cleo", "figure", points="7")
        series = served.desk.publisher.series
        decided = replay_marks(served.desk.store, series)
    printed = "\n".join(lines)
    assert "2 regrade requests" not in printed
    assert "1 regrade requests, 1 of them new." in printed
    assert "Row 3: no report of this class has the reference AAAA-BBBB." in printed
    assert "Writing the reports with what was decided: 3" in printed
    expected = {"anna": "99", "ben": "75", "cleo": "67"}
    for _again in range(2):
        assert {student: row["points"] for student, row in exported(room).items()} == expected
        assert "Explain overfitting: 19 of 20 points – Nearly." in report(room, "anna")
        assert "For the idea." in report(room, "ben")
        assert "Marked by a person." in report(room, "cleo")
        assert "decided by a person" in report(room, "anna")
        rubric = room / "course" / "exercises" / "view" / "rubric.py"
        rubric.write_text(rubric.read_text().replace('"Scale", "Skalieren"', '"Scaling", "Skalieren"'))
        done = run_here("rescore", room / "out", "--course", room / "course")
        assert done.exit_code == 0, done.output
    assert "Scaling: 5 points instead of 0 – For the idea." in report(room, "ben")
    with open_store(open_folder(room / "out")) as store:
        assert replay_marks(store, series) == decided
    done = run_here("export", room / "out", "--feedback", "folders", "--out", room / "feedback.zip")
    assert done.exit_code == 0, done.output
    assert "older than what was decided" not in done.output
    with zipfile.ZipFile(room / "feedback.zip") as archive:
        assert "For the idea." in archive.read("ben/view.html").decode()
        assert reference[1] in archive.read("ben/view.html").decode()


def test_after_a_kill_the_reports_are_named_as_old_and_the_next_desk_writes_them(room: Path) -> None:
    with reviewed(room) as (served, _lines):
        with reviewed(room) as (other, lines):
            other.save("anna", "figure", points="20", words="Clear.")
        assert "Other desks are open on this class: 1." in "\n".join(lines)
        assert "Clear." in report(room, "anna")
        served.save("anna", "figure", points="12", words="Not so clear.")
        # As if this desk were killed now: nothing but the store knows.
        assert "Not so clear." not in report(room, "anna")
        done = run_here("export", room / "out", "--feedback", "folders", "--out", room / "feedback.zip")
        assert "1 reports are older than what was decided by hand" in done.output
    assert "Not so clear." in report(room, "anna")
    assert not list((room / "out").glob("review-*"))


def test_a_class_that_is_being_graded_can_be_reviewed(room: Path) -> None:
    (room / "class" / "dora.py").write_text(RIGHT.replace("rises", "goes up"))
    words = ["batch", "view", str(room / "class"), "--out", str(room / "out"), "--course", str(room / "course")]
    with reviewed(room) as (served, _lines):
        batch = subprocess.Popen(
            [sys.executable, "-m", "grader", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | TERMINAL,
        )
        try:
            saved = 0
            while batch.poll() is None or not saved:
                assert served.save("anna", "figure", points=str(saved % 21)).status == 303
                saved += 1
            output = batch.communicate(timeout=300)[0]
        finally:
            batch.kill()
            batch.communicate()
        assert batch.returncode == 0, output
        # Who came meanwhile is there at once.
        assert served.save("dora", "figure", points="20", words="As well.").status == 303
        series = served.desk.publisher.series
        assert replay_marks(served.desk.store, series) == {
            ("anna", "figure"): (saved - 1) % 21,
            ("dora", "figure"): 20,
        }
    assert "As well." in report(room, "dora")


def test_who_was_reviewed_gets_all_of_it_and_is_deleted_without_a_byte_left(room: Path) -> None:
    requests = room / "requests.csv"
    reference = re.search(r"Reference: <code>([A-Z2-7-]+)</code>", report(room, "anna"))
    assert reference is not None
    requests.write_text(f"reference,criterion,text\n{reference[1]},scale,The quokka divides.\n")
    out, forget = room / "out", ("forget", room / "out", "anna", "--yes")
    with reviewed(room, "--requests", str(requests)) as (served, _lines):
        served.save("anna", "scale", points="15", words="The quokka halves.", answers="1")
        served.save("anna", "explanation", points="9", words="Dear Anna, a quokka.", reusable="yes")
        served.save("ben", "explanation", points="10", words="As anna says.", reusable="yes")
        open_desk = run_here(*forget)
        assert open_desk.exit_code == ExitCode.USAGE, open_desk.output
        assert "such as grader batch with --watch or grader review. Nothing was deleted." in open_desk.output
        assert served.save("anna", "figure", points="7").status == 303
    with reviewed(room, "--second") as (second, _lines):
        version = str(second.desk.read().version("anna", "figure", is_second=True))
        answer = second.save("anna", "figure", points="3", words="The quokka is too small.", version=version)
        assert answer.status == 303

    done = run_here("export", out, "--person", "anna", "--out", room / "anna.zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(room / "anna.zip") as archive:
        records = json.loads(archive.read("person.json"))["records"]
        assert "regrade requests with their answers" in archive.read("README.txt").decode()
    (request,) = records["requests"]
    assert (request["text"], request["criterion"]) == ("The quokka divides.", "scale")
    assert request["answer"]["adjustment"]["reason"] == "The quokka halves."
    marks = {
        (one["adjustment"]["criterion"], one["adjustment"]["points"], one["is_second"])
        for one in records["adjustments"]
    }
    assert marks >= {("scale", 15, False), ("explanation", 9, False)}
    assert {criterion for criterion, _points, is_second in marks if is_second} == {"figure"}
    assert all(one["adjustment"]["by"] and one["adjustment"]["at"] for one in records["adjustments"])

    before = exported(room)
    assert len(find_text(out, "quokka")) > 1  # the store, and her report
    shown = run_here("forget", out, "anna")
    assert "Adjustments and marks by hand: 4. Regrade requests: 1." in shown.output
    assert "nobody else reads: 1." in shown.output
    assert "Change these first, with grader review" in shown.output
    # As is advised: the comment that ben has is changed, then it is deleted what it said before.
    with reviewed(room) as (served, _lines):
        (comment,) = (c for c in served.desk.read().comments if c.text == "As anna says.")
        form = {"comment": comment.id, "seen": comment.text, "text": "As others say."}
        assert served.ask("POST", "/comments/explanation", form).status == 303
    done = run_here(*forget)
    assert done.exit_code == 0, done.output
    assert "named in" not in done.output
    assert find_text(out, "quokka") == find_text(out, "anna") == find_text(out, reference[1]) == []
    del before["anna"]
    after = exported(room)
    assert {name: row["points"] for name, row in after.items()} == {n: r["points"] for n, r in before.items()}
    # A desk on the same class goes on, and a late request of hers means nobody.
    with reviewed(room, "--requests", str(requests)) as (served, lines):
        assert set(served.desk.read().rows) == {"ben", "cleo"}
        assert served.save("ben", "figure", points="2", words="Small.").status == 303
    assert f"no report of this class has the reference {reference[1]}" in "\n".join(lines)


def find_text(folder: Path, text: str) -> list[str]:
    """Return the files that have a text, in any case, in their names or bytes."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if text.lower() in path.name.lower()
        or (path.is_file() and text.lower().encode() in path.read_bytes().lower())
    ]


def test_no_desk_is_opened_while_somebody_is_deleted(room: Path) -> None:
    with use_folder_alone(room / "out"):
        assert "deletes data of students" in refused(room, "out")
    assert not list((room / "out").glob("review-*"))


def refused(room: Path, *arguments: str) -> str:
    done = run_here("review", *arguments, "--no-browser", folder=room)
    assert done.exit_code == ExitCode.USAGE, done.output
    assert "Traceback" not in done.output
    return done.output


def test_what_cannot_be_opened_is_said_in_one_sentence(room: Path) -> None:
    assert "holds no graded class" in refused(room, "nothing")
    assert "none.csv cannot be read" in refused(room, "out", "--requests", "none.csv")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"Port {port} cannot be used" in refused(room, "out", "--port", port)


def test_the_settings_of_a_class_are_as_they_were(room: Path) -> None:
    before = json.loads((room / "out" / "batch.json").read_text())
    with reviewed(room):
        pass
    assert json.loads((room / "out" / "batch.json").read_text()) == before
