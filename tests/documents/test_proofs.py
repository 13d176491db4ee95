"""What is proven already is left out only where nothing has changed that its outcome depends on."""

import dataclasses
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.authoring.scaffold import ExerciseKind
from grader.authoring.validation.expectations import read_expectations
from grader.core.course import Course
from grader.core.course_secret import VARIABLE
from tests.authoring import test_scaffold
from tests.documents import test_exercises, test_tutorial
from tests.end_to_end import test_bad_values
from tests.examiner.misconceptions import test_misconceptions
from tests.helpers import proofs
from tests.helpers.paths import ROOT
from tests.helpers.proofs import GERMAN, NOTES, RUN, VERDICT, Proof, find_files, read_record
from tests.helpers.prove import write_record
from tests.sandbox.inside import fit_cases, test_fast_fit
from tests.strangers import test_strangers

EXERCISE = test_exercises.EXERCISES[0]
NOT_OF_VERDICTS = {"commands", "authoring", "classroom", "ci", "reports"}
PROOFS = {
    "exercises": test_exercises.proof_of(EXERCISE),
    "strangers": test_strangers.proof_of(next(iter(test_strangers.CASES))),
    "fast_fit": test_fast_fit.proof_of("plain"),
    "bad_values": test_bad_values.proof_of(EXERCISE, "NaN"),
    "misconceptions": test_misconceptions.proof_of("nan-loss"),
    "tutorial": test_tutorial.PROOF,
    "scaffold": test_scaffold.proof_of(ExerciseKind.FUNCTIONS),
}


@pytest.fixture
def copy(tmp_path: Path) -> Proof:
    """A proof with files of its own: one of a room, one of an exercise, one of the proof itself."""
    for name in ("grader/core/seal.py", "exercises/mine/rubric.py", "tests/test_mine.py", *proofs._HELPERS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}\n")
    return Proof("mine", ("grader/core", "exercises/mine", "tests/test_mine.py"), root=tmp_path)


def digest(proof: Proof) -> str:
    """Return a digest of the files as they are now."""
    proofs._hash_place.cache_clear()
    return proof.digest()


def all_inputs(proof: Proof) -> Iterator[str]:
    for place in (*proof.inputs, *proofs._HELPERS):
        yield from find_files(proof.root, place)


def test_each_file_counts_with_its_content_and_its_name(copy: Proof) -> None:
    before = digest(copy)
    inputs = list(all_inputs(copy))
    assert len(inputs) == 3 + len(proofs._HELPERS)
    for name in inputs:
        file = copy.root / name
        file.write_text(f"# {name}\n\n")
        assert digest(copy) != before, name
        file.rename(file.with_name("other.py"))
        assert digest(copy) != before, name
        file.with_name("other.py").unlink()
        file.write_text(f"# {name}\n")
        assert digest(copy) == before


def test_a_file_that_is_added_counts_and_what_python_leaves_does_not(copy: Proof) -> None:
    before = digest(copy)
    for name in ("__pycache__/seal.cpython-311.pyc", ".ipynb_checkpoints/x.ipynb", ".DS_Store", "locale/de/x.mo"):
        path = copy.root / "grader" / "core" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0")
        assert digest(copy) == before, name
    (copy.root / "exercises" / "mine" / "table.csv").write_text("1")
    assert digest(copy) != before
    assert list(find_files(ROOT, GERMAN)) == [GERMAN]
    assert GERMAN not in find_files(ROOT, "grader/core")


def test_where_the_files_lie_does_not_count(copy: Proof, tmp_path: Path) -> None:
    shutil.copytree(tmp_path, tmp_path / "elsewhere")
    assert digest(dataclasses.replace(copy, root=tmp_path / "elsewhere")) == digest(copy)


@pytest.mark.parametrize("different", [{"name": "other"}, {"extra": "x"}, {"inputs": ("grader/core",)}])
def test_its_name_its_inputs_and_what_it_depends_on_besides_count(copy: Proof, different: dict[str, Any]) -> None:
    assert digest(dataclasses.replace(copy, **different)) != digest(copy)


