"""What calibration is judged by: returned values and a figure, on predictions that are made outside.

`calibrate` gets 2000 predictions with labels and 2000 new ones without, once too sure of themselves and once too
unsure. Expected calibration error of the new ones in 10 bins, afterwards as a share of before, in 120 draws,
lowest to highest:

    Platt scaling on the logits           0.04 to 0.43
    Platt scaling on the probabilities    0.03 to 0.39
    temperature scaling                   0.04 to 0.40
    isotonic regression                   0.06 to 0.46
    Platt scaling on log p                0.07 to 0.49
    ranks                                 0.84 to 1.17
    as they were                          1.00

So 0.65 is asked for. With labels for which the predictions are right already, the error rises by 0.025 at most
with the first four, and by 0.051 with log p. So 0.07 is allowed.

Ties of isotonic regression take up to 0.009 of the area under the ROC curve; 0.03 are allowed. Two labels in place
of probabilities take 0.057 or more where predictions were too unsure, and 0.027 or more where they were too sure:
where that is allowed, their error is not.
"""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import Calibrates, Formulas, PlotsReliability
from grader.rubric.data import no_data

RUBRIC = Rubric(
    title=Bilingual(en="Are 80 % really 80 %?", de="Sind 80 % wirklich 80 %?"),
    task=Task(kind="functions"),
    data=no_data,
    criteria=(
        Criterion(
            id="reliability",
            points=30,
            title=Bilingual(en="What happened in each bin", de="Was in jedem Bin geschah"),
            lesson=Bilingual(
                en="A probability is right if, of all rows that got it, just that share turned out positive.",
                de="Eine Wahrscheinlichkeit stimmt, wenn von allen Zeilen, die sie bekamen, genau dieser Anteil "
                "positiv war.",
            ),
            check=Formulas(("reliability",)),
        ),
        Criterion(
            id="expected_calibration_error",
            points=20,
            title=Bilingual(en="One number for all bins", de="Eine Zahl für alle Bins"),
            lesson=Bilingual(
                en="A gap counts as much as the rows that it is about, and gaps must not cancel each other out.",
                de="Eine Lücke zählt so viel wie die Zeilen, um die es geht, und Lücken dürfen sich nicht "
                "aufheben.",
            ),
            check=Formulas(("expected_calibration_error",)),
        ),
        Criterion(
            id="calibrate",
            points=35,
            title=Bilingual(en="Calibrate", de="Kalibrieren"),
            lesson=Bilingual(
                en="Calibration says how much to believe a network, and leaves the order of its answers as it is.",
                de="Kalibrieren sagt, wie weit man einem Netz glauben darf, und lässt die Reihenfolge seiner "
                "Antworten, wie sie ist.",
            ),
            check=Calibrates("calibrate"),
        ),
        Criterion(
            id="reliability_plot",
            points=15,
            title=Bilingual(en="The reliability diagram", de="Das Zuverlässigkeitsdiagramm"),
            lesson=Bilingual(
                en="Points below the diagonal were promised too much, points above it too little.",
                de="Punkten unter der Diagonale wurde zu viel versprochen, Punkten darüber zu wenig.",
            ),
            check=PlotsReliability("reliability_plot"),
        ),
    ),
    seeds=(0,),
)
