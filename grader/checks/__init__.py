"""The vocabulary of rubrics: what an exercise can ask of a submission."""

from grader.checks.binary import OneNeuron, YesOrNo
from grader.checks.borders import FindsBorder
from grader.checks.cheat_sheet import CheatSheet
from grader.checks.decisions import PredictsLabels
from grader.checks.evaluation import Evaluates
from grader.checks.experiments import Experiments
from grader.checks.features import Loads, Scales
from grader.checks.figures import Figures
from grader.checks.formulas import Formulas
from grader.checks.histories import Diagnoses
from grader.checks.labels import ConfusionMatrix, CountsClasses, OneHot
from grader.checks.lines import Coefficients, LeastSquares, LinearNeuron, Predictions
from grader.checks.nearness import NearScikitLearn
from grader.checks.networks import Architecture, HeadAndLoss, Trains
from grader.checks.regression import RegressionLoss, RSquared
from grader.checks.scores import Accuracy, Probabilities
from grader.checks.several import TrainsEach
from grader.checks.splits import Splits
from grader.checks.style_answers import RegressionScores, StyleFacts
from grader.checks.styles import HasStyle, OwnWeights, SameCompile, SameFunction, SameLayers
from grader.checks.tables import Standardises
from grader.training import Training

__all__ = [
    "Accuracy",
    "Architecture",
    "CheatSheet",
    "Coefficients",
    "ConfusionMatrix",
    "CountsClasses",
    "Diagnoses",
    "Evaluates",
    "Experiments",
    "Figures",
    "FindsBorder",
    "Formulas",
    "HasStyle",
    "HeadAndLoss",
    "LeastSquares",
    "LinearNeuron",
    "Loads",
    "NearScikitLearn",
    "OneHot",
    "OneNeuron",
    "OwnWeights",
    "Predictions",
    "PredictsLabels",
    "Probabilities",
    "RSquared",
    "RegressionLoss",
    "RegressionScores",
    "SameCompile",
    "SameFunction",
    "SameLayers",
    "Scales",
    "Splits",
    "Standardises",
    "StyleFacts",
    "Training",
    "Trains",
    "TrainsEach",
    "YesOrNo",
]
