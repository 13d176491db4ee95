"""What the grading process and the examiner send each other. Imports neither NumPy nor TensorFlow.

A session judges one submission: it is opened with the submission once, evidence is added as it arrives, and each
`Decide` is answered by what is to be done next: replay graphs, train more seeds, or nothing more: the verdict. No
evidence crosses twice. One examiner serves several sessions, so that several submissions can run at once.
"""

import msgspec

from grader.core.i18n import Message
from grader.core.seal import UNSEALED
from grader.protocol.evidence import Stopped
from grader.protocol.parcels import Record
from grader.protocol.submission import Submission
from grader.protocol.verdict import CriterionVerdict, Exhibits, Isolation, Resources, Verdict, Versions

# Of processor time, to decode new evidence or to decide, unless the rubric says otherwise; an honest submission
# takes one.
JUDGE_SECONDS = 60.0


class Question(Record, frozen=True):
    """Which exercise, of which course folder, and with which seeds. Without seeds, the rubric's first is meant.

    `stand_ins`: ids of criteria whose functions are tried on networks of the grader's as well. `secret`: what is
    hidden is drawn from it, see `grader.core.seal`. It is for examiners only and never crosses the walls. `only`:
    names of criteria and functions; without any, all criteria are meant. `second_trainings`: steps that build the
    networks whose training is done once more, on other data.
    """

    course: str
    exercise: str
    seeds: tuple[int, ...] = ()
    stand_ins: tuple[str, ...] = ()
    secret: bytes = UNSEALED
    only: tuple[str, ...] = ()
    second_trainings: tuple[str, ...] = ()


class Evidence(msgspec.Struct, frozen=True):
    """What runs left behind, packed as it came: of all runs of a submission, or the part that is new."""

    imported: bytes = b""
    """Packed `ImportEvidence`; empty where the submission was not executed to its end."""
    import_stop: Stopped | None = None
    """Why executing the submission ended its process."""
    import_unit: int | None = None
    """The cell that was executing then; None for a script."""
    bodies: dict[str, bytes] = {}
    """Packed `StepEvidence` by step."""
    stops: dict[str, Stopped] = {}
    """Why a step has no evidence, by step."""
    replays: dict[str, bytes] = {}
    """Packed `ReplayEvidence` by step; empty bytes, in earlier evidence, where one ended its process."""

    def with_new(self, new: "Evidence") -> "Evidence":
        """Return this evidence together with `new`. What was there first stays."""
        return Evidence(
            imported=self.imported or new.imported,
            import_stop=self.import_stop or new.import_stop,
            import_unit=self.import_unit or new.import_unit,
            bodies=new.bodies | self.bodies,
            stops=new.stops | self.stops,
            replays=new.replays | self.replays,
        )

    def count_bytes(self) -> int:
        """Return how many bytes it takes, packed as it is."""
        return len(self.imported) + sum(map(len, (*self.bodies.values(), *self.replays.values())))

    def parts(self) -> "tuple[Evidence, ...]":
        """Return the same evidence in parts of one packed body each, so that each fits into a frame."""
        bodies = (Evidence(bodies={step: body}) for step, body in self.bodies.items())
        replays = (Evidence(replays={step: body}) for step, body in self.replays.items())
        rest = msgspec.structs.replace(self, bodies={}, replays={})
        return (rest, *bodies, *replays)


class MakePlan(msgspec.Struct, frozen=True, tag="MakePlan"):
    """Make the plan of an exercise, outside of any session: a part of the key that evidence is stored under."""

    question: Question


class OpenSession(msgspec.Struct, frozen=True, tag="OpenSession"):
    """Begin to judge a submission. Answered by the `RunPlan` that it needs first."""

    session: int
    question: Question
    submission: Submission
    language: str
    done: tuple[str, ...] = ()
    """Steps of earlier runs, whose evidence follows by `AddEvidence`."""


class AddEvidence(msgspec.Struct, frozen=True, tag="AddEvidence"):
    """New evidence of a session. Not answered."""

    session: int
    evidence: Evidence


class Decide(msgspec.Struct, frozen=True, tag="Decide"):
    """Say what is to be done next in a session, now that its plan has been executed."""

    session: int
    isolation: Isolation
    resources: Resources
    versions: Versions


class ListDecided(msgspec.Struct, frozen=True, tag="ListDecided"):
    """Say which criteria of a session can be judged by the evidence so far, and were not named before."""

    session: int


class Refuse(msgspec.Struct, frozen=True, tag="Refuse"):
    """Make the verdict on a submission that could not be judged, outside of any session. Answered by `Judged`."""

    question: Question
    submission: Submission
    language: str
    reason: Message
    isolation: Isolation
    versions: Versions


class CloseSession(msgspec.Struct, frozen=True, tag="CloseSession"):
    """Forget a session. Not answered; a session that is not open is no error."""

    session: int


class RunPlan(msgspec.Struct, frozen=True, tag="RunPlan"):
    """Execute this plan with the submission: the first, or one that the evidence so far has asked for.

    Such a one trains more seeds or on other data because of a doubt, or tries functions on networks of the
    grader's.
    """

    parcel: bytes
    """A packed `Plan`; empty when every step has evidence already."""
    seeds: tuple[int, ...]
    """All seeds that the evidence is of when this plan has been executed."""
    judge_seconds: float = JUDGE_SECONDS
    """Processor time that each step of judging may take."""


class ReplayGraphs(msgspec.Struct, frozen=True, tag="ReplayGraphs"):
    """Execute this plan without the submission: it replays frozen graphs that the evidence holds."""

    parcel: bytes


class Judged(msgspec.Struct, frozen=True, tag="Judged"):
    """The verdict, with what a report shows besides. The session is over."""

    verdict: Verdict
    exhibits: Exhibits
    returned: tuple[str, ...] = ()
    """Ids of the steps that returned something."""


class Decided(msgspec.Struct, frozen=True, tag="Decided"):
    """Criteria that can be judged already: as they will be in the verdict, but without hints."""

    criteria: tuple[CriterionVerdict, ...]


class Unusable(msgspec.Struct, frozen=True, tag="Unusable"):
    """Nothing can be graded by this rubric: its author has to mend it."""

    text: Message


class UnknownNames(msgspec.Struct, frozen=True, tag="UnknownNames"):
    """A question is about criteria that the exercise does not have."""

    text: Message


Request = MakePlan | OpenSession | AddEvidence | Decide | ListDecided | Refuse | CloseSession
NextStep = RunPlan | ReplayGraphs | Judged
Reply = NextStep | Decided | Unusable | UnknownNames
