"""Folders that functions write to: what lies in them, and that another process finds it as it was."""

import json
import zipfile
from pathlib import Path

import keras
import msgspec
import numpy as np
import pytest

from grader.protocol.evidence import (
    ArrayValue,
    Entries,
    ImportEvidence,
    Items,
    NoneValue,
    Outcome,
    Raised,
    Returned,
    Skipped,
    StepEvidence,
    TextValue,
    Value,
)
from grader.protocol.parcels import pack
from grader.protocol.plan import ReadFiles, WriteFiles
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.folders import MAX_FILES, find_kind, make_folder, read_files, write_files

READ = ReadFiles(id="files", folder="a", after="save")
WRITE = WriteFiles(id="written", files="files", folder="b")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def read() -> tuple[Outcome, bytes]:
    """Return the outcome of reading, and the evidence as it travels."""
    store = Store()
    outcome = read_files(READ, store)
    return outcome, pack(StepEvidence(id="files", outcome=outcome), store.arrays)


def list_kinds() -> dict[str, str]:
    outcome, _body = read()
    assert isinstance(outcome, Returned)
    assert isinstance(outcome.value, Entries)
    kinds = {path: item.items[0] for path, item in outcome.value.entries if isinstance(item, Items)}
    return {path: kind.text for path, kind in kinds.items() if isinstance(kind, TextValue)}


# Keras copies its variables in a way that NumPy 2 warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_files_are_named_by_what_they_are_and_come_back_byte_for_byte() -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    folder = make_folder("a")
    (folder / "model.json").write_text(model.to_json())
    (folder / "twice.json").write_text(json.dumps(model.to_json()))
    (folder / "numbers.json").write_text("[1, 2]")
    (folder / "below").mkdir()
    model.save_weights(folder / "below" / "w.weights.h5")
    model.save(folder / "all.keras")
    model.save(folder / "all.h5")
    np.savez(folder / "w.npz", np.zeros(2))
    (folder / "text").write_bytes(b"\xff\x00")
    (folder / "nothing").write_bytes(b"")
    (folder / "link").symlink_to("/etc/passwd")
    expected = {
        "model.json": "architecture",
        "twice.json": "architecture",
        "numbers.json": "json",
        "below/w.weights.h5": "hdf5",
        "all.keras": "keras",
        "all.h5": "keras",
        "w.npz": "other",
        "text": "other",
        "nothing": "other",
    }
    assert list_kinds() == expected
    assert isinstance(write_files(WRITE, read()[1], Store()), Returned)
    target = make_folder("b")
    assert {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} == set(expected)
    for name in expected:
        assert (target / name).read_bytes() == (folder / name).read_bytes()


def test_without_architecture_the_json_of_models_is_empty_and_the_rest_as_it_was() -> None:
    folder = make_folder("a")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    (folder / "below").mkdir()
    (folder / "below" / "model.json").write_text(json.dumps({"model": model.to_json(), "classes": 3}))
    (folder / "numbers.json").write_text("[1, 2]")
    (folder / "bytes").write_bytes(b"\xff\x00")
    step = msgspec.structs.replace(WRITE, without_architecture=True)
    assert isinstance(write_files(step, read()[1], Store()), Returned)
    target = make_folder("b")
    assert json.loads((target / "below" / "model.json").read_text()) == {}
    assert (target / "numbers.json").read_text() == "[1, 2]"
    assert (target / "bytes").read_bytes() == b"\xff\x00"


def test_what_was_in_the_other_folder_before_is_removed() -> None:
    (make_folder("b") / "old").write_text("{}")
    (make_folder("b") / "below").mkdir()
    (make_folder("b") / "link").symlink_to("/etc")
    (make_folder("a") / "new").write_text("{}")
    write_files(WRITE, read()[1], Store())
    assert [path.name for path in make_folder("b").iterdir()] == ["new"]


def test_a_file_in_the_place_of_the_other_folder_is_an_error_of_the_step() -> None:
    folder = make_folder("b")
    folder.rmdir()
    folder.write_text("a file in its place")
    outcome = write_files(WRITE, read()[1], Store())
    assert isinstance(outcome, Raised)
    assert outcome.exception.type == "NotADirectoryError"


def test_a_file_that_cannot_be_read_is_an_error_of_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (make_folder("a") / "x").write_text("")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    outcome, _body = read()
    assert isinstance(outcome, Raised)
    assert outcome.exception.type == "PermissionError"


def test_a_folder_that_cannot_be_made_is_named_all_the_same_and_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "grader-folders").write_text("a file in its place")
    assert make_folder("a") == tmp_path / "grader-folders" / "a"
    assert list_kinds() == {}


def test_only_so_many_files_are_named() -> None:
    for number in range(MAX_FILES + 5):
        (make_folder("a") / f"{number:03}").write_text("")
    assert len(list_kinds()) == MAX_FILES


@pytest.mark.parametrize("outcome", [None, Skipped, NoneValue])
def test_where_no_files_were_read_none_are_written(outcome: type | None) -> None:
    body = b""
    if outcome is Skipped:
        body = pack(StepEvidence(id="files", outcome=Skipped(step="save")), {})
    elif outcome is NoneValue:
        body = pack(StepEvidence(id="files", outcome=Returned(value=NoneValue())), {})
    assert write_files(WRITE, body, Store()) == Skipped(step="files")


