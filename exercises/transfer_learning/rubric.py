"""What the reuse of a trained base is judged by.

Accuracy on 496 held-out pictures, lowest, median and highest of ten secrets, each with a seed of its own. The
heads were trained on what the frozen base gives for the pictures, computed once:

    Flatten, softmax, Adam 0.003, 40 epochs (reference)       0.855  0.887  0.909
    global average pooling, Adam 0.01, 40 epochs              0.855  0.894  0.915
    global max pooling, SGD 0.05 with momentum, 60 epochs     0.865  0.886  0.917
    Flatten, 32 relu, RMSprop 0.001, 60 epochs                0.867  0.887  0.903
    Flatten, Adam 0.001, 30 epochs                            0.829  0.843  0.885

The same heads on an untrained base, six secrets with a seed each, lowest to highest:

    Flatten, softmax, Adam 0.003, 40 epochs                   0.29 to 0.35
    global average pooling, Adam 0.01                         0.30 to 0.33
    Flatten, 32 relu, RMSprop 0.001, 60 epochs                0.30 to 0.37
    Flatten, Adam 0.001, 30 epochs                            0.25 to 0.32

With the secret of practice, a dense network of one's own gets 0.35 and the first block of the base alone 0.54. So
0.8 is asked for, which each honest head passes by 0.029 at least, and half of the points are given from 0.6.
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    Accuracy,
    Architecture,
    CountsTrainable,
    FreezesBase,
    HeadAndLoss,
    Training,
    Trains,
    UsesBase,
)
from grader.rubric.data import Base, LaterDigits

TRAINING = Training(base=True)

RUBRIC = Rubric(
    title=Bilingual(en="Transfer learning", de="Transfer Learning"),
    task=Task(kind="classification", classes=5, labels="integers"),
    data=LaterDigits(Base(__file__, "handout/base.npz")),
    criteria=(
        Criterion(
            id="base",
            points=20,
            title=Bilingual(en="Build on the base", de="Auf der Basis aufbauen"),
            lesson=Bilingual(
                en="What a network has learned lies in its weights: its layers alone know nothing.",
                de="Was ein Netz gelernt hat, liegt in seinen Gewichten: Seine Schichten allein wissen nichts.",
            ),
            check=UsesBase(TRAINING),
        ),
        Criterion(
            id="architecture",
            points=10,
            title=Bilingual(en="A new head", de="Ein neuer Kopf"),
            lesson=Bilingual(
                en="A base gives features for each place of the picture; Flatten or global pooling makes one row "
                "of them, and the head has one output for each new class.",
                de="Eine Basis liefert Merkmale für jede Stelle des Bildes; Flatten oder globales Pooling macht "
                "daraus eine Zeile, und der Kopf hat einen Ausgang je neuer Klasse.",
            ),
            check=Architecture(TRAINING, inputs=256, hidden=0, outputs=5),
        ),
        Criterion(
            id="head_and_loss",
            points=10,
            title=Bilingual(en="Output activation and loss", de="Ausgabe-Aktivierung und Loss"),
            lesson=Bilingual(
                en="Labels count from 0 in every network: what the classes are called outside does not matter.",
                de="Labels zählen in jedem Netz ab 0: Wie die Klassen draußen heißen, ist egal.",
            ),
            check=HeadAndLoss(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="training",
            points=10,
            title=Bilingual(en="Train the head", de="Den Kopf trainieren"),
            lesson=Bilingual(
                en="A head has few weights, so a few hundred pictures are enough for it.",
                de="Ein Kopf hat wenige Gewichte, darum reichen ihm ein paar hundert Bilder.",
            ),
            check=Trains(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="frozen",
            points=25,
            title=Bilingual(en="Freeze the base", de="Die Basis einfrieren"),
            lesson=Bilingual(
                en="A new head begins at random, and its first large gradients would destroy what the base knows: "
                "frozen weights are safe from them.",
                de="Ein neuer Kopf beginnt zufällig, und seine ersten großen Gradienten würden zerstören, was die "
                "Basis weiß: Eingefrorene Gewichte sind davor sicher.",
            ),
            check=FreezesBase(TRAINING),
            depends_on=("base",),
        ),
        Criterion(
            id="accuracy",
            points=15,
            title=Bilingual(en="Accuracy on new digits", de="Accuracy auf neuen Ziffern"),
            lesson=Bilingual(
                en="What a base has learned from some pictures helps with others: the same head on an untrained "
                "base recognises far fewer.",
                de="Was eine Basis an einigen Bildern gelernt hat, hilft bei anderen: Derselbe Kopf auf einer "
                "untrainierten Basis erkennt viel weniger.",
            ),
            check=Accuracy(TRAINING, full=0.8, half=0.6, noise=0.01),
            depends_on=("architecture",),
        ),
        Criterion(
            id="count_parameters",
            points=10,
            title=Bilingual(en="Count what learns", de="Zählen, was lernt"),
            lesson=Bilingual(
                en="Counting is the quickest way to see whether a base is really frozen.",
                de="Zählen ist der schnellste Weg, um zu sehen, ob eine Basis wirklich eingefroren ist.",
            ),
            check=CountsTrainable(TRAINING),
        ),
    ),
)
