"""All checks that a rubric can use.

Each is imported when it is asked for: a rubric needs few of them, and all together take as long as NumPy.
"""

import ast
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from grader.core.syntax_trees import parse_python

# Python does not carry these out: they tell type checkers, and `_find_modules`, where each name comes from.
if TYPE_CHECKING:
    from grader.protocol.training import Output, Training
    from grader.rubric.checks.by_hand import ByHand
    from grader.rubric.checks.calibration.calibrates import Calibrates
    from grader.rubric.checks.calibration.reliability_plot import PlotsReliability
    from grader.rubric.checks.cheat_sheet.check import CheatSheet
    from grader.rubric.checks.formulas.checks import Formulas
    from grader.rubric.checks.functions.evaluation import Evaluates
    from grader.rubric.checks.functions.experiments import Experiments
    from grader.rubric.checks.functions.features import Loads, Scales
    from grader.rubric.checks.functions.figures import Figures, PlotsHistory
    from grader.rubric.checks.functions.histories import Diagnoses
    from grader.rubric.checks.functions.labels import ConfusionMatrix, CountsClasses, OneHot
    from grader.rubric.checks.functions.preparation import Prepares
    from grader.rubric.checks.functions.residuals import ResidualPlot
    from grader.rubric.checks.functions.sampling import Oversamples, Undersamples
    from grader.rubric.checks.functions.splits import Splits
    from grader.rubric.checks.functions.standardisation import Standardises
    from grader.rubric.checks.functions.thresholds import PredictsLabels
    from grader.rubric.checks.inputs.together import NamedInputs, UsesInputs
    from grader.rubric.checks.layers.layer_by_layer import LayerByLayer
    from grader.rubric.checks.layers.makes_layer import MakesLayer
    from grader.rubric.checks.layers.properties import (
        ConstantWeights,
        Frozen,
        HeNormal,
        NoBias,
        NonNegative,
        Penalised,
    )
    from grader.rubric.checks.layers.saving import SavesAndLoads
    from grader.rubric.checks.layers.weight_pictures import WeightPictures
    from grader.rubric.checks.networks.accuracy import Accuracy, Probabilities
    from grader.rubric.checks.networks.base_network import CountsTrainable, FreezesBase, UsesBase
    from grader.rubric.checks.networks.binary import OneNeuron, YesOrNo
    from grader.rubric.checks.networks.chain import Chain
    from grader.rubric.checks.networks.decision_boundary import FindsBorder
    from grader.rubric.checks.networks.dropout import DropsInTraining
    from grader.rubric.checks.networks.linear import LeastSquares, LinearNeuron
    from grader.rubric.checks.networks.linear_answers import Coefficients, Predictions
    from grader.rubric.checks.networks.linear_output import LinearOutput
    from grader.rubric.checks.networks.output_and_loss import HeadAndLoss
    from grader.rubric.checks.networks.rare_class import FindsRareClass
    from grader.rubric.checks.networks.regression import RegressionLoss, RSquared
    from grader.rubric.checks.networks.same_function import SameFunction
    from grader.rubric.checks.networks.same_network import OwnWeights, SameCompile, SameLayers
    from grader.rubric.checks.networks.several import TrainsEach
    from grader.rubric.checks.networks.single import Architecture, Trains
    from grader.rubric.checks.networks.sklearn_agreement import NearScikitLearn
    from grader.rubric.checks.networks.style_answers import RegressionScores, StyleFacts
    from grader.rubric.checks.networks.styles import HasStyle
    from grader.rubric.checks.outputs.balance import BalancedLosses
    from grader.rubric.checks.outputs.scores import ScoresOutputs
    from grader.rubric.checks.outputs.single_output import EachOutput, ForOutput
    from grader.rubric.checks.outputs.together import NamedOutputs
    from grader.rubric.checks.outputs.trunk import SharedTrunk
    from grader.rubric.checks.pictures.describe import DescribesPictures
    from grader.rubric.checks.pictures.mistakes import ErrorGallery, HardestRows
    from grader.rubric.checks.pictures.parameter_count import ParameterCount

__all__ = [
    "Accuracy",
    "Architecture",
    "BalancedLosses",
    "ByHand",
    "Calibrates",
    "Chain",
    "CheatSheet",
    "Coefficients",
    "ConfusionMatrix",
    "ConstantWeights",
    "CountsClasses",
    "CountsTrainable",
    "DescribesPictures",
    "Diagnoses",
    "DropsInTraining",
    "EachOutput",
    "ErrorGallery",
    "Evaluates",
    "Experiments",
    "Figures",
    "FindsBorder",
    "FindsRareClass",
    "ForOutput",
    "Formulas",
    "FreezesBase",
    "Frozen",
    "HardestRows",
    "HasStyle",
    "HeNormal",
    "HeadAndLoss",
    "LayerByLayer",
    "LeastSquares",
    "LinearNeuron",
    "LinearOutput",
    "Loads",
    "MakesLayer",
    "NamedInputs",
    "NamedOutputs",
    "NearScikitLearn",
    "NoBias",
    "NonNegative",
    "OneHot",
    "OneNeuron",
    "Output",
    "Oversamples",
    "OwnWeights",
    "ParameterCount",
    "Penalised",
    "PlotsHistory",
    "PlotsReliability",
    "Predictions",
    "PredictsLabels",
    "Prepares",
    "Probabilities",
    "RSquared",
    "RegressionLoss",
    "RegressionScores",
    "ResidualPlot",
    "SameCompile",
    "SameFunction",
    "SameLayers",
    "SavesAndLoads",
    "Scales",
    "ScoresOutputs",
    "SharedTrunk",
    "Splits",
    "Standardises",
    "StyleFacts",
    "Training",
    "Trains",
    "TrainsEach",
    "Undersamples",
    "UsesBase",
    "UsesInputs",
    "WeightPictures",
    "YesOrNo",
]


def _find_modules() -> dict[str, str]:
    """Return the module of each name that is imported above."""
    nodes = ast.walk(parse_python(Path(__file__).read_bytes()))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}


_MODULES = _find_modules()


def __getattr__(name: str) -> object:
    """Import the check of a name. Raises `AttributeError` where there is none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    check = globals()[name] = getattr(importlib.import_module(_MODULES[name]), name)
    return check


def __dir__() -> list[str]:
    """Return the names of all checks."""
    return list(__all__)
