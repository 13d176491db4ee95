"""The vocabulary of rubrics: what an exercise can ask of a submission."""

from grader.checks.experiments import Experiments
from grader.checks.features import Loads, Scales
from grader.checks.figures import Figures
from grader.checks.histories import Diagnoses
from grader.checks.labels import ConfusionMatrix, CountsClasses, OneHot
from grader.checks.networks import Architecture, HeadAndLoss, Trains
from grader.checks.scores import Accuracy, Probabilities
from grader.checks.splits import Splits
from grader.training import Training

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
