"""What the handling of unbalanced labels is judged by.

The network learns 2000 made-up rows of three classes, of which the rarest has 78; the secret decides which one
that is. Recall of the rarest class on 4000 held-out rows (156 of that class), and mean recall of all classes, both
minus those of scikit-learn's `LogisticRegression` without weights on the same rows (which finds 0.30 to 0.45 of
the rarest class). Ten secrets with ten seeds, one each, lowest to highest:

    reference (8 relu, Adam 0.01, 20 epochs)      +0.30 to +0.51; +0.06 to +0.12
    no hidden layer, SGD 0.05, sample_weight      +0.33 to +0.53; +0.07 to +0.13
    32 relu, Adam 0.001, 30 epochs                +0.30 to +0.52; +0.06 to +0.12
    16 tanh, logits, RMSprop, oversampled rows    +0.31 to +0.54; +0.06 to +0.13
    16 relu, undersampled rows, 60 epochs         +0.28 to +0.56; +0.01 to +0.11
    the square roots of the weights               +0.13 to +0.33; +0.03 to +0.10
    no weights                                    -0.14 to +0.01; -0.04 to +0.00

So the recall has to rise by 0.15, and the mean recall must not fall. Closer than 0.05 to either, the seed in the
middle of three decides.
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    Architecture,
    FindsRareClass,
    Formulas,
    HeadAndLoss,
    Oversamples,
    Training,
    Trains,
    Undersamples,
)
from grader.rubric.data import unbalanced

TRAINING = Training(train="train_weighted", validation=False)

RUBRIC = Rubric(
    title=Bilingual(en="Unbalanced labels", de="Unausgewogene Labels"),
    task=Task(kind="classification", classes=3, labels="integers"),
    data=unbalanced,
    criteria=(
        Criterion(
            id="class_weights",
            points=15,
            title=Bilingual(en="Weights of classes", de="Gewichte der Klassen"),
            lesson=Bilingual(
                en="A row of a class that is a tenth as large has to count ten times as much, so that both "
                "classes matter alike.",
                de="Eine Zeile einer Klasse, die ein Zehntel so groß ist, muss zehnmal so viel zählen, damit "
                "beide Klassen gleich wichtig sind.",
            ),
            check=Formulas(("class_weights",)),
        ),
        Criterion(
            id="undersample",
            points=20,
            title=Bilingual(en="Leave rows out", de="Zeilen weglassen"),
            lesson=Bilingual(
                en="Undersampling is simple and fast, and throws away most of what was collected.",
                de="Undersampling ist einfach und schnell und wirft das meiste weg, was gesammelt wurde.",
            ),
            check=Undersamples("undersample"),
        ),
        Criterion(
            id="oversample",
            points=20,
            title=Bilingual(en="Repeat rows", de="Zeilen wiederholen"),
            lesson=Bilingual(
                en="Oversampling keeps every row; copies add no knowledge, so split off the test rows before.",
                de="Oversampling behält jede Zeile; Kopien fügen kein Wissen hinzu, trenne also vorher die "
                "Testzeilen ab.",
            ),
            check=Oversamples("oversample"),
        ),
        Criterion(
            id="architecture",
            points=5,
            title=Bilingual(en="Build a small network", de="Ein kleines Netz bauen"),
            lesson=Bilingual(
                en="Unbalanced labels need no other network, only another training.",
                de="Unausgewogene Labels brauchen kein anderes Netz, nur ein anderes Training.",
            ),
            check=Architecture(TRAINING, inputs=6, hidden=0, outputs=3),
        ),
        Criterion(
            id="head_and_loss",
            points=5,
            title=Bilingual(en="Output activation and loss", de="Ausgabe-Aktivierung und Loss"),
            lesson=Bilingual(
                en="Weights multiply the loss of each row; which loss that is stays your choice.",
                de="Gewichte multiplizieren den Loss jeder Zeile; welcher Loss das ist, bleibt deine Wahl.",
            ),
            check=HeadAndLoss(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="training",
            points=5,
            title=Bilingual(en="Train the network", de="Das Netz trainieren"),
            lesson=Bilingual(
                en="With weights, the loss in the history is a weighted one: compare it only with others of the "
                "same weights.",
                de="Mit Gewichten ist der Loss in der History gewichtet: Vergleiche ihn nur mit solchen, die "
                "dieselben Gewichte haben.",
            ),
            check=Trains(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="rare_class",
            points=20,
            title=Bilingual(en="Find the rare class", de="Die seltene Klasse finden"),
            lesson=Bilingual(
                en="Accuracy hardly notices a rare class; its recall does. What it gains there, others lose.",
                de="Die Accuracy merkt von einer seltenen Klasse kaum etwas, ihr Recall schon. Was sie dort "
                "gewinnt, verlieren andere.",
            ),
            check=FindsRareClass(TRAINING, rises=0.15),
            depends_on=("architecture",),
        ),
        Criterion(
            id="should_rebalance",
            points=10,
            title=Bilingual(en="Balance at all?", de="Überhaupt ausgleichen?"),
            lesson=Bilingual(
                en="Ask where the numbers come from: from the world that the network will see, or from how "
                "somebody collected the rows.",
                de="Frage, woher die Zahlen kommen: aus der Welt, die das Netz sehen wird, oder daher, wie jemand "
                "die Zeilen gesammelt hat.",
            ),
            check=Formulas(("should_rebalance",)),
        ),
    ),
)
