"""Runs forgeries behind the walls, many in one process, and judges each of them by itself, as often as needed.

The evidence is that of a real run. It is judged in the process of the test, where a check can be taken down.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from grader.core.seal import NO_SEAL, UNSEALED, Seal
from grader.evidence.case import Case
from grader.evidence.certification import certify
from grader.evidence.judgement import Judgement
from grader.examiner.build_case import DecodedEvidence, build_case
from grader.examiner.judge import judge_criteria
from grader.examiner.planning import make_plan, make_replays
from grader.protocol.messages import Evidence, Question
from grader.protocol.submission import Submission, Unit
from grader.protocol.task import Task
from grader.rubric import Bilingual, Criterion, Rubric
from grader.rubric.data import wines
from grader.rubric.data.dataset import Data
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.run import execute_plan
from tests.attacks.forging.forgery import Forgery, join_sources

SECRET = bytes(range(32))


@dataclass(frozen=True)
class Setting:
    """What forgeries are about: the data of their exercise, and its task."""

    data: Callable[..., Data]
    task: Task


WINES = Setting(wines, Task(kind="classification", classes=3, labels="integers"))


def make_criterion(forgery: Forgery) -> Criterion:
    """Return the criterion of a forgery; its id is the forgery's name."""
    text = Bilingual(en=forgery.name, de=forgery.name)
    return Criterion(forgery.name, 1, text, text, forgery.check(forgery.training))


def make_rubric(forgeries: Sequence[Forgery], seal: Seal, setting: Setting = WINES) -> Rubric:
    """Return a rubric with a criterion for each forgery."""
    rubric = Rubric(
        title=Bilingual(en="Forgeries", de="Fälschungen"),
        task=setting.task,
        data=setting.data,
        criteria=tuple(map(make_criterion, forgeries)),
        seeds=(0,),
        total=len(forgeries),
    )
    return rubric.with_seal(seal)


def make_submission(source: str) -> Submission:
    """Return a submission of one file."""
    return Submission("submission.py", "0" * 64, "script", (Unit(source, source),))


@dataclass(frozen=True)
class ForgedRun:
    """The evidence that a run of some forgeries left, and the data that it was made with."""

    forgeries: Sequence[Forgery]
    secret: bytes
    evidence: DecodedEvidence
    data: Data
    setting: Setting = WINES

    @property
    def question(self) -> Question:
        """Return what is asked about the forgeries."""
        return Question(course="", exercise="forgeries", seeds=(0,), secret=self.secret)

    def build_case(self, forgery: Forgery) -> Case:
        """Return the case of one forgery: its networks alone are certified."""
        rubric = make_rubric([forgery], Seal(self.secret), self.setting)
        case = build_case(self.question, rubric, self.data, self.evidence)
        own = set(rubric.steps((0,)))
        return replace(case, stops={step: stop for step, stop in case.stops.items() if step in own})

    def judge(self, forgery: Forgery) -> Judgement:
        """Judge one forgery."""
        criterion = make_rubric([forgery], Seal(self.secret), self.setting).criteria[0]
        return judge_criteria([criterion], self.build_case(forgery))[forgery.name]

    def find_disagreements(self, forgery: Forgery) -> set[str]:
        """Return the ids of the comparisons of a forgery's certification that disagree."""
        return {check.id for check in certify(self.build_case(forgery)) if not check.agrees}

    def on_public_data(self, environment: SandboxEnvironment) -> "ForgedRun":
        """Return the same run as if there were no secret: what was left is replayed on the data as published."""
        rubric = make_rubric(self.forgeries, NO_SEAL, self.setting)
        if rubric.steps((0,)).keys() - self.evidence.steps.keys():  # it asks for other steps
            return run_forgeries(environment, self.forgeries, UNSEALED, self.setting)
        evidence = DecodedEvidence()
        evidence.imported, evidence.steps, evidence.stops = (
            self.evidence.imported,
            self.evidence.steps,
            self.evidence.stops,
        )
        run = ForgedRun(self.forgeries, UNSEALED, evidence, rubric.build_data(NO_SEAL), self.setting)
        run.replay(environment)
        return run

    def replay(self, environment: SandboxEnvironment) -> None:
        """Replay the graphs that were left."""
        rubric = make_rubric(self.forgeries, Seal(self.secret), self.setting)
        while parcel := make_replays(
            build_case(self.question, rubric, self.data, self.evidence), rubric, frozenset(self.evidence.replayed)
        ):
            done = execute_plan(environment, parcel, None)
            self.evidence.add(Evidence(replays=dict.fromkeys(done.stops, b"") | done.bodies))


def run_forgeries(
    environment: SandboxEnvironment,
    forgeries: Sequence[Forgery],
    secret: bytes = SECRET,
    setting: Setting = WINES,
) -> ForgedRun:
    """Run forgeries in one process behind the walls, on data that a secret changed, and replay their graphs."""
    seal = Seal(secret)
    rubric = make_rubric(forgeries, seal, setting)
    data = rubric.build_data(seal)
    run = ForgedRun(forgeries, secret, DecodedEvidence(), data, setting)
    plan = make_plan(run.question, rubric, data, frozenset())
    left = execute_plan(environment, plan.parcel, make_submission(join_sources(forgeries)))
    run.evidence.add(
        Evidence(imported=left.imported, import_stop=left.import_stop, bodies=left.bodies, stops=left.stops)
    )
    assert left.import_stop is None
    assert not run.evidence.imported.failures, run.evidence.imported.failures
    run.replay(environment)
    return run
