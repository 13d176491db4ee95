"""What stored evidence depends on besides the submission."""

from pathlib import Path

import pytest

from grader.core.course import Course
from grader.core.datasets import DATASETS, VARIABLE, stand_in_file
from grader.grading.evidence_key import EvidenceKey
from grader.protocol.submission import Submission, Unit


def _submission(text: str) -> Submission:
    return Submission("submission.py", "0", "script", (Unit(text, text),))


def test_a_data_set_counts_for_those_alone_that_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    key = EvidenceKey(Course(tmp_path), "wine", "en", "walls")
    loading, other = _submission("keras.datasets.mnist.load_data()"), _submission("x = 1")
    before = key.key(loading), key.key(other)
    file = stand_in_file(tmp_path, DATASETS[0])
    file.parent.mkdir()
    file.write_bytes(b"pictures")
    assert key.key(loading) != before[0]
    assert key.key(other) == before[1]
