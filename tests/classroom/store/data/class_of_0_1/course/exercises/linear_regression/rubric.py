"""What linear regression with one neuron is judged by.

On seeds 0 to 9: R² on held-out rows less that of least squares (the smallest of both tables), and how far the
worst coefficient is from that of least squares (the largest of both tables, in per cent of it):

    reference: Adam 0.02, mse, 60 epochs of 32 rows     0.0000   0.2
    SGD 0.01, mse, 60 epochs of 32                      0.0000   0.3
    RMSprop 0.01, Huber, 60 epochs of 32                -0.0004   2.3
    Adam 0.05, mae, 80 epochs of 64                     -0.0003   3.4
    Adam 0.001, mse, 250 epochs of 16                   0.0000   0.1
    Adam 0.01, mse, 40 epochs of 16                     0.0000   0.1
    Adagrad 0.5, mse, 60 epochs of 32                   -0.0002   1.5

and of wrong ones, which are to fail on each seed, the best of all on one of the tables:

    three epochs                                        -0.0728  40
    relu at the output                                  -0.1711   0.1
    sigmoid at the output                               -0.7123  45
    no bias                                             -0.0921  100
    a learning rate of 0.00001                          -0.439   99

So R² may be 0.02 below least squares, and a coefficient 5 % off. (A relu loses its coefficients on seeds where the
line of its one table dies; R² and the architecture it always loses.)
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    Coefficients,
    LeastSquares,
    LinearNeuron,
    Predictions,
    RegressionLoss,
    RSquared,
    Training,
    TrainsEach,
)
from grader.rubric.data import lines

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
            check=LinearNeuron(BOTH),
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
                "er genug Schritte hat.",
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
