"""Networks of millions of weights: they are graded as any other, and their weights are sent once."""

from grader.grading.grader import Grader
from grader.protocol.evidence import ReplayEvidence
from grader.protocol.parcels import unpack
from grader.protocol.submission import Submission, Unit
from tests.end_to_end.conftest import statuses
from tests.helpers.paths import ROOT

SOURCE = (ROOT / "reference" / "wine" / "submission.py").read_text("utf-8")
SMALL = 'keras.layers.Dense(16, activation="relu"),'
UNITS = 1200
LARGE = f'keras.layers.Dense({UNITS}, activation="relu"),' * 2
WEIGHTS_BYTES = 4 * UNITS * UNITS


def large() -> Submission:
    """Return a right solution of the wines with a large network, which learns with smaller steps."""
    text = SOURCE.replace(SMALL, LARGE).replace("learning_rate=0.01", "learning_rate=0.0005")
    assert text.count(str(UNITS)) == 2
    return Submission("submission.py", "0" * 64, "script", (Unit(text, text),))


def test_a_large_network_is_certified_and_its_weights_are_sent_once(shipped_grader: Grader) -> None:
    graded = shipped_grader.grade("wine", large())
    assert graded.verdict.certified is True
    assert set(statuses(graded.verdict).values()) == {"passed"}
    assert len(graded.evidence.bodies["trained:train@0"]) > WEIGHTS_BYTES
    replay = graded.evidence.replays["trained:train@0"]
    assert len(replay) < 1 << 20
    record, arrays = unpack(replay, ReplayEvidence)
    assert [placed.shape for placed in record.placed.values()] == [(UNITS, UNITS)]
    assert not set(record.placed) & set(arrays)
