"""Stored answers: used for the same check again, and for no other one."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.core.course import Course
from grader.grading import practice_cache
from grader.grading.practice_cache import PracticeCache, describe_context, find_key, hash_course, is_lasting
from grader.grading.repeatable import reads_nothing_else
from grader.grading.results import Graded
from grader.protocol.evidence import Stopped, StopReason
from grader.protocol.messages import Evidence
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import Status
from grader.submission.reader import read
from tests.helpers.paths import ROOT
from tests.reports import samples

SOURCE = "import numpy as np\nimport keras\n\ndef scale(x):\n    return x / 16\n"
VERDICT, EXHIBITS = samples.good("en")
GRADED = Graded(VERDICT, EXHIBITS, Evidence())


@pytest.fixture
def course(tmp_path: Path) -> Course:
    for name in ("digits", "wine"):
        shutil.copytree(ROOT / "exercises" / name, tmp_path / "exercises" / name)
    return Course(tmp_path, b"secret")


def submission(source: str = SOURCE, name: str = "a.py") -> Submission:
    return Submission(name, "0" * 64, "script", (Unit(source, source),))


def key(course: Course, text: str = SOURCE, **changes: Any) -> str | None:
    values: dict[str, Any] = {"exercise": "digits", "language": "en", "only": (), "mode": "walls"}
    values |= {"submission": submission(text), "course_hash": hash_course(course)} | changes
    return find_key(course, **values)


def variants(course: Course, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str | None]]:
    """Yield what a key depends on, with the key of another one."""
    yield "text", key(course, SOURCE + "\n")
    changes: dict[str, Any] = {"exercise": "wine", "language": "de", "only": ("scale",), "mode": "plain"}
    for name, value in (changes | {"submission": submission(SOURCE, "b.py")}).items():
        yield name, key(course, **{name: value})
    yield "secret", key(Course(course.folder, b"another"))
    rubric = course.rubric_file("digits")
    text = rubric.read_text()
    rubric.write_text(text + "\n")
    yield "rubric", key(course)
    rubric.write_text(text)
    (rubric.parent / "helper.py").write_text("x = 1")
    yield "helper", key(course)
    (course.folder / "exercises" / "shared.py").write_text("x = 1")
    yield "shared", key(course)
    data = course.folder / "exercises" / "digits" / "rows.csv"
    data.write_text("1,2\n")
    yield "data beside the rubric", key(course)
    data.write_text("1,3\n")
    yield "other data of the same size", key(course)
    others: dict[str, object] = {"_hash_grader": lambda: "other", "versions": lambda: VERDICT.versions}
    for name, function in others.items():
        with monkeypatch.context() as patch:
            patch.setattr(practice_cache, name, function)
            yield name, key(course)
    with monkeypatch.context() as patch:
        (course.folder / "numpy-9.dist-info").mkdir()
        patch.syspath_prepend(str(course.folder))
        yield "installed", key(course)
    with monkeypatch.context() as patch:
        patch.setenv("MPLCONFIGDIR", "elsewhere")
        yield "environment", key(course)


def test_the_key_depends_on_everything_that_a_verdict_depends_on(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"same": key(course)}
    assert key(course) == keys["same"] is not None
    (course.folder / "exercises" / "digits" / "submission.py").write_text("# what students write is no rubric")
    assert key(course) == keys["same"]
    for name, other in variants(course, monkeypatch):
        assert other is not None, name
        assert other not in keys.values(), name
        keys[name] = other


def test_a_grader_that_was_changed_gives_another_key(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "grader"
    (package / "_course").mkdir(parents=True)
    monkeypatch.setattr(practice_cache, "PACKAGE", package)
    monkeypatch.setattr(practice_cache, "_hash_grader", practice_cache._hash_grader.__wrapped__)  # computed anew
    keys = [key(course)]
    for name, text in (("a.py", "1"), ("a.py", "2"), ("de.mo", "1"), ("de.mo", "2")):
        (package / name).write_text(text)
        keys.append(key(course))
    (package / "a.py").rename(package / "b.py")
    keys.append(key(course))
    assert len(set(keys)) == 6
    for name in ("notes.txt", "_course/rubric.py"):  # the course is in the key already
        (package / name).write_text("x")
        assert key(course) == keys[-1]


def test_evidence_is_used_again_only_where_exercises_and_packages_are_the_same(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a watch runs again depends on the code besides: see tests/commands/test_check_answers.py."""
    contexts = {describe_context("digits", hash_course(course)), describe_context("wine", hash_course(course))}
    assert describe_context("digits", hash_course(course)) in contexts
    for name, text in (("rubric.py", "RUBRIC = None"), ("rows.csv", "1,2"), ("rows.csv", "1,3")):
        (course.folder / "exercises" / "digits" / name).write_text(text)
        contexts.add(describe_context("digits", hash_course(course)))
    (course.folder / "numpy-9.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(course.folder))
    contexts.add(describe_context("digits", hash_course(course)))
    assert len(contexts) == 6


def test_an_answer_is_read_back_and_one_that_is_damaged_or_another_is_not(tmp_path: Path) -> None:
    cache = PracticeCache(tmp_path / "new" / "answers")
    cache.write("a", GRADED)
    answer = cache.read("a")
    assert answer is not None
    assert (answer.verdict, answer.exhibits) == (VERDICT, EXHIBITS)
    assert answer.graded().verdict == VERDICT
    path = tmp_path / "new" / "answers" / "a.answer"
    assert path.stat().st_mode & 0o077 == 0
    path.rename(path.with_name("b.answer"))
    assert cache.read("b") is None
    for content in (b"", b"\xff" * 20, msgspec.msgpack.encode({"key": "c"}), b"\x91" * 100_000):
        path.with_name("c.answer").write_bytes(content)
        assert cache.read("c") is None
    assert cache.read("missing") is None


def test_a_folder_that_cannot_be_written_or_read_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = PracticeCache(tmp_path / "file" / "answers")
    cache.write("a", GRADED)
    assert cache.read("a") is None


def test_the_oldest_answers_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice_cache, "MAX_ANSWERS", 2)
    cache = PracticeCache(tmp_path)
    for name in "abc":
        cache.write(name, GRADED)
    assert len(list(tmp_path.iterdir())) == 2
    assert cache.read("c") is not None


