"""Rubrics with the grader's old import paths go on working, and their authors are told the new ones."""

import importlib
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from grader.authoring.scaffold import ExerciseKind, create_exercise
from grader.authoring.validation.validate import load_exercise
from grader.core.course import Course
from grader.core.i18n import Translator
from grader.protocol.plan import ArrayArg
from grader.rubric.loader import LoadedRubric, load_usable_rubric
from grader.rubric.old_imports import NEW_MODULES, NEW_NAMES

RUBRIC = """
from grader.checks import OneHot
from grader.data import no_data
from grader.rubric import Bilingual, Criterion, Rubric, Task
from mychecks import Standardises

T = Bilingual(en="x", de="y")
RUBRIC = Rubric(title=T, task=Task("functions"), data=no_data, criteria=(
    Criterion(id="a", points=60, title=T, lesson=T, check=OneHot("one_hot", 10)),
    Criterion(id="b", points=40, title=T, lesson=T, check=Standardises("standardise")),
))
"""
# The check of one's own in the guide for authors, before the modules moved.
OWN_CHECK = """
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.base import Array, Case, Check, Judgement, passed
from grader.checks.comparison import compare, unchanged
from grader.plan import Array as Given
from grader.plan import Call, Step
from grader.text import T


@dataclass(frozen=True)
class Standardises(Check):
    function: str

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        table = Given(name=f"{self.function}:table")
        return (Call(id=f"{self.function}@table", function=self.function, arguments=(table,)),)

    def arrays(self) -> Mapping[str, Array]:
        return {f"{self.function}:table": np.array([[1.0, 20.0], [3.0, 40.0], [5.0, 90.0]])}

    def judge(self, case: Case) -> Judgement:
        step = f"{self.function}@table"
        table = self.arrays()[f"{self.function}:table"]
        what = T("columns with mean 0 and standard deviation 1")
        problem = unchanged(case, step, self.function) or compare(
            self.function,
            case.array(step, self.function),
            (table - table.mean(axis=0)) / table.std(axis=0),
            what,
        )
        return problem or passed(T("Every column has the mean 0 and the standard deviation 1."))
"""

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def course(folder: Path, rubric: str = RUBRIC, own_check: str = OWN_CHECK) -> Course:
    exercise = folder / "exercises" / "one"
    exercise.mkdir(parents=True)
    (exercise / "rubric.py").write_text(rubric, encoding="utf-8")
    (exercise / "mychecks.py").write_text(own_check, encoding="utf-8")
    return Course(folder)


def notes(loaded: LoadedRubric) -> list[str]:
    return [Translator("en")(use.describe()) for use in loaded.old_imports]


def test_a_rubric_and_a_check_written_for_the_old_paths_work(tmp_path: Path) -> None:
    loaded = load_usable_rubric(course(tmp_path), "one")
    (step,) = loaded.rubric.criteria[1].check.steps((0,))
    assert step.arguments == (ArrayArg(name="standardise:table"),)  # type: ignore[union-attr]
    assert isinstance(loaded.rubric.criteria[1].check.arrays()["standardise:table"], np.ndarray)


def test_each_old_import_is_noted_with_its_file_its_line_and_the_new_import(tmp_path: Path) -> None:
    found = notes(load_usable_rubric(course(tmp_path), "one"))
    assert found[0] == (
        "rubric.py, line 2: `from grader.checks import OneHot` is an old name. It still works; please write "
        "`from grader.rubric.checks import OneHot` instead."
    )
    replacements = {note.split("`")[1]: note.split("`")[3] for note in found}
    assert replacements == {
        "from grader.checks import OneHot": "from grader.rubric.checks import OneHot",
        "from grader.data import no_data": "from grader.rubric.data import no_data",
        "from grader.checks.base import Array, Case, Check, Judgement, passed": (
            "from grader.rubric.checks.base import Array, Case, Check, Judgement, passed"
        ),
        "from grader.checks.comparison import compare, unchanged": (
            "from grader.rubric.checks.functions.comparison import compare, check_unchanged"
        ),
        "from grader.plan import Array": "from grader.protocol.plan import ArrayArg",
        "from grader.plan import Call, Step": "from grader.protocol.plan import Call, Step",
        "from grader.text import T": "from grader.core.i18n import _",
    }
    assert [note for note in found if note.startswith("mychecks.py, line 8: ") and "unchanged" in note]
    assert len(found) == len(replacements)


