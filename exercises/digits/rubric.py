"""What the digits classifier is judged by."""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import (
    Accuracy,
    Architecture,
    ConfusionMatrix,
    CountsClasses,
    Diagnoses,
    Experiments,
    Figures,
    HeadAndLoss,
    Loads,
    OneHot,
    Probabilities,
    Scales,
    Splits,
    Training,
    Trains,
)
from grader.rubric.data import digits

TRAINING = Training(encode="one_hot")

RUBRIC = Rubric(
    title=Bilingual(en="The digits classifier", de="Der Ziffern-Klassifikator"),
    task=Task(kind="classification", classes=10, labels="one_hot"),
    data=digits,
    criteria=(
        Criterion(
            id="load",
            points=3,
            title=Bilingual(en="Load the data", de="Daten laden"),
            lesson=Bilingual(
                en="Look at raw data first: how many rows, how many features, which range.",
                de="Sieh dir zuerst die Rohdaten an: wie viele Zeilen, wie viele Merkmale, welcher Wertebereich.",
            ),
            check=Loads("load"),
        ),
        Criterion(
            id="scale",
            points=6,
            title=Bilingual(en="Scale the features", de="Merkmale skalieren"),
            lesson=Bilingual(
                en="Networks learn best from small numbers, and one row must not change how another is scaled.",
                de="Netze lernen am besten mit kleinen Zahlen, und keine Zeile darf ändern, wie eine andere "
                "skaliert wird.",
            ),
            check=Scales("scale", largest=16),
        ),
        Criterion(
            id="class_counts",
            points=4,
            title=Bilingual(en="Count the classes", de="Klassen zählen"),
            lesson=Bilingual(
                en="Accuracy only means something when you know how often each class occurs.",
                de="Accuracy sagt nur etwas aus, wenn du weißt, wie oft jede Klasse vorkommt.",
            ),
            check=CountsClasses("class_counts", classes=10),
        ),
        Criterion(
            id="one_hot",
            points=5,
            title=Bilingual(en="One-hot labels", de="One-Hot-Labels"),
            lesson=Bilingual(
                en="A class is not a quantity: a 9 is not more than a 3, so each class gets a column of its own.",
                de="Eine Klasse ist kein Messwert: Eine 9 ist nicht mehr als eine 3, also bekommt jede eine "
                "eigene Spalte.",
            ),
            check=OneHot("one_hot", classes=10),
        ),
        Criterion(
            id="split",
            points=8,
            title=Bilingual(en="Split the data", de="Daten aufteilen"),
            lesson=Bilingual(
                en="Only rows that training never saw tell how good a network is.",
                de="Nur Zeilen, die das Training nie gesehen hat, zeigen, wie gut ein Netz ist.",
            ),
            check=Splits("split", share=0.25),
        ),
        Criterion(
            id="architecture",
            points=8,
            title=Bilingual(en="Build the network", de="Das Netz bauen"),
            lesson=Bilingual(
                en="Inputs come from the features, outputs from the classes, and a hidden layer makes curved "
                "borders possible.",
                de="Die Eingänge folgen aus den Merkmalen, die Ausgänge aus den Klassen, und erst eine verdeckte "
                "Schicht macht gekrümmte Grenzen möglich.",
            ),
            check=Architecture(TRAINING, inputs=64, hidden=1, outputs=10),
        ),
        Criterion(
            id="head_and_loss",
            points=10,
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
                en="Validation data during training show when a network stops learning and begins to memorise.",
                de="Validierungsdaten im Training zeigen, wann ein Netz aufhört zu lernen und anfängt, "
                "auswendig zu lernen.",
            ),
            check=Trains(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="accuracy",
            points=15,
            bonus=2,
            title=Bilingual(en="Accuracy on held-out digits", de="Accuracy auf zurückgehaltenen Ziffern"),
            lesson=Bilingual(
                en="The score that counts is the one on data that nobody used to build the network.",
                de="Es zählt der Wert auf Daten, die niemand beim Bauen des Netzes benutzt hat.",
            ),
            check=Accuracy(TRAINING, full=0.93, half=0.85, bonus=0.975, noise=0.01),
            depends_on=("architecture",),
        ),
        Criterion(
            id="probabilities",
            points=5,
            title=Bilingual(en="Predict probabilities", de="Wahrscheinlichkeiten vorhersagen"),
            lesson=Bilingual(
                en="A classifier says how sure it is; the digit is only the largest of ten probabilities.",
                de="Ein Klassifikator sagt, wie sicher er ist; die Ziffer ist nur die größte von zehn "
                "Wahrscheinlichkeiten.",
            ),
            check=Probabilities(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="confusion",
            points=6,
            title=Bilingual(en="Confusion matrix", de="Konfusionsmatrix"),
            lesson=Bilingual(
                en="One number hides which digits are mistaken for which; the matrix shows it.",
                de="Eine einzelne Zahl verbirgt, welche Ziffern womit verwechselt werden; die Matrix zeigt es.",
            ),
            check=ConfusionMatrix("confusion", classes=10),
        ),
        Criterion(
            id="diagnosis",
            points=6,
            title=Bilingual(en="Diagnose a training", de="Ein Training beurteilen"),
            lesson=Bilingual(
                en="Two curves tell whether a network needs more capacity, more data, or an earlier end.",
                de="Zwei Kurven verraten, ob ein Netz mehr Kapazität, mehr Daten oder ein früheres Ende braucht.",
            ),
            check=Diagnoses("diagnose"),
        ),
        Criterion(
            id="figures",
            points=8,
            title=Bilingual(en="Draw data and curves", de="Daten und Kurven zeichnen"),
            lesson=Bilingual(
                en="A figure that somebody else can read has labels, a legend and the right number of panels.",
                de="Eine Abbildung, die andere lesen können, hat Beschriftungen, eine Legende und die "
                "richtige Anzahl von Teildiagrammen.",
            ),
            check=Figures(samples="plot_samples", features="plot_features", history="plot_history", load="load"),
        ),
        Criterion(
            id="experiments",
            points=8,
            title=Bilingual(
                en="Compare activations and losses", de="Aktivierungen und Loss-Funktionen vergleichen"
            ),
            lesson=Bilingual(
                en="Change one thing at a time and train anew: that is how you find out what a choice does.",
                de="Ändere immer nur eine Sache und trainiere neu: So findest du heraus, was eine "
                "Entscheidung bewirkt.",
            ),
            check=Experiments(activations="compare_output_activations", losses="compare_losses"),
        ),
    ),
)
