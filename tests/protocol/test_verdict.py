"""The verdict as JSON: strict, stable, and read back as it was."""

import json

import msgspec
import pytest

from grader.protocol.verdict import (
    CertificationItem,
    CriterionVerdict,
    Hint,
    Isolation,
    Location,
    Notice,
    Resources,
    Status,
    SubmissionInfo,
    Verdict,
    Versions,
    WallState,
    decode,
    encode,
)

VERDICT = Verdict(
    language="en",
    exercise="digits",
    title="Digits",
    submission=SubmissionInfo(name="a.py", sha256="0" * 64),
    status=Status.PARTIAL,
    points=5.5,
    max_points=10.0,
    certified=True,
    certification=(CertificationItem(id="copies", agrees=True, text="fine"),),
    notices=(Notice(id="prints-much", severity="tip", text="quiet", location=Location(file="a.py", line=1)),),
    isolation=Isolation(mode="walls", walls=(WallState(id="seccomp", stands=True),)),
    versions=Versions(python="3", tensorflow="2", keras="3", numpy="2", scikit_learn="1", grader="0", rubric="x"),
    seeds=(0, 1),
    resources=Resources(wall_seconds=1.5, cpu_seconds=1.0, peak_mib=100.0),
    criteria=(
        CriterionVerdict(
            id="scale",
            title="Scale",
            lesson="why",
            status=Status.PARTIAL,
            points=5.5,
            max_points=10.0,
            message="half",
            hints=(Hint(id="double-softmax", severity="error", text="x"),),
        ),
    ),
)


def test_a_verdict_is_read_back_as_it_was() -> None:
    assert decode(encode(VERDICT)) == VERDICT
    assert decode(encode(VERDICT).encode()) == VERDICT


def test_the_json_is_indented_in_the_order_of_the_schema_and_ends_with_a_newline() -> None:
    text = encode(VERDICT)
    assert text.endswith("}\n")
    assert list(json.loads(text)) == list(Verdict.__struct_fields__)
    assert json.loads(text)["status"] == "partial"
    assert encode(decode(text)) == text


def test_the_six_words() -> None:
    assert [s.value for s in Status] == ["passed", "partial", "failed", "skipped", "not_attempted", "not_graded"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "good"), ("points", "5"), ("schema", 2), ("more", 1), ("seeds", [0.5]), ("criteria", None)],
)
def test_anything_else_is_no_verdict(field: str, value: object) -> None:
    tree = json.loads(encode(VERDICT))
    tree[field] = value
    with pytest.raises(msgspec.ValidationError):
        decode(json.dumps(tree))


@pytest.mark.parametrize(
    "field", ["exercise", "status", "points", "certified", "criteria", "isolation", "versions"]
)
def test_nothing_may_be_missing(field: str) -> None:
    tree = json.loads(encode(VERDICT))
    del tree[field]
    with pytest.raises(msgspec.ValidationError):
        decode(json.dumps(tree))


def test_a_verdict_is_frozen() -> None:
    with pytest.raises(AttributeError):
        VERDICT.points = 10  # type: ignore[misc]