def test_new_imports_are_not_noted(tmp_path: Path) -> None:
    new = RUBRIC.replace("grader.checks", "grader.rubric.checks").replace("grader.data", "grader.rubric.data")
    check = "from grader.rubric.checks import OneHot\n\n\ndef Standardises(name):\n    return OneHot(name, 3)\n"
    assert not load_usable_rubric(course(tmp_path, new, check), "one").old_imports


def test_python_is_told_by_a_deprecation_warning_at_the_authors_line(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load_usable_rubric(course(tmp_path), "one")
    first = caught[0]
    assert issubclass(first.category, DeprecationWarning)
    assert (Path(first.filename).name, first.lineno) == ("rubric.py", 2)
    assert str(first.message) == "from grader.checks import OneHot is now from grader.rubric.checks import OneHot"


def test_old_modules_cannot_be_imported_once_the_rubric_is_read(tmp_path: Path) -> None:
    finders = list(sys.meta_path)
    load_usable_rubric(course(tmp_path), "one")
    assert sys.meta_path == finders
    assert not [name for name in sys.modules if name in NEW_MODULES]
    assert not hasattr(importlib.import_module("grader"), "checks")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("grader.checks")


@pytest.mark.parametrize(
    "line",
    [
        "import grader.checks.base as base; base.Check",
        "import grader.checks.base; grader.checks.base.Check",
        "from grader.checks import networks; networks.certified",
        "from grader.checks import *; Trains",
        "from grader import checks; checks.OneHot",
    ],
)
def test_every_form_of_an_import_works(tmp_path: Path, line: str) -> None:
    assert load_usable_rubric(course(tmp_path, RUBRIC + line), "one").old_imports


def test_a_name_that_never_was_is_an_import_error(tmp_path: Path) -> None:
    made = course(tmp_path, RUBRIC + "from grader.checks import Nothing")
    with pytest.raises(Exception, match=r"cannot import name 'Nothing' from 'grader\.checks'"):
        load_usable_rubric(made, "one")


def test_validate_shows_the_notes_and_has_no_complaint(tmp_path: Path) -> None:
    made = create_exercise(Course(tmp_path), "flowers", ExerciseKind.FUNCTIONS)
    file = made.course.rubric_file("flowers")
    file.write_text(file.read_text("utf-8").replace("grader.rubric.checks", "grader.checks"), encoding="utf-8")
    exercise = load_exercise(made.course, "flowers")
    assert "please write `from grader.rubric.checks import " in Translator("en")(exercise.notes[0])
    assert not exercise.complaints


# All public names of the modules that authors could import from.
OLD_NAMES = {
    "grader.case": """
        Array Case Judgement Replayed Seen UnmetError failed first_difference flat is_numeric name_of
        not_graded numbers partial passed
    """,
    "grader.checks": """
        Accuracy Architecture CheatSheet Coefficients ConfusionMatrix CountsClasses Diagnoses Evaluates
        Experiments Figures FindsBorder Formulas HasStyle HeadAndLoss LeastSquares LinearNeuron Loads
        NearScikitLearn OneHot OneNeuron OwnWeights Predictions PredictsLabels Probabilities RSquared
        RegressionLoss RegressionScores SameCompile SameFunction SameLayers Scales Splits Standardises
        StyleFacts Training Trains TrainsEach YesOrNo
    """,
    "grader.checks.base": """
        ABC Array Case Check ClassVar Judgement Mapping Replay Replayed Seen Sequence Step Training
        UnmetError abstractmethod failed first_difference flat is_numeric name_of not_graded numbers partial
        passed
    """,
    "grader.checks.binary": "OneNeuron YesOrNo takes_rows units_of",
    "grader.checks.borders": "BORDER_ERROR FindsBorder",
    "grader.checks.cheat_sheet": "CheatSheet FORMS UNDERSTOOD",
    "grader.checks.comparison": "OnBatches compare unchanged",
    "grader.checks.decisions": "PredictsLabels",
    "grader.checks.evaluation": "Evaluates ROUNDED",
    "grader.checks.experiments": "Experiments",
    "grader.checks.features": "Loads Scales",
    "grader.checks.figures": "Drawn Figures",
    "grader.checks.formula": """
        BY_HAND Formula MOST_SHOWN Mistake Reader Trial as_array close integers lists shown
    """,
    "grader.checks.formula_crossentropy": """
        CROSSENTROPY_FORMULAS EPSILON LEAST_CLIPPED MOST_CLIPPED binary_crossentropy
        categorical_crossentropy sparse_categorical_crossentropy
    """,
    "grader.checks.formula_labels": """
        LABEL_FORMULAS NAMES confusion_counts read_counts threshold_without_false_positives
    """,
    "grader.checks.formula_rates": "GENERAL NAMES PARAMETERS RATE_FORMULAS RIGHT Rate SPAM trials",
    "grader.checks.formula_regression": "REGRESSION_FORMULAS mean_absolute_error mean_squared_error r2",
    "grader.checks.formula_softmax": "SOFTMAX_FORMULAS softmax",
    "grader.checks.formulas": "FORMULAS Formulas ON_EDGES",
    "grader.checks.histories": "Diagnoses HISTORIES",
    "grader.checks.labels": "ConfusionMatrix CountsClasses OneHot",
    "grader.checks.likelihoods": "as_columns borders crossings likelihoods reads_logits sigmoid",
    "grader.checks.lines": "Coefficients LeastSquares LinearNeuron Predictions ROUNDING line_of",
    "grader.checks.nearness": "NearScikitLearn",
    "grader.checks.networks": """
        Architecture HeadAndLoss MOST_SEEN NetworkCheck SEEN Trains certified compiled_at loss_of
        not_compiled
    """,
    "grader.checks.outcomes": "describe_exception explain function_of raised stopped unit_words wrong_kind",
    "grader.checks.regression": """
        REGRESSION_LOSSES RSquared RegressionLoss compiled_with least_squares loss_problem metric_problem
        r_squared_of
    """,
    "grader.checks.scores": "Accuracy Probabilities Scored",
    "grader.checks.several": """
        AfterTraining EachNetwork MAX_MESSAGES TrainsEach is_finite label of_network together
    """,
    "grader.checks.sheet_answers": """
        ANSWERS Answer COLUMN_NAMES ROW_NAMES TWO_OUTPUTS TWO_OUTPUTS_SPARSE Wrong verdict_on
    """,
    "grader.checks.sheet_reading": "Reading read",
    "grader.checks.sheet_table": """
        Arrays Cell EMPTY Grid Sheet cell_of is_nothing sheet_of sheet_of_grid sheet_of_markdown tables_of
    """,
    "grader.checks.sheet_words": """
        ACTIVATIONS BY_LETTERS COLUMNS LABELS LOSSES METRICS ROWS Spellings UNITS WORDS column_of letters
        plain row_of spelled
    """,
    "grader.checks.splits": "Splits",
    "grader.checks.style_answers": "CLOSE ROUNDING RegressionScores StyleFacts styles_of",
    "grader.checks.styles": """
        CLOSE ComparesNetworks HasStyle OwnWeights ROWS ROWS_SEED SameCompile SameFunction SameLayers
    """,
    "grader.checks.tables": "CLOSE Parts Standardises",
    "grader.data": """
        Array Classes Csv Data NOISE Numbers SPLIT_SEED dealt dealt_by_class digits friedman linear_probe
        lines no_data noisy perturbed tumours wines
    """,
    "grader.plan": """
        Argument Array Call Curves Describe Limits Listed Literal Plan Read Replay Result Setup Step Trusted
        needs uses value_of
    """,
    "grader.tables": """
        Array Classes Csv Data Numbers Parts SPLIT_SEED TableError dealt dealt_by_class linear_probe noisy
        standardise
    """,
    "grader.task": "Task",
    "grader.text": "Bilingual Filling LANGUAGES LOCALE_FOLDER T Text ToldError Translator Words",
    "grader.training": "Training",
}


def test_every_public_name_of_the_old_modules_is_found_today() -> None:
    missing = []
    for module, names in OLD_NAMES.items():
        for name in names.split():
            new_module, _, new_name = NEW_NAMES.get(
                f"{module}.{name}", f"{NEW_MODULES[module]}.{name}"
            ).rpartition(".")
            if not hasattr(importlib.import_module(new_module), new_name):
                missing.append(f"{module}.{name}: no {new_name} in {new_module}")
    assert not missing
    assert set(OLD_NAMES) == set(NEW_MODULES)