def test_what_may_come_out_differently_is_not_lasting() -> None:
    assert is_lasting(VERDICT, Evidence())
    stopped = Stopped(reason=StopReason.TIME)
    assert not is_lasting(VERDICT, Evidence(stops={"a": stopped}))
    assert not is_lasting(VERDICT, Evidence(import_stop=stopped))
    undecided = msgspec.structs.replace(VERDICT.criteria[0], status=Status.NOT_GRADED)
    assert not is_lasting(msgspec.structs.replace(VERDICT, criteria=(undecided,)), Evidence())


@pytest.mark.parametrize(
    "line",
    [
        "import helper",
        "from . import helper",
        "import os\nnames = os.listdir()",
        "from os import path",
        "import sys\nsys.path.insert(0, '.')",
        "import pathlib",
        "data = np.load('data.npy')",
        "data = np.genfromtxt('data.csv')",
        "import pandas as pd\ndata = pd.read_csv('data.csv')",
        "model = keras.models.load_model('a.keras')",
        "data = open('data.csv')",
        "here = __file__",
        "exec('1')",
        "function = getattr(np, 'lo' + 'ad')",
        "(x, y), _ = keras.datasets.mnist.load_data()",
        "data = keras.utils.image_dataset_from_directory('.')",
        "inner = scale.__globals__",
    ],
)
def test_what_may_read_files_has_no_key(line: str) -> None:
    assert not reads_nothing_else(submission(SOURCE + line + "\n"))
    assert not reads_nothing_else(submission(f"{SOURCE}def f():\n    {line.replace(chr(10), '; ')}\n"))


@pytest.mark.parametrize("exercise", sorted(path.parent.name for path in ROOT.glob("reference/*/submission.py")))
def test_right_solutions_have_a_key(exercise: str) -> None:
    saves_files = exercise == "mnist"  # what else it reads, nobody can tell
    assert reads_nothing_else(read(ROOT / "reference" / exercise / "submission.py")) is not saves_files


def test_answers_about_files_that_are_to_be_forgotten_are_removed(tmp_path: Path) -> None:
    cache = PracticeCache(tmp_path)
    info = msgspec.structs.replace(VERDICT.submission, sha256="f" * 64)
    cache.write("a", GRADED)
    cache.write("b", msgspec.structs.replace(GRADED, verdict=msgspec.structs.replace(VERDICT, submission=info)))
    (tmp_path / "c.answer").write_bytes(b"broken")
    assert cache.remove_of({"f" * 64}) == 1
    assert cache.read("b") is None
    assert cache.read("a") is not None
    assert cache.remove_of(set()) == 0
    assert PracticeCache(tmp_path / "missing").remove_of({"f" * 64}) == 0
