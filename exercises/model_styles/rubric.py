"""What one network in three styles is judged by.

R² on the held-out rows of `friedman`, seeds 0 to 9, smallest, median and largest of the sequential style:

    reference: Adam 0.01, 32 relu, 25 epochs of 32 rows     0.928  0.945  0.952
    RMSprop 0.003, 64 tanh, 40 epochs of 32                 0.927  0.947  0.950
    SGD 0.03 with momentum, 16 elu, 40 epochs of 64         0.960  0.969  0.973
    Nadam 0.003, 64 gelu, Huber loss, 30 epochs of 32       0.977  0.978  0.980
    Adam 0.001, 64 relu, mae, 50 epochs of 16               0.926  0.947  0.952
    Adam 0.005, 8 relu, 60 epochs of 32                     0.871  0.950  0.961
    wrong: no activation                                    0.704  0.730  0.735
    wrong: one epoch of 256 rows                            0.182  0.466  0.638
    wrong: three epochs with Adam 0.001                     0.458  0.616  0.690
    wrong: relu at the output                               0.000  0.462  0.469

scikit-learn's `LinearRegression` reaches 0.734. So every honest training passes 0.80, and no wrong one does.
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    HasStyle,
    OwnWeights,
    RegressionScores,
    RSquared,
    SameCompile,
    SameFunction,
    SameLayers,
    StyleFacts,
    Training,
    TrainsEach,
)
from grader.rubric.data import friedman

SEQUENTIAL = Training(build="build_sequential", arguments=(10,), name="sequential")
FUNCTIONAL = Training(build="build_functional", arguments=(10,), name="functional")
SUBCLASSED = Training(build="build_subclassed", arguments=(10,), name="subclassed")
ALL = (SEQUENTIAL, FUNCTIONAL, SUBCLASSED)

FACTS = {
    "one_after_another": ("sequential",),
    "easiest_overview": ("sequential",),
    "branches": ("functional", "subclassed"),
    "threaded_by_hand": ("functional", "subclassed"),
    "own_layers": ("sequential", "functional", "subclassed"),
    "conditions_and_loops": ("subclassed",),
    "class_of_its_own": ("subclassed",),
    "shapes_known_at_once": ("sequential", "functional"),
    "compile_and_fit": ("sequential", "functional", "subclassed"),
}

RUBRIC = Rubric(
    title=Bilingual(en="Three ways to write one network", de="Drei Arten, ein Netz zu schreiben"),
    task=Task(kind="regression", labels="numbers"),
    data=friedman,
    criteria=(
        Criterion(
            id="sequential",
            points=6,
            title=Bilingual(en="The sequential model", de="Das sequenzielle Modell"),
            lesson=Bilingual(
                en="Where layers only stand one after another, a list of them is all that you need.",
                de="Wo Schichten nur hintereinander stehen, genügt eine Liste von ihnen.",
            ),
            check=HasStyle(SEQUENTIAL, "sequential"),
        ),
        Criterion(
            id="functional",
            points=9,
            title=Bilingual(en="The functional model", de="Das funktionale Modell"),
            lesson=Bilingual(
                en="A layer is a function: you call it on what another layer gave, and so you may branch and "
                "join.",
                de="Eine Schicht ist eine Funktion: Du rufst sie mit dem auf, was eine andere ergeben hat, und "
                "kannst deshalb verzweigen und zusammenführen.",
            ),
            check=HasStyle(FUNCTIONAL, "functional"),
        ),
        Criterion(
            id="subclassed",
            points=11,
            title=Bilingual(en="The subclassed model", de="Das Modell als eigene Klasse"),
            lesson=Bilingual(
                en="Layers hold the weights, so they are made once; call only says how the rows go through them.",
                de="Schichten halten die Gewichte, also entstehen sie einmal; call sagt nur, wie die Zeilen "
                "durch sie hindurchgehen.",
            ),
            check=HasStyle(SUBCLASSED, "subclassed"),
        ),
        Criterion(
            id="same_layers",
            points=10,
            title=Bilingual(en="The same layers", de="Dieselben Schichten"),
            lesson=Bilingual(
                en="The style is how a network is written down; the layers are what it is.",
                de="Der Stil ist, wie ein Netz aufgeschrieben wird; die Schichten sind, was es ist.",
            ),
            check=SameLayers(ALL, hidden=2),
        ),
        Criterion(
            id="own_weights",
            points=6,
            title=Bilingual(en="Three networks, not one", de="Drei Netze, nicht eines"),
            lesson=Bilingual(
                en="A layer that two models hold is one layer: whoever trains one of them changes the other.",
                de="Eine Schicht, die zwei Modelle benutzen, ist eine einzige: Wer das eine trainiert, "
                "verändert das andere.",
            ),
            check=OwnWeights(ALL),
        ),
        Criterion(
            id="same_compile",
            points=8,
            title=Bilingual(en="The same loss and optimizer", de="Derselbe Loss und derselbe Optimizer"),
            lesson=Bilingual(
                en="Who compares changes one thing at a time.",
                de="Wer vergleicht, ändert immer nur eine Sache.",
            ),
            check=SameCompile(ALL),
        ),
        Criterion(
            id="same_function",
            points=14,
            title=Bilingual(
                en="With the same weights, the same function", de="Gleiche Gewichte, gleiche Funktion"
            ),
            lesson=Bilingual(
                en="A network is its layers, their order and their weights. If these are equal, so is what it "
                "computes.",
                de="Ein Netz sind seine Schichten, ihre Reihenfolge und ihre Gewichte. Sind die gleich, so "
                "rechnet es auch dasselbe.",
            ),
            check=SameFunction(ALL),
        ),
        Criterion(
            id="training",
            points=6,
            title=Bilingual(en="Train the networks", de="Die Netze trainieren"),
            lesson=Bilingual(
                en="Whatever a model was written as, compile and fit are the same.",
                de="Egal wie ein Modell geschrieben ist: compile und fit bleiben gleich.",
            ),
            check=TrainsEach(ALL),
        ),
        Criterion(
            id="r2",
            points=12,
            title=Bilingual(en="R² on held-out rows", de="R² auf zurückgehaltenen Zeilen"),
            lesson=Bilingual(
                en="The style does not decide how good a network gets; layers and training do.",
                de="Nicht der Stil entscheidet, wie gut ein Netz wird, sondern Schichten und Training.",
            ),
            check=RSquared(ALL, at_least=0.80, noise=0.02),
            depends_on=("training",),
        ),
        Criterion(
            id="scores",
            points=9,
            title=Bilingual(en="Judge the networks", de="Die Netze beurteilen"),
            lesson=Bilingual(
                en="R² compares with always predicting the mean; the mean absolute error is in units of the "
                "target.",
                de="R² vergleicht damit, immer den Mittelwert vorherzusagen; der mittlere absolute Fehler hat die "
                "Einheit des Zielwerts.",
            ),
            check=RegressionScores(ALL, "scores", truth="y_noisy"),
            depends_on=("training",),
        ),
        Criterion(
            id="style_facts",
            points=9,
            title=Bilingual(en="What each style can do", de="Was welcher Stil kann"),
            lesson=Bilingual(
                en="Take the simplest style that can do what you need.",
                de="Nimm den einfachsten Stil, der kann, was du brauchst.",
            ),
            check=StyleFacts("STYLE_FACTS", FACTS),
        ),
    ),
    seeds=(0, 1, 2),
)
