"""What the logistic regression is judged by.

scikit-learn's `LogisticRegression` without penalty gets 0.935 of the 170 held-out tumours right, and with one
feature it says 0.5 at 0.847. On seeds 0 to 9, lowest to highest (accuracy; border):

    reference (Adam 0.05, 40 epochs)               0.947 to 0.953; 0.83 to 0.86
    functional, SGD 0.1 with momentum, 50 epochs   0.947 to 0.953; 0.81 to 0.88
    logits, Adam 0.02, 60 epochs                   0.947 to 0.959; 0.82 to 0.85
    RMSprop 0.01, 60 epochs, batches of 16         0.941 to 0.959; 0.81 to 0.85
    two epochs, Adam 0.001                         0.182 to 0.688; -0.03 to 0.20, once 1.87
    a Normalization layer inside                   0.947 to 0.953; 0.83 to 0.86
    no bias                                        0.947 to 0.959; 0.00

So the accuracy asked for is 0.915. Stopped early, a network may be better than scikit-learn's: without penalty,
that one learns 30 weights from 309 rows to the last. With 20 secrets, one border of a right network was 0.11 away
from scikit-learn's (trained on 80 % of the rows): 0.15 takes nothing from the right ones. Of the wrong ones, tanh
and labels of -1 may then keep these points, and lose those of head and loss.
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import FindsBorder, NearScikitLearn, OneNeuron, PredictsLabels, Training, Trains, YesOrNo
from grader.rubric.data import tumours

THIRTY = Training(arguments=(30,), validation=False, name="thirty")
ONE = Training(arguments=(1,), validation=False, rows="one_", name="one")

RUBRIC = Rubric(
    title=Bilingual(en="Logistic regression", de="Logistische Regression"),
    task=Task(kind="classification", classes=2, labels="integers"),
    data=tumours,
    criteria=(
        Criterion(
            id="architecture",
            points=15,
            title=Bilingual(en="Build the neuron", de="Das Neuron bauen"),
            lesson=Bilingual(
                en="For yes or no, one number is enough: the probability of a yes.",
                de="Für Ja oder Nein genügt eine Zahl: die Wahrscheinlichkeit für Ja.",
            ),
            check=OneNeuron((THIRTY, ONE)),
        ),
        Criterion(
            id="head_and_loss",
            points=20,
            title=Bilingual(en="Output activation and loss", de="Ausgabe-Aktivierung und Loss"),
            lesson=Bilingual(
                en="Sigmoid makes a probability of any number, and binary cross-entropy judges probabilities.",
                de="Sigmoid macht aus jeder Zahl eine Wahrscheinlichkeit, und die binäre Kreuzentropie bewertet "
                "Wahrscheinlichkeiten.",
            ),
            check=YesOrNo(THIRTY),
            depends_on=("architecture",),
        ),
        Criterion(
            id="training",
            points=10,
            title=Bilingual(en="Train the neuron", de="Das Neuron trainieren"),
            lesson=Bilingual(
                en="Training changes the model that it is given, and its history shows how.",
                de="Das Training verändert das Modell, das es bekommt, und seine History zeigt, wie.",
            ),
            check=Trains(THIRTY),
            depends_on=("architecture",),
        ),
        Criterion(
            id="accuracy",
            points=20,
            title=Bilingual(en="As good as scikit-learn", de="So gut wie scikit-learn"),
            lesson=Bilingual(
                en="A neuron with a sigmoid is logistic regression: trained to the end, it finds the same border.",
                de="Ein Neuron mit Sigmoid ist logistische Regression: zu Ende trainiert, findet es dieselbe "
                "Grenze.",
            ),
            check=NearScikitLearn(THIRTY, ONE, within=0.02, border=0.15),
            depends_on=("architecture",),
        ),
        Criterion(
            id="predict_label",
            points=20,
            title=Bilingual(en="Decide by a threshold", de="Mit einer Schwelle entscheiden"),
            lesson=Bilingual(
                en="The network says how likely a yes is; which probability is enough is your decision.",
                de="Das Netz sagt, wie wahrscheinlich ein Ja ist; welche Wahrscheinlichkeit genügt, entscheidest "
                "du.",
            ),
            check=PredictsLabels((ONE, THIRTY), "predict_label"),
            depends_on=("architecture",),
        ),
        Criterion(
            id="decision_boundary",
            points=15,
            title=Bilingual(en="Find the border", de="Die Grenze finden"),
            lesson=Bilingual(
                en="The network is undecided where its weighted sum is 0, and that is a formula of its weights.",
                de="Unentschieden ist das Netz, wo seine gewichtete Summe 0 ist, und das ist eine Formel aus "
                "seinen Gewichten.",
            ),
            check=FindsBorder(ONE, "decision_boundary"),
            depends_on=("architecture",),
        ),
    ),
)
