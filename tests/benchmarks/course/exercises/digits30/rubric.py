"""What the digits of the benchmark are judged by: four checks, the same that nbgrader and pytest are given.

The points are such that a sum of them says which criteria were passed. One training decides, as with the others.
"""

from dataclasses import dataclass

from grader.core.i18n import Bilingual
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, passed
from grader.protocol.task import Task
from grader.rubric import Criterion, Rubric
from grader.rubric.checks import Accuracy, Architecture, Training
from grader.rubric.checks.networks.output_and_loss import read_loss
from grader.rubric.checks.networks.single import NetworkCheck, require_certified
from grader.rubric.data import digits


@dataclass(frozen=True)
class Softmax(NetworkCheck):
    """The output activation is softmax. Apart from the loss here, which `HeadAndLoss` judges together with it."""

    topics = frozenset({"head"})

    def judge(self, case: Case) -> Judgement:
        """Judge what the frozen graph ends with."""
        head = require_certified(case, self.training, after=False).output_activation
        if head == "softmax":
            return passed(Bilingual(en="The outputs are a softmax.", de="Die Ausgaben sind ein Softmax."))
        return failed(
            Bilingual(
                en=f"Expected softmax as activation of the output layer. Received: {head}.",
                de=f"Erwartet: Softmax als Aktivierung der Ausgabeschicht. Erhalten: {head}.",
            ),
            expected="softmax",
            received=head,
        )


@dataclass(frozen=True)
class Loss(NetworkCheck):
    """The loss is the cross-entropy for integer labels."""

    topics = frozenset({"head"})

    def judge(self, case: Case) -> Judgement:
        """Judge what the network was trained with."""
        wanted = "sparse_categorical_crossentropy"
        loss, _ = read_loss(case, self.training, require_certified(case, self.training, after=False))
        if loss == wanted:
            return passed(Bilingual(en="The loss fits the labels.", de="Der Loss passt zu den Labels."))
        return failed(
            Bilingual(
                en=f"Expected the loss {wanted}. Received: {loss}.",
                de=f"Erwartet: der Loss {wanted}. Erhalten: {loss}.",
            ),
            expected=wanted,
            received=loss,
        )


TRAINING = Training()

RUBRIC = Rubric(
    title=Bilingual(en="Digits in 30 epochs", de="Ziffern in 30 Epochen"),
    task=Task(kind="classification", classes=10, labels="integers"),
    data=digits,
    seeds=(0,),
    criteria=(
        Criterion(
            id="units",
            points=10,
            title=Bilingual(en="Ten outputs", de="Zehn Ausgaben"),
            lesson=Bilingual(en="Each class has an output of its own.", de="Jede Klasse hat ihre eigene Ausgabe."),
            check=Architecture(TRAINING, inputs=64, hidden=0, outputs=10),
        ),
        Criterion(
            id="softmax",
            points=15,
            title=Bilingual(en="Softmax", de="Softmax"),
            lesson=Bilingual(
                en="Softmax makes a distribution over the classes of ten numbers.",
                de="Softmax macht aus zehn Zahlen eine Verteilung über die Klassen.",
            ),
            check=Softmax(TRAINING),
        ),
        Criterion(
            id="loss",
            points=20,
            title=Bilingual(en="Loss", de="Loss"),
            lesson=Bilingual(en="The loss fits the labels.", de="Der Loss passt zu den Labels."),
            check=Loss(TRAINING),
        ),
        Criterion(
            id="accuracy",
            points=55,
            title=Bilingual(en="Accuracy on held-out digits", de="Accuracy auf zurückgehaltenen Ziffern"),
            lesson=Bilingual(
                en="What counts is the score on rows that training never saw.",
                de="Es zählt der Wert auf Zeilen, die das Training nie gesehen hat.",
            ),
            check=Accuracy(TRAINING, full=0.93, half=0.93, noise=0.0),
        ),
    ),
)
