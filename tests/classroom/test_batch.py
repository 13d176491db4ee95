"""A class graded from the command line: what was handed in, what is kept, what the next run does."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from grader.classroom.folder import DASHBOARD, REPORTS
from grader.core.course import Course
from grader.core.errors import InternalError
from grader.core.temporary_folders import remove_abandoned_folders
from grader.grading.grader import Grader
from grader.grading.results import Graded
from grader.protocol.submission import Submission
from grader.protocol.verdict import Status
from tests.helpers.class_fixtures import WRONG_SCALE, Run, entries, marks, opened
from tests.helpers.killing_kernel import KillingKernel
from tests.helpers.processes import command_lines, descendants, folders_of, is_gone
from tests.helpers.store_tables import history
from tests.helpers.two_functions import RIGHT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

HANGS = RIGHT.replace("return x / 16", "while True: pass")
# A check that waits three seconds for its function, where others wait twenty.
IMPATIENT = """
import msgspec
from dataclasses import dataclass


@dataclass(frozen=True)
class Impatient(Scales):
    def steps(self, seeds):
        return tuple(msgspec.structs.replace(step, limit_seconds=3.0) for step in super().steps(seeds))


"""


def command(course: Course, class_: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "grader", "batch", "two", str(class_), "--out", str(out), "--lang", "en",
            "--course", str(course.folder)]  # fmt: skip


def test_a_class_is_graded_and_nobody_costs_another_anything(run: Run, class_: Path, out: Path) -> None:
    (class_ / "cut.py").write_text(RIGHT[:60])
    (class_ / "empty.py").write_text("")
    (class_ / "exits.py").write_text("raise SystemExit(0)")
    (class_ / "Zoë <blink>.py").write_text(RIGHT)
    (class_ / "notes.txt").write_text("not code")
    result = run("batch", "two", class_, "--out", out)
    assert result.exit_code == 0, result.output
    held = entries(out)
    assert {entry.name: entry.points for entry in held.values()} == {
        "anna": 100, "ben": 60, "cut": 0, "empty": None, "exits": 0, "Zoë <blink>": 100,
    }  # fmt: skip
    assert "notes.txt" in result.output
    assert "5 run, 1 without a file that can be graded." in result.output
    assert "empty.py is empty" in held["empty"].problem
    page = (out / DASHBOARD).read_text("utf-8")
    for entry in held.values():
        assert bool(entry.report) == (entry.verdict is not None)
        if entry.report:
            assert (out / entry.report).is_file()
            assert entry.report in page
    assert "&lt;blink&gt;" in page
    assert "<blink>" not in page
    report = (out / held["ben"].report).read_text("utf-8")
    assert "ben.py" in report  # under the name that the student gave it


def test_the_same_command_does_only_what_is_new(run: Run, class_: Path, out: Path) -> None:
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    (class_ / "ben.py").write_text(RIGHT)
    (class_ / "carl.py").write_text(WRONG_SCALE)
    again = run("batch", "two", class_, "--out", out)
    # Ben's new file is byte for byte Anna's, and Carl's is Ben's old one: both were run before.
    assert "2 judged from stored evidence, 1 unchanged." in again.output, again.output
    assert marks(out) == {"anna": 100, "ben": 100, "carl": 60}
    _, store, publisher = opened(out)
    with store:
        verdicts = history(store, publisher.folder.settings.series, "ben")
    assert [past.verdict.points for past in verdicts if past.verdict is not None] == [60, 100]
    (out / entries(out)["anna"].report).unlink()
    third = run("batch", "two", class_, "--out", out)
    assert "1 judged from stored evidence, 2 unchanged." in third.output, third.output
    assert entries(out)["anna"].report


def test_what_is_the_same_byte_for_byte_is_run_once(run: Run, class_: Path, out: Path) -> None:
    for name in ("carl", "dora"):
        (class_ / f"{name}.py").write_text(RIGHT)
    result = run("batch", "two", class_, "--out", out)
    assert result.exit_code == 0
    resources = {s: e.verdict.resources for s, e in entries(out).items() if e.verdict is not None}
    assert resources["anna"] == resources["carl"] == resources["dora"]


def test_what_a_machine_out_of_memory_has_ended_is_graded_by_the_next_batch(
    run: Run, class_: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (class_ / "ben.py").unlink()
    (class_ / "anna.py").write_text(RIGHT.replace("return x / 16", "import time; time.sleep(1); return x / 16"))
    with monkeypatch.context() as patched:
        kernel = KillingKernel(patched, tmp_path / "machine", counts=True, kills=2)
        assert run("batch", "two", class_, "--out", out).exit_code == 0  # it ran to its end
        assert kernel.killed == 2
    verdict = entries(out)["anna"].verdict
    assert verdict is not None
    assert verdict.status is Status.NOT_GRADED
    assert "ran out of memory" in (out / entries(out)["anna"].report).read_text("utf-8")
    result = run("batch", "two", class_, "--out", out)
    assert result.exit_code == 0, result.output
    assert marks(out) == {"anna": 100}
    assert "1 unchanged" in run("batch", "two", class_, "--out", out).output


def test_a_killed_batch_goes_on_where_it_stopped(course: Course, class_: Path, out: Path, run: Run) -> None:
    for i in range(12):
        (class_ / f"s{i:02}.py").write_text(RIGHT + f"\nimport time\ntime.sleep(0.5)  # {i}\n")
    process = subprocess.Popen(command(course, class_, out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(list((out / REPORTS).glob("*.html"))) < 4:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    below = descendants(process.pid)
    assert len(below) >= 3  # the worker, and two examiners
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert all(is_gone(pid, 5) for pid in below), command_lines(below)
    assert folders_of(process.pid)
    kept = {s for s, e in entries(out).items() if e.verdict is not None}
    assert 4 <= len(kept) < 14
    result = run("batch", "two", class_, "--out", out)
    assert result.exit_code == 0, result.output
    # What was written as evidence or verdict is not run again; at most those in flight are.
    assert f"{len(kept)} unchanged" in result.output, result.output
    assert marks(out) == {"anna": 100, "ben": 60} | {f"s{i:02}": 100 for i in range(12)}
    remove_abandoned_folders()  # as each start of a worker does; the tests' own was there before
    assert folders_of(process.pid) == []


def test_ctrl_c_leaves_pages_and_says_how_to_go_on(course: Course, class_: Path, out: Path) -> None:
    (class_ / "slow.py").write_text(RIGHT + "\nimport time\ntime.sleep(600)\n")
    process = subprocess.Popen(
        command(course, class_, out), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 120
    while len(list((out / REPORTS).glob("*.html"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    assert (out / DASHBOARD).is_file()
    assert marks(out) == {"anna": 100, "ben": 60, "slow": None}


def test_two_batches_at_once_do_not_hurt_each_other(course: Course, class_: Path, out: Path) -> None:
    started = [
        subprocess.Popen(command(course, class_, out), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in started:
        said = process.communicate(timeout=240)
        assert process.returncode == 0, said
    assert marks(out) == {"anna": 100, "ben": 60}


def test_a_solution_of_another_exercise_is_not_marked(run: Run, course: Course, class_: Path, out: Path) -> None:
    stub = course.folder / "exercises" / "networks" / "submission.py"
    stub.write_text("def build_model():\n    ...\n\n\ndef train(model):\n    ...\n")
    (class_ / "carl.py").write_text("def build_model():\n    return 1\n\n\ndef train(model):\n    return 2\n")
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    carl = entries(out)["carl"]
    assert carl.verdict is None
    assert carl.points is None
    assert "networks" in carl.problem


def test_pseudonyms_stand_everywhere(run: Run, class_: Path, out: Path) -> None:
    fails = WRONG_SCALE.replace("x / 4", "1 / 0  # Rumpelstilz")
    (class_ / "Rumpelstilz.py").write_text(f"# Rumpelstilz\n{fails}")
    (class_ / "Schneewittchen.py").write_text("")
    result = run("batch", "two", class_, "--out", out, "--anonymous", "--csv", "csv")
    assert result.exit_code == 0, result.output
    readable = [p for p in out.rglob("*") if p.suffix in (".html", ".csv")]
    assert len(readable) == 2 + 3
    for word in ("Rumpelstilz", "Schneewittchen", "anna"):
        assert word not in result.output
        for path in readable:
            assert word not in path.name
            assert word not in path.read_text("utf-8"), path
    named = run("batch", "two", class_, "--out", out)
    assert named.exit_code == 0
    assert "Rumpelstilz" in (out / DASHBOARD).read_text("utf-8")
    assert len(list((out / REPORTS).glob("*.html"))) == 3  # those of the pseudonyms are gone


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("batch", "three", "CLASS", "--out", "OUT"), "There is no exercise 'three'"),
        (("batch", "two", "NOWHERE", "--out", "OUT"), "nowhere"),
        (("rescore", "CLASS"), "holds no graded class"),
        (("export", "CLASS", "--format", "csv"), "holds no graded class"),
        (("adjust", "CLASS", "anna", "--points", "1"), "needs --criterion NAME=POINTS or --points, and --reason"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    arguments: tuple[str, ...], said: str, run: Run, class_: Path, out: Path, tmp_path: Path
) -> None:
    places = {"CLASS": class_, "OUT": out, "NOWHERE": tmp_path / "nowhere"}
    result = run(*(places.get(a, a) for a in arguments))
    assert result.exit_code == 2, result.output
    assert said in result.output


def test_a_folder_of_another_exercise_is_refused(run: Run, class_: Path, out: Path) -> None:
    (class_ / "ben.py").unlink()
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    result = run("batch", "networks", class_, "--out", out)
    assert result.exit_code == 2
    assert "holds the results of two, not of networks" in result.output


def test_a_class_is_not_graded_where_a_wall_is_missing(
    run: Run, class_: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grader.protocol.verdict import WallState
    from grader.sandbox.walled import WalledEnvironment

    real = WalledEnvironment.walls

    def one_is_missing(workshop: WalledEnvironment) -> tuple[WallState, ...]:
        first, *others = real(workshop)
        return (WallState(id=first.id, stands=False, detail="for a test"), *others)

    monkeypatch.setattr(WalledEnvironment, "walls", one_is_missing)
    refused = run("batch", "two", class_, "--out", out)
    assert refused.exit_code == 2
    assert "--despite-missing-walls" in refused.output
    assert marks(out) == {"anna": None, "ben": None}
    told = run("batch", "two", class_, "--out", out, "--despite-missing-walls")
    assert told.exit_code == 0
    assert marks(out) == {"anna": 100, "ben": 60}
    # What ran behind fewer walls is not taken over by whoever did not allow that.
    monkeypatch.undo()
    strict = run("batch", "two", class_, "--out", out)
    assert "2 run." in strict.output, strict.output
    assert all(w.stands for e in entries(out).values() if e.verdict for w in e.verdict.isolation.walls)


def test_a_fault_of_the_grader_leaves_no_earlier_mark_standing_and_is_tried_again(
    run: Run, course: Course, class_: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    rubric = course.rubric_file("two")
    rubric.write_text(rubric.read_text().replace("largest=16", "largest=16.0"))
    real = Grader.grade

    def grade(grader: Grader, exercise: str, submission: Submission, *rest: object, **named: object) -> Graded:
        if "x / 4" in submission.units[0].source:
            raise InternalError("oops")
        return real(grader, exercise, submission, *rest, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Grader, "grade", grade)
        result = run("batch", "two", class_, "--out", out)
    assert result.exit_code == 0
    assert marks(out) == {"anna": 100, "ben": None}
    assert "oops" in entries(out)["ben"].problem
    assert entries(out)["ben"].status is Status.NOT_GRADED
    again = run("batch", "two", class_, "--out", out)
    assert again.exit_code == 0
    assert marks(out) == {"anna": 100, "ben": 60}
    assert entries(out)["ben"].problem == ""


def test_files_of_a_zip_keep_their_names_in_what_is_said_about_them(run: Run, tmp_path: Path, out: Path) -> None:
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("Änne Müller_12_assignsubmission_file/mein Netz.py", "")
        file.writestr("Ben Ali_13_assignsubmission_file/netz.py", RIGHT)
    result = run("batch", "two", archive, "--out", out)
    assert result.exit_code == 0, result.output
    by_name = {entry.name: entry for entry in entries(out).values()}
    assert by_name["Änne Müller"].problem.startswith("mein Netz.py is empty.")
    assert by_name["Ben Ali"].points == 100
    assert by_name["Ben Ali"].platform_id == "13"


def test_without_dask_a_cluster_is_refused(
    run: Run, class_: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "grader.grading.dask_pool", raising=False)
    result = run("batch", "two", class_, "--out", out, "--cluster", "tcp://127.0.0.1:9")
    assert result.exit_code == 2
    assert "keras-grader[cluster]" in result.output


def test_alike_submissions_are_shown_and_the_dashboard_leads_there(run: Run, class_: Path, out: Path) -> None:
    body = "\n".join(f"    total_{i} = sum(value * {i} for value in range(len(x) + {i}))" for i in range(30))
    for name, comment in (("carl", "# mine"), ("dora", "# not Carl's")):
        (class_ / f"{name}.py").write_text(f"{RIGHT}\n\ndef helper(x):  {comment}\n{body}\n    return total_3\n")
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    assert "similarity.html" not in (out / DASHBOARD).read_text("utf-8")
    result = run("similarity", out)
    assert result.exit_code == 0, result.output
    assert "that are alike: 1." in result.output
    page = (out / "similarity.html").read_text("utf-8")
    assert "carl" in page
    assert "dora" in page
    assert "similarity.html" in (out / DASHBOARD).read_text("utf-8")


def test_a_hanging_submission_ends_in_time_and_the_others_are_graded(
    run: Run, course: Course, class_: Path, out: Path
) -> None:
    (class_ / "hangs.py").write_text(HANGS)
    rubric = course.rubric_file("two")
    impatient = rubric.read_text().replace('Scales("scale"', 'Impatient("scale"')
    rubric.write_text(impatient.replace("def named", f"{IMPATIENT}def named", 1))
    assert run("batch", "two", class_, "--out", out).exit_code == 0
    assert marks(out) == {"anna": 100, "ben": 60, "hangs": 60}
    verdict = entries(out)["hangs"].verdict
    assert verdict is not None
    assert "3 s" in verdict.criteria[1].message
