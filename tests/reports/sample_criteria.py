"""The words of the sample's criteria: those of the digits exercise, in both languages."""

from typing import NamedTuple


class words:  # noqa: N801 - a function with one bound value
    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, en: str, de: str) -> str:
        return de if self.language == "de" else en


class Said(NamedTuple):
    """The words of one criterion of the sample, in one language."""

    title: str
    lesson: str
    message: str


CRITERIA: dict[str, tuple[float, Said, Said]] = {
    "load": (
        4,
        Said(
            "Load the data",
            "Features and labels are two arrays with one row per example.",
            "1797 rows with 64 features and one label each.",
        ),
        Said(
            "Daten laden",
            "Merkmale und Labels sind zwei Arrays mit einer Zeile je Beispiel.",
            "1797 Zeilen mit 64 Merkmalen und je einem Label.",
        ),
    ),
    "scale": (
        6,
        Said(
            "Scale the pixels to [0, 1]",
            "Networks learn best from small inputs, scaled by a constant of the data.",
            "All values lie between 0 and 1, also for a single row and for constant pixels.",
        ),
        Said(
            "Pixel auf [0, 1] skalieren",
            "Netze lernen am besten mit kleinen Eingaben, skaliert mit einer festen Größe.",
            "Alle Werte liegen zwischen 0 und 1, auch bei einer einzelnen Zeile und bei konstanten Pixeln.",
        ),
    ),
    "class_counts": (
        4,
        Said(
            "Count the classes",
            "Accuracy means little if one class outnumbers the others.",
            "The counts of all ten classes are right.",
        ),
        Said(
            "Klassen zählen",
            "Die Genauigkeit sagt wenig, wenn eine Klasse die anderen überwiegt.",
            "Die Anzahlen aller zehn Klassen stimmen.",
        ),
    ),
    "one_hot": (
        6,
        Said(
            "One-hot labels",
            "Categorical cross-entropy compares distributions: a label is one with a single 1.",
            "Each row holds a single 1, in the column of its class.",
        ),
        Said(
            "One-hot-Labels",
            "Die kategorische Kreuzentropie vergleicht Verteilungen: Ein Label ist eine mit einer einzigen 1.",
            "Jede Zeile enthält eine einzige 1, in der Spalte ihrer Klasse.",
        ),
    ),
    "split": (
        8,
        Said(
            "Split into training and test part",
            "A score on rows that were trained on says nothing.",
            "Both parts have the right size and no row in common; the same seed gives the same split.",
        ),
        Said(
            "In Trainings- und Testteil aufteilen",
            "Eine Bewertung auf trainierten Zeilen sagt nichts aus.",
            "Beide Teile haben die richtige Größe und keine gemeinsame Zeile; gleicher Seed, gleiche Aufteilung.",
        ),
    ),
    "architecture": (
        10,
        Said(
            "Build the network",
            "Hidden layers make features; the last layer has one unit per class.",
            "64 inputs, one hidden layer, ten outputs.",
        ),
        Said(
            "Das Netz bauen",
            "Verborgene Schichten bilden Merkmale; die letzte Schicht hat eine Einheit je Klasse.",
            "64 Eingaben, eine verborgene Schicht, zehn Ausgaben.",
        ),
    ),
    "head_and_loss": (
        12,
        Said(
            "Output activation, loss and labels fit one another",
            "Softmax and cross-entropy are two halves of one idea.",
            "Softmax, categorical cross-entropy and one-hot labels fit one another.",
        ),
        Said(
            "Ausgabeaktivierung, Verlust und Labels passen zusammen",
            "Softmax und Kreuzentropie sind zwei Hälften einer Idee.",
            "Softmax, kategorische Kreuzentropie und One-hot-Labels passen zusammen.",
        ),
    ),
    "training": (
        8,
        Said(
            "Train with validation data",
            "Only data that the network does not learn from shows when it overfits.",
            "The weights changed, and the validation loss was recorded for each of 30 epochs.",
        ),
        Said(
            "Mit Validierungsdaten trainieren",
            "Nur Daten, aus denen das Netz nicht lernt, zeigen die Überanpassung.",
            "Die Gewichte haben sich verändert; der Validierungsverlust liegt für alle 30 Epochen vor.",
        ),
    ),
    "accuracy": (
        14,
        Said(
            "Accuracy on held-out digits",
            "The score that counts is the one on data that nobody has seen.",
            "0.972 on held-out rows (median of three seeds).",
        ),
        Said(
            "Genauigkeit auf zurückgehaltenen Ziffern",
            "Es zählt die Bewertung auf Daten, die niemand gesehen hat.",
            "0,972 auf zurückgehaltenen Zeilen (Median von drei Seeds).",
        ),
    ),
    "probabilities": (
        6,
        Said(
            "Probabilities that sum to one",
            "Softmax turns scores into a distribution over the classes.",
            "Each row is a distribution over ten classes.",
        ),
        Said(
            "Wahrscheinlichkeiten mit Summe eins",
            "Softmax macht aus Werten eine Verteilung über die Klassen.",
            "Jede Zeile ist eine Verteilung über zehn Klassen.",
        ),
    ),
    "confusion": (
        6,
        Said(
            "Confusion matrix",
            "It shows which classes are taken for which, and not only how often.",
            "Equal to the true one: rows are true classes, columns predicted ones.",
        ),
        Said(
            "Konfusionsmatrix",
            "Sie zeigt, welche Klassen womit verwechselt werden, und nicht nur, wie oft.",
            "Gleich der richtigen: Zeilen sind wahre Klassen, Spalten vorhergesagte.",
        ),
    ),
    "diagnosis": (
        6,
        Said(
            "Diagnose learning curves",
            "The gap between the curves tells overfitting from underfitting.",
            "All six made-up histories are diagnosed right.",
        ),
        Said(
            "Lernkurven deuten",
            "Der Abstand der Kurven unterscheidet Über- von Unteranpassung.",
            "Alle sechs erfundenen Verläufe sind richtig gedeutet.",
        ),
    ),
    "figures": (
        5,
        Said(
            "Draw the figures",
            "Look at your data before you train on them.",
            "Ten pictures, 64 scatter plots, and curves with a legend and labelled axes.",
        ),
        Said(
            "Abbildungen zeichnen",
            "Sieh dir die Daten an, bevor du damit trainierst.",
            "Zehn Bilder, 64 Streudiagramme und Kurven mit Legende und beschrifteten Achsen.",
        ),
    ),
    "experiments": (
        5,
        Said(
            "Compare output activations and losses",
            "Claims about networks are tested by changing one thing at a time.",
            "Each variant has a finite result, and relu comes last.",
        ),
        Said(
            "Ausgabeaktivierungen und Verluste vergleichen",
            "Aussagen über Netze prüft man, indem man immer nur eine Sache ändert.",
            "Jede Variante hat ein endliches Ergebnis, und relu liegt hinten.",
        ),
    ),
}
