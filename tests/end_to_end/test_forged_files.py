"""A process of a submission sends forged files to the next one: no points, and told as what the submission did."""

from pathlib import Path

import pytest

from grader.grading.grader import Grader
from grader.protocol.verdict import CriterionVerdict, Status
from grader.submission.reader import read
from tests.end_to_end.conftest import criterion
from tests.end_to_end.test_saved_networks import BEGIN

# Changes what the process sends of the files that `save` wrote. `forge` gets the evidence and its arrays.
FORGE = """
import sys

import msgspec
from grader.protocol.evidence import ArrayValue, Entries, ImportEvidence, Items, Returned, TextValue

inside = sys.modules["grader.sandbox.inside.child"]
pack_evidence = inside.pack_evidence


def pack_forged(evidence, store):
    return (forge if getattr(evidence, "id", "").startswith("save@files:") else pack_evidence)(evidence, store)


def lose(file):
    nowhere = ArrayValue(ref="nowhere", dtype="int64", shape=(), container="scalar")
    return Items(container="tuple", items=(file.items[0], nowhere, nowhere))


def pack_files(evidence, store, rename=lambda path: path, change=lambda file: file, times=1):
    entries = [(rename(path), change(file)) for path, file in evidence.outcome.value.entries] * times
    outcome = Returned(value=Entries(entries=tuple(entries)))
    return pack_evidence(msgspec.structs.replace(evidence, outcome=outcome), store)


inside.pack_evidence = pack_forged
"""
NOT_WRITTEN_BY_US = "save() left results that the grader did not write. They do not count"
NOT_FOUND = "-moved/model.json is not here"
CASES = {  # how it is forged, the status, and what is said
    "other bytes": ("return b'no evidence'", Status.NOT_GRADED, NOT_WRITTEN_BY_US),
    "another record": ("return inside.pack(ImportEvidence(), {})", Status.NOT_GRADED, NOT_WRITTEN_BY_US),
    "of another step": (
        "return pack_evidence(msgspec.structs.replace(evidence, id='x'), store)",
        Status.NOT_GRADED,
        NOT_WRITTEN_BY_US,
    ),
    "damaged": ("return pack_evidence(evidence, store)[:-1] + b'x'", Status.NOT_GRADED, NOT_WRITTEN_BY_US),
    "too large": ("return bytes(129 << 20)", Status.NOT_GRADED, NOT_WRITTEN_BY_US),
    "an array that is not there": (
        "return pack_files(evidence, store, change=lambda file: lose(file))",
        Status.NOT_GRADED,
        NOT_WRITTEN_BY_US,
    ),
    "files of text": (
        "return pack_files(evidence, store, change=lambda file: TextValue(text='x'))",
        Status.FAILED,
        "wrote nothing into the folder",
    ),
    "names that lead out": (
        "return pack_files(evidence, store, rename=lambda path: '../' + path)",
        Status.FAILED,
        NOT_FOUND,
    ),
    "names of the system": (
        "return pack_files(evidence, store, rename=lambda path: '/' + path)",
        Status.FAILED,
        NOT_FOUND,
    ),
    "names that end early": (
        "return pack_files(evidence, store, rename=lambda path: '\\0' + path)",
        Status.FAILED,
        NOT_FOUND,
    ),
    "many names": (
        "return pack_files(evidence, store, rename=lambda path: 'x', times=3000)",
        Status.FAILED,
        NOT_FOUND,
    ),
}


def judge(grader: Grader, folder: Path, source: str) -> CriterionVerdict:
    path = folder / "submission.py"
    path.write_text(source)
    return criterion(grader.grade("mnist", read(path)).verdict, "save_and_load")


@pytest.mark.parametrize("name", CASES)
def test_forged_files_earn_nothing_and_are_told_as_what_the_submission_did(
    shipped_grader: Grader, tmp_path: Path, name: str
) -> None:
    body, status, words = CASES[name]
    judged = judge(shipped_grader, tmp_path, f"{BEGIN}\n{FORGE}\n\ndef forge(evidence, store):\n    {body}\n")
    assert judged.points == 0
    assert words in judged.message
    assert judged.status is status
    assert "grader's" not in judged.message.replace("network 6-5-4 of the grader's", "")


def test_what_forges_nothing_keeps_its_points(shipped_grader: Grader, tmp_path: Path) -> None:
    """Else the tests above would say nothing."""
    source = f"{BEGIN}\n{FORGE}\n\ndef forge(evidence, store):\n    return pack_files(evidence, store)\n"
    assert judge(shipped_grader, tmp_path, source).points == 14


def test_a_link_in_the_place_of_the_other_folder_leads_nowhere(shipped_grader: Grader, tmp_path: Path) -> None:
    """The files come through the link: into a folder of the same process, which is all that it can name."""
    link = (
        "import tempfile\n"
        "folders = os.path.join(tempfile.gettempdir(), 'grader-folders')\n"
        "os.makedirs(folders, exist_ok=True)\n"
        "for name in ('own', '6-5-4', '9-7-3'):\n"
        "    os.symlink(TARGET, os.path.join(folders, name + '-moved'))\n"
    )
    judged = judge(shipped_grader, tmp_path, f"{BEGIN}\n{link.replace('TARGET', repr('/etc'))}")
    assert judged.points == 0
    assert judged.status is Status.SKIPPED
    assert "load() gave no result" in judged.message
