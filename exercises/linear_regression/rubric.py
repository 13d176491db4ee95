"""What linear regression with one neuron is judged by."""

from grader.checks import (
    Coefficients,
    LeastSquares,
    OneNeuron,
    Predictions,
    RegressionLoss,
    RSquared,
    Training,
    TrainsEach,
)
from grader.data import lines
from grader.rubric import Bilingual, Criterion, Rubric, Task

ONE = Training(arguments=(1,), rows="one_", name="one", validation=False)
TEN = Training(arguments=(10,), rows="ten_", name="ten", validation=False)
BOTH = (ONE, TEN)

RUBRIC = Rubric(
    title=Bilingual(en="Linear regression: one neuron", de="Lineare Regression: ein Neuron"),
    task=Task(kind="regression", labels="numbers"),
    data=lines,
    criteria=(
        Criterion(
            id="architecture",
            points=20,
            title=Bilingual(en="Build the neuron", de="Das Neuron bauen"),
            lesson=Bilingual(
                en="A Dense layer with one unit and no activation is a linear regression, for any number of "
                "features.",
                de="Eine Dense-Schicht mit einer Unit und ohne Aktivierung ist eine lineare Regression, egal wie "
                "viele Merkmale es sind.",
            ),
            check=OneNeuron(BOTH),
        ),
        Criterion(
            id="loss",
            points=15,
            title=Bilingual(en="A loss for numbers", de="Ein Loss für Zahlen"),
            lesson=Bilingual(
                en="For a number it counts how far off the prediction is, not whether it hits.",
                de="Bei einer Zahl zählt, wie weit die Vorhersage daneben liegt, nicht ob sie genau trifft.",
            ),
            check=RegressionLoss(BOTH),
            depends_on=("architecture",),
        ),
        Criterion(
            id="training",
            points=10,
            title=Bilingual(en="Train the neuron", de="Das Neuron trainieren"),
            lesson=Bilingual(
                en="The learning rate decides whether training creeps, arrives or explodes.",
                de="Die Lernrate entscheidet, ob das Training kriecht, ankommt oder explodiert.",
            ),
            check=TrainsEach(BOTH),
            depends_on=("architecture",),
        ),
        Criterion(
            id="r2",
            points=20,
            title=Bilingual(en="R² on held-out rows", de="R² auf zurückgehaltenen Zeilen"),
            lesson=Bilingual(
                en="A network that is a line can be as good as the best line, and no better.",
                de="Ein Netz, das eine Gerade ist, kann so gut sein wie die beste Gerade, aber nicht besser.",
            ),
            check=RSquared(BOTH, near_least_squares=0.02),
            depends_on=("architecture", "training"),
        ),
        Criterion(
            id="least_squares",
            points=15,
            title=Bilingual(en="The line of least squares", de="Die Gerade der kleinsten Quadrate"),
            lesson=Bilingual(
                en="Gradient descent arrives where the formula of least squares does, if it is given enough "
                "steps.",
                de="Der Gradientenabstieg kommt dort an, wo auch die Formel der kleinsten Quadrate landet, wenn "
                "er "
                "genug Schritte hat.",
            ),
            check=LeastSquares(BOTH, within=0.05),
            depends_on=("architecture", "training"),
        ),
        Criterion(
            id="coefficients",
            points=12,
            title=Bilingual(en="Read weights and bias", de="Gewichte und Bias auslesen"),
            lesson=Bilingual(
                en="What a network has learned are numbers that you can look at: here the slope and the "
                "intercept.",
                de="Was ein Netz gelernt hat, sind Zahlen, die du dir ansehen kannst: hier Steigung und "
                "Achsenabschnitt.",
            ),
            check=Coefficients(BOTH, "coefficients"),
            depends_on=("architecture", "training"),
        ),
        Criterion(
            id="predict",
            points=8,
            title=Bilingual(en="Predict", de="Vorhersagen"),
            lesson=Bilingual(
                en="A network gives a column; targets are a line of numbers. Bring both to one shape before you "
                "compare.",
                de="Ein Netz gibt eine Spalte aus, die Zielwerte sind eine Zeile von Zahlen. Bring beide in eine "
                "Form, bevor du sie vergleichst.",
            ),
            check=Predictions(BOTH, "predict"),
            depends_on=("architecture", "training"),
        ),
    ),
    seeds=(0, 1, 2),
)
