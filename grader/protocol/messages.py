"""What the command line's process and the examiner say to each other. Imports neither NumPy nor TensorFlow."""

import msgspec

from grader.core.i18n import Message
from grader.protocol.evidence import Stopped
from grader.protocol.parcels import Record
from grader.protocol.submission import Submission
from grader.protocol.verdict import Exhibits, Isolation, Resources, Verdict, Versions


class Question(Record, frozen=True):
    """What every question names. Without seeds, the first of the rubric's is meant."""

    course: str
    exercise: str
    seeds: tuple[int, ...] = ()


class Evidence(msgspec.Struct, frozen=True):
    """What came of the runs so far, still packed."""

    imported: bytes
    import_stop: Stopped | None
    import_unit: int | None
    bodies: dict[str, bytes]
    stops: dict[str, Stopped]
    replays: dict[str, bytes]  # empty where a replay came to no result


class AskPlan(msgspec.Struct, frozen=True, tag="AskPlan"):
    """Make the plan of an exercise for some seeds; `done`: steps that have evidence already."""

    question: Question
    done: tuple[str, ...] = ()


class AskVerdict(msgspec.Struct, frozen=True, tag="AskVerdict"):
    """Judge; or, where frozen graphs of the evidence have not been replayed, make the plan that does so."""

    question: Question
    held: Evidence
    submission: Submission
    isolation: Isolation
    resources: Resources
    versions: Versions
    language: str


class PlanMade(msgspec.Struct, frozen=True, tag="PlanMade"):
    """A packed plan; empty when there is nothing to do."""

    parcel: bytes
    seeds: tuple[int, ...] = ()  # those that the plan is for


class Judged(msgspec.Struct, frozen=True, tag="Judged"):
    """A verdict with its exhibits. `more_seeds`: those that have to be trained before it is final."""

    verdict: Verdict
    exhibits: Exhibits
    more_seeds: tuple[int, ...] = ()


class Unusable(msgspec.Struct, frozen=True, tag="Unusable"):
    """Nothing can be graded by this rubric: its author has to mend it."""

    text: Message


Ask = AskPlan | AskVerdict
Reply = PlanMade | Judged
Answer = Reply | Unusable
