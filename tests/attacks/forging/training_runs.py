"""Run forgeries of trainings in one session of an examiner, which asks for second trainings where in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.i18n import Bilingual
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement
from grader.examiner.build_case import build_case
from grader.examiner.judge import judge_criteria
from grader.examiner.session import Session
from grader.protocol.messages import Evidence, Judged, Question, ReplayGraphs, RunPlan
from grader.protocol.submission import Submission, Unit
from grader.protocol.task import Task
from grader.rubric.data import wines
from grader.rubric.data.dataset import Data
from grader.rubric.loader import LoadedRubric
from grader.rubric.model import Criterion, Rubric
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.run import RunResult, execute_plan
from tests.attacks.forging.training_forgeries import COMMON, TrainingForgery
from tests.attacks.trusted.recordings import ISOLATION, RESOURCES, VERSIONS

SECRET = bytes(range(32))
TASK = Task(kind="classification", classes=3, labels="integers")
NAMES = ("build_model", "train", "activations", "losses")


def load(forgeries: Sequence[TrainingForgery], question: Question) -> LoadedRubric:
    """Return a rubric with the checks of all forgeries, and data from the secret of a question."""
    criteria = [
        Criterion(f"{forgery.name}__{kind}", 1, Bilingual(en=kind, de=kind), Bilingual(en=kind, de=kind), check)
        for forgery in forgeries
        for kind, check in forgery.checks().items()
    ]
    seal = Seal(question.secret)
    rubric = Rubric(
        title=Bilingual(en="Forgeries", de="Fälschungen"),
        task=TASK,
        data=wines,
        criteria=tuple(criteria),
        seeds=(0,),
        total=len(criteria),
    ).with_seal(seal)
    return LoadedRubric(rubric, rubric.build_data(seal), "", ())


def write_submission(forgeries: Sequence[TrainingForgery], data: Data) -> Submission:
    """Return one file with all forgeries, each in a namespace of its own and under names of its own."""
    from sklearn.linear_model import LogisticRegression

    x = data.inside["x_train"]
    line = LogisticRegression(max_iter=500).fit(x, data.inside["y_train"])
    values = {
        "kernel": np.round(line.coef_.T, 4).tolist(),
        "bias": np.round(line.intercept_, 4).tolist(),
        "first": float(x[0, 0]),
    }
    parts = []
    for forgery in forgeries:
        source = COMMON + forgery.source
        for key, value in values.items():
            source = source.replace(f"{{{key}}}", str(value))
        parts.append(f"space = {{'__name__': 'forgery'}}\nexec({source!r}, space)")
        parts += [f"{name.removesuffix('_model')}_{forgery.name} = space.get({name!r})" for name in NAMES]
    text = "\n".join(parts)
    return Submission("submission.py", "0" * 64, "script", (Unit(text, text),))


@dataclass
class ForgedSession:
    """What a session left that has come to its verdict."""

    session: Session
    loaded: LoadedRubric
    other: Data
    runs: int  # of the submission

    def case(self) -> Case:
        """Return the case of the verdict."""
        question, evidence = self.session._question, self.session._evidence
        return build_case(question, self.loaded.rubric, self.loaded.data, evidence, other_data=self.other)

    def judge(self, forgery: TrainingForgery, kind: str) -> Judgement:
        """Judge one check of one forgery anew: its own networks alone are certified."""
        own = [c for c in self.loaded.rubric.criteria if c.id == f"{forgery.name}__{kind}"]
        case = self.case()
        trainings = {t for c in own for t in c.check.trainings()}
        alone = Case(
            **{
                **{name: getattr(case, name) for name in ("inside", "outside", "imported", "steps", "replays")},
                "stops": {step: stop for step, stop in case.stops.items() if forgery.name in step},
                "seeds": case.seeds,
                "task": case.task,
                "seal": case.seal,
                "results_of_data": case.results_of_data,
                "trainings": tuple(t for t in case.trainings if t in trainings),
                "second_trainings": tuple(t for t in case.second_trainings if t.first in trainings),
            }
        )
        return judge_criteria(own, alone)[own[0].id]


def run_session(environment: SandboxEnvironment, forgeries: Sequence[TrainingForgery]) -> ForgedSession:
    """Run forgeries behind the walls until the examiner has its verdict."""
    question = Question(course="", exercise="forgeries", seeds=(0,), secret=SECRET)
    loaded = load(forgeries, question)
    others: list[Data] = []

    def load_other(other: Question) -> LoadedRubric:
        if not others:
            others.append(load(forgeries, other).data)
        return LoadedRubric(loaded.rubric, others[0], "", ())

    submission = write_submission(forgeries, loaded.data)
    session = Session(question, loaded, submission, "en", load_other)
    reply: RunPlan | ReplayGraphs | Judged = session.first_plan(frozenset())
    runs = 0
    while not isinstance(reply, Judged):
        result = execute_plan(environment, reply.parcel, submission if isinstance(reply, RunPlan) else None)
        runs += isinstance(reply, RunPlan)
        session.add(_read(result, is_replay=isinstance(reply, ReplayGraphs)))
        reply = session.decide(ISOLATION, RESOURCES, VERSIONS)
    return ForgedSession(session, loaded, others[0], runs)


def _read(result: RunResult, *, is_replay: bool) -> Evidence:
    if is_replay:
        return Evidence(replays=result.bodies)
    return Evidence(
        imported=result.imported, import_stop=result.import_stop, bodies=result.bodies, stops=result.stops
    )
