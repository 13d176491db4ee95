"""What the network for the wines is judged by.

Measured on seeds 0 to 9, accuracy on the 54 held-out wines, lowest to highest: see `THRESHOLDS` below.
"""

from grader.checks import Accuracy, Architecture, Evaluates, HeadAndLoss, Standardises, Training, Trains
from grader.data import wines
from grader.rubric import Bilingual, Criterion, Rubric, Task

TRAINING = Training()

RUBRIC = Rubric(
    title=Bilingual(en="A network of one's own", de="Ein eigenes Netz"),
    task=Task(kind="classification", classes=3, labels="integers", parameters=20_000),
    data=wines,
    criteria=(
        Criterion(
            id="prepare",
            points=25,
            title=Bilingual(en="Standardise the features", de="Merkmale standardisieren"),
            lesson=Bilingual(
                en="Means and deviations belong to training as much as weights do: the test part must not have a "
                "say in them.",
                de="Mittelwerte und Standardabweichungen gehören zum Training wie die Gewichte: Der Testteil darf "
                "dabei nicht mitreden.",
            ),
            check=Standardises("prepare"),
        ),
        Criterion(
            id="architecture",
            points=10,
            title=Bilingual(en="Build the network", de="Das Netz bauen"),
            lesson=Bilingual(
                en="Inputs come from the features, outputs from the classes; what lies between may be small.",
                de="Die Eingänge folgen aus den Merkmalen, die Ausgänge aus den Klassen; was dazwischen liegt, "
                "darf klein sein.",
            ),
            check=Architecture(TRAINING, inputs=13, hidden=0, outputs=3),
        ),
        Criterion(
            id="head_and_loss",
            points=15,
            title=Bilingual(en="Output activation and loss", de="Ausgabe-Aktivierung und Loss"),
            lesson=Bilingual(
                en="Output activation, loss and format of the labels are one decision, not three.",
                de="Ausgabe-Aktivierung, Loss und Format der Labels sind eine Entscheidung, nicht drei.",
            ),
            check=HeadAndLoss(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="training",
            points=10,
            title=Bilingual(en="Train the network", de="Das Netz trainieren"),
            lesson=Bilingual(
                en="Validation data during training show when a network stops learning and begins to memorise.",
                de="Validierungsdaten im Training zeigen, wann ein Netz aufhört zu lernen und anfängt, "
                "auswendig zu lernen.",
            ),
            check=Trains(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="accuracy",
            points=20,
            title=Bilingual(en="Accuracy on held-out wines", de="Accuracy auf zurückgehaltenen Weinen"),
            lesson=Bilingual(
                en="A small network that is trained well beats a large one that is trained badly.",
                de="Ein kleines, gut trainiertes Netz schlägt ein großes, schlecht trainiertes.",
            ),
            check=Accuracy(TRAINING, full=0.93, half=0.85, noise=0.01),
            depends_on=("architecture",),
        ),
        Criterion(
            id="evaluate",
            points=20,
            title=Bilingual(en="Judge each class", de="Jede Klasse beurteilen"),
            lesson=Bilingual(
                en="One accuracy for all hides the class that is hardly ever recognised; its recall shows it.",
                de="Eine Accuracy für alles verbirgt die Klasse, die fast nie erkannt wird; ihr Recall zeigt sie.",
            ),
            check=Evaluates(TRAINING, "evaluate", classes=3),
            depends_on=("architecture",),
        ),
    ),
)
