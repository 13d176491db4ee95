"""What stored evidence depends on besides the submission."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from grader.core.course import Course
from grader.core.datasets import DATASETS, VARIABLE, stand_in_file
from grader.grading import evidence_key
from grader.grading.evidence_key import EvidenceKey
from grader.grading.versions import versions
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


def test_evidence_depends_on_what_runs_and_not_on_what_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, file, installed = (
        EvidenceKey(Course(tmp_path), "wine", "en", "walls", "plan"),
        _submission("x = 1"),
        versions(),
    )
    keys = {
        "first": key.key(file),
        "submission": key.key(_submission("x = 2")),
        "plan": replace(key, plan="other").key(file),
        "mode": replace(key, mode="plain").key(file),
    }
    for name in installed.__struct_fields__:
        other = msgspec.structs.replace(installed, **{name: "other"})
        monkeypatch.setattr(evidence_key, "versions", lambda other=other: other)
        if name in {"grader", "rubric"}:
            assert key.key(file) == keys["first"]
        else:
            keys[name] = key.key(file)
    monkeypatch.setattr(evidence_key, "versions", lambda: installed)
    assert replace(key, language="de").key(file) == keys["first"]
    monkeypatch.setattr(evidence_key, "code_hash", lambda: "other")
    keys["code"] = key.key(file)
    assert len(set(keys.values())) == len(keys) == 10
