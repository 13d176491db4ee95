"""The vocabulary of rubrics: what an exercise can ask of a submission."""

from grader.checks.experiments import Experiments
from grader.checks.figures import Figures
from grader.checks.functions import ConfusionMatrix, CountsClasses, Loads, OneHot, Scales, Splits
from grader.checks.histories import Diagnoses
from grader.checks.networks import Architecture, HeadAndLoss, Training, Trains
from grader.checks.scores import Accuracy, Probabilities

__all__ = [
    "Accuracy",
    "Architecture",
    "ConfusionMatrix",
    "CountsClasses",
    "Diagnoses",
    "Experiments",
    "Figures",
    "HeadAndLoss",
    "Loads",
    "OneHot",
    "Probabilities",
    "Scales",
    "Splits",
    "Training",
    "Trains",
]
