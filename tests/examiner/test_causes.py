"""Each cause is told once: what failed or waits for the same reason points to the criterion that tells it."""

from types import SimpleNamespace
from typing import Any

from grader.core.i18n import Bilingual
from grader.evidence.judgement import Judgement, failed, passed
from grader.examiner.causes import find_shared_causes, point_to_causes
from grader.protocol.evidence import Frame
from grader.protocol.verdict import Status
from tests.helpers.cases import text

CRASH = failed(Bilingual(en="Your file stopped.", de="Abbruch."), at=Frame(line=64), expected="x")


def criteria(*ids: str, **depends_on: tuple[str, ...]) -> Any:
    return [
        SimpleNamespace(id=i, title=Bilingual(en=i.title(), de=i), depends_on=depends_on.get(i, ())) for i in ids
    ]


def test_the_first_criterion_tells_the_cause_and_the_others_point_to_it() -> None:
    rubric = criteria("load", "scale", "split")
    judgements = {"load": CRASH, "scale": CRASH, "split": CRASH}
    shared = find_shared_causes(rubric, judgements)
    assert shared == {"scale": "load", "split": "load"}
    pointing = point_to_causes(rubric, judgements, shared)
    assert pointing["load"] is CRASH
    assert text(pointing["scale"].message) == 'The same cause as for "Load", which says how to mend it.'
    assert (pointing["scale"].status, pointing["scale"].at, pointing["scale"].expected) == (
        Status.FAILED,
        Frame(line=64),
        None,
    )


def test_other_lines_other_values_and_other_sentences_are_other_causes() -> None:
    one = Bilingual(en="Wrong.", de="Falsch.")
    judgements = {
        "a": failed(one, received="1"),
        "b": failed(one, received="2"),
        "c": failed(one, received="1", at=Frame(line=3)),
        "d": failed(Bilingual(en="Other.", de="Anders."), received="1"),
        "e": passed(one),
        "f": passed(one),
    }
    assert find_shared_causes(criteria(*judgements), judgements) == {}


def test_what_is_skipped_shares_the_cause_of_what_it_waits_for() -> None:
    rubric = criteria("build", "train", "score", train=("build",), score=("train",))
    skipped = Judgement(Status.SKIPPED, Bilingual(en="Not judged.", de="Nicht."))
    judgements = {"build": CRASH, "train": skipped, "score": skipped}
    shared = find_shared_causes(rubric, judgements)
    assert shared == {"train": "build", "score": "build"}
    assert point_to_causes(rubric, judgements, shared)["train"] is skipped
