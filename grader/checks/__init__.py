"""The vocabulary of rubrics: what an exercise can ask of a submission."""

from grader.checks.cheat_sheet import CheatSheet
from grader.checks.experiments import Experiments
from grader.checks.features import Loads, Scales
from grader.checks.figures import Figures
from grader.checks.formulas import Formulas
from grader.checks.histories import Diagnoses
from grader.checks.labels import ConfusionMatrix, CountsClasses, OneHot
from grader.checks.lines import Coefficients, LeastSquares, OneNeuron, Predictions
from grader.checks.networks import Architecture, HeadAndLoss, Trains
from grader.checks.regression import RegressionLoss, RSquared
from grader.checks.scores import Accuracy, Probabilities
from grader.checks.several import TrainsEach
from grader.checks.splits import Splits
from grader.checks.style_answers import RegressionScores, StyleFacts
from grader.checks.styles import HasStyle, OwnWeights, SameCompile, SameFunction, SameLayers
from grader.training import Training

__all__ = [
    "Accuracy",
    "Architecture",
    "CheatSheet",
    "Coefficients",
    "ConfusionMatrix",
    "CountsClasses",
    "Diagnoses",
    "Experiments",
    "Figures",
    "Formulas",
    "HasStyle",
    "HeadAndLoss",
    "LeastSquares",
    "Loads",
    "OneHot",
    "OneNeuron",
    "OwnWeights",
    "Predictions",
    "Probabilities",
    "RSquared",
    "RegressionLoss",
    "RegressionScores",
    "SameCompile",
    "SameFunction",
    "SameLayers",
    "Scales",
    "Splits",
    "StyleFacts",
    "Training",
    "Trains",
    "TrainsEach",
]
