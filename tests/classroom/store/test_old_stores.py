"""Classes that earlier releases graded: opened, judged again from their evidence, with the same marks."""

import shutil
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from grader.classroom.folder import open_folder, open_store
from grader.classroom.store import HandInRow
from grader.commands.app import app
from grader.protocol.verdict import Status, Verdict
from tests.helpers.store_tables import add_verdict

OLD = Path(__file__).parent / "data" / "class_of_0_1"
SERIES = "linear_regression-405d08f197d0"


@pytest.fixture
def old_class(tmp_path: Path) -> Path:
    """A copy of a class folder that release 0.1 wrote."""
    return Path(shutil.copytree(OLD, tmp_path / "class"))


def rows(folder: Path) -> dict[str, HandInRow]:
    with open_store(open_folder(folder)) as store:
        return {row.entry.student: row for row in store.newest_hand_ins(SERIES)}


def outcomes(verdict: Verdict | None) -> list[tuple[str, Status, float]]:
    assert verdict is not None
    return [(criterion.id, criterion.status, criterion.points) for criterion in verdict.criteria]


def test_an_old_store_opens_with_its_marks(old_class: Path) -> None:
    found = rows(old_class)
    assert {student: row.entry.mark for student, row in found.items()} == {"anna": 100, "ben": 0}
    assert outcomes(found["ben"].entry.verdict)[:2] == [
        ("architecture", Status.FAILED, 0),
        ("loss", Status.SKIPPED, 0),
    ]
    assert found["anna"].entry.verdict is not None
    assert found["anna"].entry.verdict.versions.rubric == "5fc4137dae1f7c3f"


def test_the_submissions_and_evidence_of_an_old_store_are_read(old_class: Path) -> None:
    with open_store(open_folder(old_class)) as store:
        for row in store.newest_hand_ins(SERIES):
            assert row.key is not None
            evidence = store.find_evidence(row.key)
            assert evidence is not None
            assert evidence.isolation.mode == "walls"
            assert store.read_submission(row.number).sha256 == row.sha256


@pytest.mark.parametrize("judged_before", [True, False])
def test_an_old_class_is_judged_again_from_its_evidence_with_the_same_marks(
    old_class: Path, judged_before: bool
) -> None:
    before = rows(old_class)
    if not judged_before:  # as if the rubric had changed: each verdict is really made anew
        with open_store(open_folder(old_class)) as store:
            for row in before.values():
                assert row.entry.verdict is not None
                worse = msgspec.structs.replace(row.entry.verdict, points=-1.0)
                add_verdict(store, row.number, row.key, worse, "test")
    course = old_class / "course"
    result = CliRunner().invoke(app, ["rescore", str(old_class), "--course", str(course), "--lang", "en"])
    assert result.exit_code == 0, result.output
    assert f"1 judged again, {0 if judged_before else 1} changed." in result.output
    # That release did not try functions on networks of the grader's, which ben's broken one needs by now.
    assert "1 have to be run again: functions without a usable network" in result.output
    assert "\n  ben\n" in result.output
    after = rows(old_class)
    assert after["anna"].entry.mark == before["anna"].entry.mark
    assert outcomes(after["anna"].entry.verdict) == outcomes(before["anna"].entry.verdict)
    assert {student: row.key for student, row in after.items()} == {s: row.key for s, row in before.items()}
    assert [path.name.partition("-")[0] for path in (old_class / "reports").glob("*.html")] == ["anna"]
