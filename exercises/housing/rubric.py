"""What the network for house prices is judged by.

R² on the 800 held-out districts less that of scikit-learn's `LinearRegression` on the same rows (0.58 to 0.59),
each seed on data of another secret, smallest, median and largest:

    reference (16-16 relu, dropout 0.05, Adam 0.01), seeds 0 to 9      0.230   0.254   0.267
    16-16 relu, Adam 0.001, dropout 0.1, 60 epochs, seeds 0 to 3       0.197   0.220   0.237
    32-16 tanh, RMSprop 0.005, dropout 0.1, 40 epochs, seeds 0 to 3    0.096   0.237   0.242
    16-16 elu, SGD 0.02 with momentum, Huber loss, seeds 0 to 3        0.249   0.259   0.264
    wrong: no activation, seeds 0 to 3                                -0.024  -0.009   0.004
    wrong: two epochs, seeds 0 to 3                                   -0.070  -0.040  -0.016
    wrong: five epochs with Adam 0.001, seeds 0 to 3                  -0.282  -0.228  -0.150

and on seed 0 alone:

    64-64 relu, Adam 0.003, dropout 0.2, mae                           0.236
    16-16 relu, Adam 0.005, dropout 0.2, 40 epochs of 32               0.187
    wrong: Adam 0.0001                                                -0.762
    wrong: dropout 0.8                                                -0.283
    wrong: relu at the output                                          0.250 (its points are lost at the output)

The best that any model can reach is about 0.30: R² 0.89. So 0.06 is passed by each honest training, and by
no wrong one.

Dropout that stays on when the network predicts costs `dropout` and `r2`: answers that are a matter of luck have no
R². Functions that get the network (`training`, `scores`, `residual_plot`) are tried on one of the grader's then.
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    Architecture,
    DropsInTraining,
    LinearOutput,
    Prepares,
    RegressionLoss,
    RegressionScores,
    ResidualPlot,
    RSquared,
    Training,
    Trains,
)
from grader.rubric.data import housing

TRAINING = Training()

RUBRIC = Rubric(
    title=Bilingual(en="House prices in California", de="Hauspreise in Kalifornien"),
    task=Task(kind="regression", labels="numbers"),
    data=housing,
    criteria=(
        Criterion(
            id="prepare",
            points=20,
            title=Bilingual(en="Prepare features and target", de="Merkmale und Zielwert vorbereiten"),
            lesson=Bilingual(
                en="Whatever data are scaled by belongs to the training part: when the network is used, nobody "
                "knows the values that it is to predict.",
                de="Womit Daten skaliert werden, gehört zum Trainingsteil: Wenn das Netz benutzt wird, kennt "
                "niemand die Werte, die es vorhersagen soll.",
            ),
            check=Prepares("prepare", features=8),
        ),
        Criterion(
            id="architecture",
            points=10,
            title=Bilingual(en="Build the network", de="Das Netz bauen"),
            lesson=Bilingual(
                en="Where a house stands counts along no straight line: hidden layers with an activation can "
                "bend.",
                de="Wo ein Haus steht, zählt nicht entlang einer Geraden: Versteckte Schichten mit Aktivierung "
                "können sich biegen.",
            ),
            check=Architecture(TRAINING, inputs=8, hidden=2, outputs=1),
        ),
        Criterion(
            id="output",
            points=10,
            title=Bilingual(en="A linear output", de="Eine lineare Ausgabe"),
            lesson=Bilingual(
                en="A price may be any number, so nothing may bend or limit what the last layer gives.",
                de="Ein Preis kann jede Zahl sein, also darf nichts biegen oder begrenzen, was die letzte Schicht "
                "ergibt.",
            ),
            check=LinearOutput(TRAINING),
        ),
        Criterion(
            id="loss",
            points=10,
            title=Bilingual(en="A loss for numbers", de="Ein Loss für Zahlen"),
            lesson=Bilingual(
                en="The loss says what an error costs: mse punishes one large error more than many small ones.",
                de="Der Loss sagt, was ein Fehler kostet: mse bestraft einen großen Fehler härter als viele "
                "kleine.",
            ),
            check=RegressionLoss((TRAINING,)),
        ),
        Criterion(
            id="dropout",
            points=15,
            title=Bilingual(en="Dropout in training only", de="Dropout nur im Training"),
            lesson=Bilingual(
                en="Dropout keeps units from relying on one another while they learn; predictions use all of "
                "them.",
                de="Dropout hindert Einheiten beim Lernen daran, sich aufeinander zu verlassen; Vorhersagen "
                "nutzen alle.",
            ),
            check=DropsInTraining(TRAINING),
        ),
        Criterion(
            id="training",
            points=10,
            title=Bilingual(en="Train the network", de="Das Netz trainieren"),
            lesson=Bilingual(
                en="With dropout, the loss in training is higher than in validation, where nothing is dropped.",
                de="Mit Dropout ist der Loss im Training höher als in der Validierung, wo nichts weggelassen "
                "wird.",
            ),
            check=Trains(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="r2",
            points=10,
            title=Bilingual(en="Better than a straight line", de="Besser als eine Gerade"),
            lesson=Bilingual(
                en="A network that is no better than linear regression is not worth its weights: compare first.",
                de="Ein Netz, das nicht besser ist als lineare Regression, ist seine Gewichte nicht wert: "
                "Vergleiche zuerst.",
            ),
            check=RSquared((TRAINING,), above_least_squares=0.06, noise=0.02),
            depends_on=("architecture",),
        ),
        Criterion(
            id="scores",
            points=7,
            title=Bilingual(en="Judge the network", de="Das Netz beurteilen"),
            lesson=Bilingual(
                en="R² compares with always predicting the mean; the mean absolute error is in 100,000 dollars.",
                de="R² vergleicht damit, immer den Mittelwert vorherzusagen; der mittlere absolute Fehler ist in "
                "100.000 Dollar.",
            ),
            check=RegressionScores((TRAINING,), "scores", truth="y_noisy"),
            depends_on=("architecture",),
        ),
        Criterion(
            id="residual_plot",
            points=8,
            title=Bilingual(en="Draw the residuals", de="Die Residuen zeichnen"),
            lesson=Bilingual(
                en="Residuals show where a model errs: a band around 0 is noise, a bend is something not learned.",
                de="Residuen zeigen, wo ein Modell irrt: Ein Band um 0 ist Rauschen, ein Bogen ist etwas nicht "
                "Gelerntes.",
            ),
            check=ResidualPlot(TRAINING, "residual_plot"),
            depends_on=("architecture",),
        ),
    ),
)
