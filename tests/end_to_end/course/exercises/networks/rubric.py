"""One small network, trained for a moment."""

from grader.core.i18n import Bilingual
from grader.protocol.plan import Limits
from grader.protocol.task import Task
from grader.rubric import Criterion, Rubric
from grader.rubric.checks import Accuracy, Architecture, HeadAndLoss, Probabilities, Training, Trains
from grader.rubric.data import digits

TRAINING = Training(encode="one_hot", limit_seconds=20.0)


def named(text: str) -> Bilingual:
    """Return the same words in both languages."""
    return Bilingual(en=text, de=text)


RUBRIC = Rubric(
    title=named("A small network"),
    task=Task(kind="classification", classes=10, labels="one_hot"),
    data=digits,
    criteria=(
        Criterion(
            id="architecture",
            points=20,
            title=named("architecture"),
            lesson=named("."),
            check=Architecture(TRAINING, inputs=64, hidden=1, outputs=10),
        ),
        Criterion(
            id="head_and_loss",
            points=20,
            title=named("head and loss"),
            lesson=named("."),
            check=HeadAndLoss(TRAINING),
        ),
        Criterion(id="training", points=20, title=named("training"), lesson=named("."), check=Trains(TRAINING)),
        Criterion(
            id="accuracy",
            points=20,
            title=named("accuracy"),
            lesson=named("."),
            check=Accuracy(TRAINING, full=0.8, half=0.5, bonus=0.999, noise=0.0),
        ),
        Criterion(
            id="probabilities",
            points=20,
            title=named("probabilities"),
            lesson=named("."),
            check=Probabilities(TRAINING),
        ),
    ),
    seeds=(0,),
    limits=Limits(import_seconds=20.0, wall_seconds=60.0, cpu_seconds=60, memory_mib=1500, scratch_mib=16),
)
