"""Folders that functions write to: what lies in them, and that it is found where it was moved."""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from grader.protocol.evidence import Entries, Raised, Returned, TextValue
from grader.protocol.plan import MoveFiles
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.folders import MAX_FILES, find_kind, make_folder, move_files

MOVE = MoveFiles(id="files", source="a", target="b", after="save")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def list_moved() -> dict[str, str]:
    outcome = move_files(MOVE, Store())
    assert isinstance(outcome, Returned)
    assert isinstance(outcome.value, Entries)
    return {path: kind.text for path, kind in outcome.value.entries if isinstance(kind, TextValue)}


# Keras copies its variables in a way that NumPy 2 warns of.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_files_are_named_by_what_they_are_and_lie_in_the_other_folder() -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    folder = make_folder("a")
    (folder / "model.json").write_text(model.to_json())
    (folder / "twice.json").write_text(json.dumps(model.to_json()))
    (folder / "numbers.json").write_text("[1, 2]")
    (folder / "below").mkdir()
    model.save_weights(folder / "below" / "w.weights.h5")
    model.save(folder / "all.keras")
    np.savez(folder / "w.npz", np.zeros(2))
    (folder / "text").write_bytes(b"\xff\x00")
    (folder / "link").symlink_to("/etc/passwd")
    assert list_moved() == {
        "model.json": "architecture",
        "twice.json": "architecture",
        "numbers.json": "json",
        "below/w.weights.h5": "hdf5",
        "all.keras": "keras",
        "w.npz": "other",
        "text": "other",
    }
    assert (make_folder("b") / "below" / "w.weights.h5").is_file()
    assert not list(make_folder("a").iterdir())


def test_what_an_earlier_process_left_in_the_target_is_replaced() -> None:
    (make_folder("b") / "old").write_text("{}")
    (make_folder("a") / "new").write_text("{}")
    assert list_moved() == {"new": "json"}
    assert [path.name for path in make_folder("b").iterdir()] == ["new"]


def test_a_folder_that_cannot_be_moved_is_an_error_of_the_step() -> None:
    make_folder("a")
    folder = make_folder("b")
    folder.rmdir()
    folder.write_text("a file in its place")
    outcome = move_files(MOVE, Store())
    assert isinstance(outcome, Raised)
    assert outcome.exception.type == "NotADirectoryError"


def test_a_folder_that_cannot_be_made_is_named_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "grader-folders").write_text("a file in its place")
    assert make_folder("a") == tmp_path / "grader-folders" / "a"
    assert isinstance(move_files(MOVE, Store()), Raised)


def test_only_so_many_files_are_named() -> None:
    for number in range(MAX_FILES + 5):
        (make_folder("a") / f"{number:03}").write_text("")
    assert len(list_moved()) == MAX_FILES


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


def test_an_archive_with_another_name_is_no_model_of_keras(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("config.json", "{}")
    assert find_kind(tmp_path / "x.zip") == "other"