def test_another_python_package_machine_or_secret_counts(copy: Proof, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = proofs.describe_platform()
    assert platform[0] == ".".join(map(str, sys.version_info[:2]))
    assert os.environ[VARIABLE] in platform
    assert any(entry.startswith("keras ") and entry[6:] for entry in platform)
    before = digest(copy)
    for number in range(len(platform)):
        changed = (*platform[:number], "other", *platform[number + 1 :])
        monkeypatch.setattr(proofs, "describe_platform", lambda changed=changed: changed)
        assert digest(copy) != before


def test_a_record_that_is_missing_broken_or_of_something_else_proves_nothing(
    copy: Proof, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record = tmp_path / "proven.json"
    monkeypatch.setattr(proofs, "read_record", lambda: read_record(record))
    assert not copy.is_made()
    for content in (
        "",
        "[]",
        '{"mine": 1}',
        '{"mine": ""}',
        msgspec.json.encode({"other": digest(copy)}).decode(),
    ):
        record.write_text(content)
        assert not copy.is_made(), content
    record.write_bytes(msgspec.json.encode({"mine": digest(copy)}))
    assert copy.is_made()
    (copy.root / "exercises" / "mine" / "rubric.py").write_text("changed")
    proofs._hash_place.cache_clear()
    assert not copy.is_made()


def test_a_proof_is_noted_with_the_files_that_it_was_made_with(
    copy: Proof, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy.note()  # nobody listens
    notes = tmp_path / "notes"
    notes.mkdir()
    monkeypatch.setenv(NOTES, str(notes))
    before = digest(copy)
    (copy.root / "exercises" / "mine" / "rubric.py").write_text("changed")
    with pytest.raises(AssertionError, match="files were changed"):
        copy.note()
    assert not list(notes.iterdir())
    copy.note()
    (note,) = (msgspec.json.decode(path.read_bytes()) for path in notes.iterdir())
    assert note == {"mine": copy.digest()}
    assert note != {"mine": before}


@pytest.mark.parametrize("is_complete", [True, False])
def test_the_record_forgets_proofs_only_after_all_were_tried(tmp_path: Path, *, is_complete: bool) -> None:
    record = tmp_path / "proven.json"
    write_record(record, [{"b": "1"}, {"a": "2"}], is_complete=True)
    assert list(read_record(record).items()) == [("a", "2"), ("b", "1")]
    write_record(record, [{"a": "3"}], is_complete=is_complete)
    assert read_record(record) == ({"a": "3"} if is_complete else {"a": "3", "b": "1"})


@pytest.mark.parametrize("kind", PROOFS)
def test_each_input_of_a_proof_is_there(kind: str) -> None:
    missing = [place for place in PROOFS[kind].inputs if not list(find_files(ROOT, place))]
    assert not missing


def test_a_verdict_depends_on_all_rooms_but_those_that_are_named_and_on_what_these_import() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    rooms = {name.strip().rpartition(".")[2] for layer in contract["layers"] for name in layer.split("|")}
    of_verdicts = {place.split("/")[1] for place in VERDICT} - {"__init__.py"}
    assert rooms - of_verdicts | {"authoring"} == NOT_OF_VERDICTS
    an_import = re.compile(r"^\s*(?:from|import) grader\.(\w+)", re.MULTILINE)
    for places, allowed in ((VERDICT, of_verdicts), (RUN, {place.split("/")[1] for place in RUN})):
        imported = {
            room
            for place in places
            for name in find_files(ROOT, place)
            if name.endswith(".py") and name != "grader/__init__.py"
            for room in an_import.findall((ROOT / name).read_text("utf-8"))
        }
        assert imported <= allowed


def test_of_what_is_proven_a_part_is_made_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Proof, "is_made", lambda _: True)
    chosen = test_strangers.choose_cases().values()
    assert all(case.must_lose for case in chosen)  # of each exercise, the reference is run, too
    assert sorted(case.exercise for case in chosen) == sorted(test_exercises.EXERCISES)
    assert {exercise for exercise, _ in test_bad_values.choose_values()} == set(test_exercises.EXERCISES)
    assert {kind for _, kind in test_bad_values.choose_values()} == set(test_bad_values.KINDS)
    assert len(test_bad_values.choose_exercises_with_lists()) == 1
    for exercise in test_exercises.EXERCISES:
        reference, stub, wrong = test_exercises.choose_sample(read_expectations(Course(ROOT), exercise))
        assert not reference.loses
        assert stub.is_stub
        assert wrong.loses
    assert set(fit_cases.CASES) >= fit_cases.SAMPLE
    assert {fit_cases.CASES[name].fast for name in fit_cases.SAMPLE} == {True, False}
