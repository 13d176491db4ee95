"""What the metric cheat sheet is judged by: returned values only, on inputs that are made outside."""

from grader.rubric import Bilingual, Criterion, Limits, Rubric, Task
from grader.rubric.checks import CheatSheet, Formulas
from grader.rubric.data import no_data

RUBRIC = Rubric(
    title=Bilingual(en="The metric cheat sheet", de="Der Metrik-Spickzettel"),
    task=Task(kind="functions"),
    data=no_data,
    criteria=(
        Criterion(
            id="rates",
            points=15,
            title=Bilingual(en="Rates from counts", de="Raten aus Anzahlen"),
            lesson=Bilingual(
                en="Every rate is a share of something: ask first of what it is a share, then count.",
                de="Jede Rate ist ein Anteil an etwas: Frage zuerst, woran, und zähle dann.",
            ),
            check=Formulas(
                ("sensitivity", "specificity", "precision", "false_positive_rate", "false_negative_rate")
            ),
        ),
        Criterion(
            id="accuracy_f1",
            points=9,
            title=Bilingual(en="Accuracy, error rate and F1", de="Accuracy, Fehlerrate und F1"),
            lesson=Bilingual(
                en="Accuracy counts all hits alike; F1 forgets the true negatives and asks for both, finding and "
                "being right.",
                de="Accuracy zählt alle Treffer gleich; F1 vergisst die richtig Negativen und verlangt beides: "
                "finden und recht haben.",
            ),
            check=Formulas(("accuracy", "error_rate", "f1")),
        ),
        Criterion(
            id="confusion_counts",
            points=6,
            title=Bilingual(en="Count the four cases", de="Die vier Fälle zählen"),
            lesson=Bilingual(
                en="The second word says what was predicted, the first whether that was right.",
                de="Das zweite Wort sagt, was vorhergesagt wurde, das erste, ob das richtig war.",
            ),
            check=Formulas(("confusion_counts",)),
        ),
        Criterion(
            id="threshold",
            points=6,
            title=Bilingual(en="A threshold without false alarms", de="Eine Schwelle ohne falschen Alarm"),
            lesson=Bilingual(
                en="The threshold is a decision of yours: it trades missed positives for false alarms.",
                de="Die Schwelle ist deine Entscheidung: Sie tauscht übersehene Positive gegen falschen Alarm.",
            ),
            check=Formulas(("threshold_without_false_positives",)),
        ),
        Criterion(
            id="errors",
            points=6,
            title=Bilingual(en="Errors of a regression", de="Fehler einer Regression"),
            lesson=Bilingual(
                en="The mean absolute error has the unit of the target; the squared one punishes single large "
                "misses.",
                de="Der mittlere absolute Fehler hat die Einheit der Zielgröße; der quadratische bestraft "
                "einzelne große Fehlgriffe.",
            ),
            check=Formulas(("mean_absolute_error", "mean_squared_error")),
        ),
        Criterion(
            id="r2",
            points=6,
            title=Bilingual(en="R²", de="R²"),
            lesson=Bilingual(
                en="R² compares with always predicting the mean: 1 is perfect, 0 no better than that, below "
                "0 worse.",
                de="R² vergleicht damit, immer den Mittelwert vorherzusagen: 1 ist perfekt, 0 nicht besser als "
                "das, unter 0 schlechter.",
            ),
            check=Formulas(("r2",)),
        ),
        Criterion(
            id="softmax",
            points=8,
            title=Bilingual(en="Softmax that does not overflow", de="Softmax, die nicht überläuft"),
            lesson=Bilingual(
                en="Only differences between logits count, so you may subtract the largest before exp() "
                "overflows.",
                de="Nur Unterschiede zwischen den Logits zählen; zieh also den größten ab, bevor exp() überläuft.",
            ),
            check=Formulas(("softmax",)),
        ),
        Criterion(
            id="crossentropies",
            points=12,
            title=Bilingual(en="The three cross-entropies", de="Die drei Kreuzentropien"),
            lesson=Bilingual(
                en="All three are -log of the probability that the true label was given; they differ in how "
                "labels are written.",
                de="Alle drei sind -log der Wahrscheinlichkeit, die das wahre Label bekam; verschieden ist nur, "
                "wie die Labels geschrieben sind.",
            ),
            check=Formulas(("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")),
        ),
        Criterion(
            id="sheet_units",
            points=5,
            title=Bilingual(en="Cheat sheet: output units", de="Spickzettel: Ausgabe-Neuronen"),
            lesson=Bilingual(
                en="The question decides how many numbers the answer has.",
                de="Die Frage entscheidet, aus wie vielen Zahlen die Antwort besteht.",
            ),
            check=CheatSheet("units"),
        ),
        Criterion(
            id="sheet_activation",
            points=8,
            title=Bilingual(en="Cheat sheet: output activation", de="Spickzettel: Ausgabe-Aktivierung"),
            lesson=Bilingual(
                en="The output activation brings numbers into the range that answers may have.",
                de="Die Ausgabe-Aktivierung bringt Zahlen in den Bereich, den Antworten haben können.",
            ),
            check=CheatSheet("activation"),
        ),
        Criterion(
            id="sheet_loss",
            points=8,
            title=Bilingual(en="Cheat sheet: loss", de="Spickzettel: Loss"),
            lesson=Bilingual(
                en="The loss says what wrong means: a distance between numbers, or a probability that was "
                "too small.",
                de="Der Loss sagt, was falsch heißt: ein Abstand zwischen Zahlen oder eine zu kleine "
                "Wahrscheinlichkeit.",
            ),
            check=CheatSheet("loss"),
        ),
        Criterion(
            id="sheet_labels",
            points=5,
            title=Bilingual(en="Cheat sheet: label format", de="Spickzettel: Format der Labels"),
            lesson=Bilingual(
                en="Labels have to look as the loss expects them: the same classes can be written in two ways.",
                de="Labels müssen so aussehen, wie der Loss sie erwartet: Dieselben Klassen lassen sich auf zwei "
                "Arten schreiben.",
            ),
            check=CheatSheet("labels"),
        ),
        Criterion(
            id="sheet_metrics",
            points=6,
            title=Bilingual(en="Cheat sheet: useful metrics", de="Spickzettel: nützliche Metriken"),
            lesson=Bilingual(
                en="A loss is for the optimizer, a metric is for people: it has to mean something to them.",
                de="Ein Loss ist für den Optimierer da, eine Metrik für Menschen: Sie muss ihnen etwas sagen.",
            ),
            check=CheatSheet("metrics"),
        ),
    ),
    seeds=(0,),
    limits=Limits(wall_seconds=300.0),
)