def test_nothing_is_written_outside_of_the_folder(tmp_path: Path) -> None:
    item = file_of(LENGTH, CONTENT)
    entries = (("../up", item), (str(tmp_path / "absolute"), item), ("text", TextValue(text="x")), ("in", item))
    assert isinstance(write_files(WRITE, forge(*entries), Store()), Returned)
    assert [path.name for path in make_folder("b").iterdir()] == ["in"]
    assert (make_folder("b") / "in").read_bytes() == b"\x07"
    assert not list(tmp_path.rglob("up"))
    assert not list(tmp_path.rglob("absolute"))


CONTENT = ArrayValue(ref="c", dtype="int64", shape=(1,), container="ndarray")
LENGTH = ArrayValue(ref="n", dtype="int64", shape=(), container="scalar")


def forge(*entries: tuple[str, Value], length: object = 1) -> bytes:
    """Return evidence of files as a process can send it that has read none. `length`: of each of them."""
    evidence = StepEvidence(id="files", outcome=Returned(value=Entries(entries=entries)))
    return pack(evidence, {"c": np.array([7]), "n": np.array(length)})


def file_of(*parts: Value) -> Items:
    return Items(container="tuple", items=(TextValue(text="other"), *parts))


NO_EVIDENCE = {
    "other bytes": b"no evidence",
    "an import": pack(ImportEvidence(), {}),
    "cut off": forge(("a", file_of(LENGTH, CONTENT)))[:-3],
    "damaged": forge(("a", file_of(LENGTH, CONTENT)))[:-1] + b"x",
}


@pytest.mark.parametrize("case", NO_EVIDENCE)
def test_what_is_no_evidence_of_files_is_as_good_as_none(case: str) -> None:
    (make_folder("b") / "old").write_text("{}")
    assert write_files(WRITE, NO_EVIDENCE[case], Store()) == Skipped(step="files")


def test_no_more_files_are_written_than_are_read() -> None:
    write_files(WRITE, forge(*[(str(number), file_of(LENGTH, CONTENT)) for number in range(1000)]), Store())
    assert len(list(make_folder("b").iterdir())) == MAX_FILES


MISSING = ArrayValue(ref="x", dtype="int64", shape=(1,), container="ndarray")
NO_FILES = {
    "an array that is not there": forge(("a", file_of(LENGTH, MISSING))),
    "no content": forge(("a", file_of(LENGTH))),
    "three arrays": forge(("a", file_of(LENGTH, CONTENT, CONTENT))),
    "no items": forge(("a", TextValue(text="x"))),
    "a length of text": forge(("a", file_of(LENGTH, CONTENT)), length="x"),
    "a length of many": forge(("a", file_of(LENGTH, CONTENT)), length=[1, 2]),
    "a fraction": forge(("a", file_of(LENGTH, CONTENT)), length=0.5),
    "a name with an end": forge(("a\0b", file_of(LENGTH, CONTENT))),
    "a name that leads out": forge(("../a", file_of(LENGTH, CONTENT))),
}


@pytest.mark.parametrize("case", NO_FILES)
def test_what_is_put_in_the_place_of_a_file_is_passed_over(case: str) -> None:
    assert isinstance(write_files(WRITE, NO_FILES[case], Store()), Returned)
    assert not list(make_folder("b").iterdir())


@pytest.mark.parametrize(("length", "expected"), [(-1, b""), (0, b""), (10**15, bytes([7]) + bytes(7))])
def test_a_length_beyond_the_content_gives_no_more_than_there_is(length: int, expected: bytes) -> None:
    write_files(WRITE, forge(("a", file_of(LENGTH, CONTENT)), length=length), Store())
    assert (make_folder("b") / "a").read_bytes() == expected


@pytest.mark.parametrize("name", ["x" * 300, ".", "in/in"])
def test_a_name_that_cannot_be_written_is_an_error_of_the_step(name: str) -> None:
    outcome = write_files(
        WRITE, forge(("in", file_of(LENGTH, CONTENT)), (name, file_of(LENGTH, CONTENT))), Store()
    )
    assert isinstance(outcome, Raised)


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, '"text"', "null"])
def test_broken_json_is_no_architecture(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)
    assert find_kind(tmp_path / "x.json") != "architecture"


@pytest.mark.parametrize("form", ['{"made": "today", "model": %s}', '{"net": {"inner": %s}}'])
def test_a_model_beside_other_things_is_an_architecture(tmp_path: Path, form: str) -> None:
    model = '{"class_name": "Sequential", "config": {}}'
    for content in (model, json.dumps(model)):
        (tmp_path / "x.json").write_text(form % content)
        assert find_kind(tmp_path / "x.json") == "architecture"
    (tmp_path / "x.json").write_text(form % '{"class_name": 1}')
    assert find_kind(tmp_path / "x.json") == "json"


@pytest.mark.parametrize(
    ("names", "kind"), [(("config.json",), "other"), (("config.json", "model.weights.h5"), "keras")]
)
def test_an_archive_is_a_model_of_keras_by_what_is_in_it(
    tmp_path: Path, names: tuple[str, ...], kind: str
) -> None:
    with zipfile.ZipFile(tmp_path / "weights.bin", "w") as file:
        for name in names:
            file.writestr(name, "{}")
    assert find_kind(tmp_path / "weights.bin") == kind
