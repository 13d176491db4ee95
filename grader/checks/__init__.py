"""The vocabulary of rubrics: what an exercise can ask of a submission."""

from grader.checks.binary import OneNeuron, YesOrNo
from grader.checks.decisions import FindsBorder, PredictsLabels
from grader.checks.evaluation import Evaluates
from grader.checks.experiments import Experiments
from grader.checks.features import Loads, Scales
from grader.checks.figures import Figures
from grader.checks.histories import Diagnoses
from grader.checks.labels import ConfusionMatrix, CountsClasses, OneHot
from grader.checks.nearness import NearScikitLearn
from grader.checks.networks import Architecture, HeadAndLoss, Trains
from grader.checks.scores import Accuracy, Probabilities
from grader.checks.splits import Splits
from grader.checks.tables import Standardises
from grader.training import Training

__all__ = [
    "Accuracy",
    "Architecture",
    "ConfusionMatrix",
    "CountsClasses",
    "Diagnoses",
    "Evaluates",
    "Experiments",
    "Figures",
    "FindsBorder",
    "HeadAndLoss",
    "Loads",
    "NearScikitLearn",
    "OneHot",
    "OneNeuron",
    "PredictsLabels",
    "Probabilities",
    "Scales",
    "Splits",
    "Standardises",
    "Training",
    "Trains",
    "YesOrNo",
]
