"""A course with two criteria that the grader judges and two that a person does: a text, and a figure."""

from pathlib import Path

RUBRIC = '''
"""Two functions, an explanation and a figure."""

from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks import ByHand, OneHot, PlotsReliability, Scales
from grader.rubric.data import digits


def named(text: str, german: str) -> Bilingual:
    return Bilingual(en=text, de=german)


RUBRIC = Rubric(
    title=named("Two functions and a view", "Zwei Funktionen und eine Meinung"),
    task=Task(kind="functions"),
    data=digits,
    criteria=(
        Criterion("one_hot", 40, named("Labels", "Labels"), named(".", "."), OneHot("one_hot", classes=10)),
        Criterion("scale", 20, named("Scale", "Skalieren"), named(".", "."), Scales("scale", largest=16)),
        Criterion(
            "explanation",
            20,
            named("Explain overfitting", "Erkläre Overfitting"),
            named("Who can explain it has understood it.", "Wer es erklären kann, hat es verstanden."),
            ByHand(text="EXPLANATION"),
            bonus=2,
        ),
        Criterion(
            "figure",
            20,
            named("Judge the figure", "Beurteile die Abbildung"),
            named("A figure has to say something.", "Eine Abbildung muss etwas sagen."),
            ByHand(of=PlotsReliability("reliability_plot")),
        ),
    ),
)
'''
STUB = """EXPLANATION = None


def one_hot(y):
    raise NotImplementedError


def scale(x):
    raise NotImplementedError


def reliability_plot(y_true, p, bins):
    raise NotImplementedError
"""
FUNCTIONS = '''import matplotlib.pyplot as plt
import numpy as np


def one_hot(y):
    return np.eye(10)[y]


def scale(x):
    return x / 16


def reliability_plot(y_true, p, bins):
    """Draw how often a prediction comes true."""
    y_true, p = np.asarray(y_true), np.asarray(p)
    number = np.minimum((p * bins).astype(int), bins - 1)
    figure, axes = plt.subplots(figsize=(4, 3))
    filled = [b for b in range(bins) if (number == b).any()]
    axes.plot([p[number == b].mean() for b in filled], [y_true[number == b].mean() for b in filled], "o-")
    axes.plot([0, 1], [0, 1], "--")
    axes.set(xlabel="mean prediction", ylabel="fraction of positives")
    return figure
'''
RIGHT = f'EXPLANATION = """The network memorises the rows.\n\nThe validation loss rises."""\n{FUNCTIONS}'
WITHOUT_TEXT = f'EXPLANATION = ""\n{FUNCTIONS}'


def write_course(folder: Path) -> Path:
    """Write the course, with all that `grader validate` wants, and return its folder."""
    exercise, reference = folder / "exercises" / "view", folder / "reference" / "view"
    (reference / "variants").mkdir(parents=True)
    exercise.mkdir(parents=True)
    files = {
        exercise / "rubric.py": RUBRIC,
        exercise / "submission.py": STUB,
        exercise / "task.md": "# Two functions and a view\n",
        exercise / "task.de.md": "# Zwei Funktionen und eine Meinung\n",
        reference / "submission.py": RIGHT,
        reference / "variants" / "no_text.py": (
            f"# loses: explanation\n# why: Nothing was written.\n{WITHOUT_TEXT}"
        ),
        reference / "variants" / "times_two.py": (
            "# loses: scale\n# why: Not between 0 and 1.\n# from: reference\n\n\ndef scale(x):\n    return x / 8\n"
        ),
    }
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    return folder
