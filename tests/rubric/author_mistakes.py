"""The mistakes of authors: what each changes in an exercise that is right, and what has to be said of it.

They are written as a new author would make them. `test_author_mistakes.py` tries each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

RUBRIC = """
import numpy as np
from sklearn.datasets import load_iris, load_wine
from grader.rubric import Bilingual, Criterion, Limits, Rubric, Task
from grader.rubric import checks
from grader.rubric.checks import (
    Accuracy, Architecture, CountsClasses, Evaluates, HeadAndLoss, OneHot, Splits, Standardises, Training, Trains
)
from grader.rubric.data import Classes, Csv, Data, Numbers, digits, lines, no_data, tumours, wines

TRAINING = Training()
TITLE = Bilingual(en="A title", de="Ein Titel")
INSIDE = ("x_train", "y_train", "x_val", "y_val")
OUTSIDE = {"x_test": np.zeros((3, 13)), "y_test": np.zeros(3, int)}

RUBRIC = Rubric(
    title=TITLE,
    task=Task(kind="classification", classes=3, labels="integers", parameters=20_000),
    data=wines,
    criteria=(
        Criterion(
            id="one_hot",
            points=20,
            title=Bilingual(en="Labels", de="Labels"),
            lesson=TITLE,
            check=OneHot("one_hot", classes=3),
        ),
        Criterion(
            id="split",
            points=20,
            title=TITLE,
            lesson=TITLE,
            check=Splits("split", share=0.25, features=13),
        ),
        Criterion(
            id="architecture",
            points=20,
            title=TITLE,
            lesson=TITLE,
            check=Architecture(TRAINING, inputs=13, hidden=0, outputs=3),
        ),
        Criterion(
            id="training",
            points=20,
            title=TITLE,
            lesson=TITLE,
            check=Trains(TRAINING),
            depends_on=("architecture",),
        ),
        Criterion(
            id="accuracy",
            points=20,
            bonus=2,
            title=TITLE,
            lesson=TITLE,
            check=Accuracy(TRAINING, full=0.93, half=0.85, bonus=0.97, noise=0.01),
            depends_on=("architecture",),
        ),
    ),
    seeds=(0, 1, 2),
    limits=Limits(wall_seconds=300.0),
)
"""

STUB = """
import numpy as np

STYLE_FACTS = {}


def one_hot(y):
    raise NotImplementedError


def split(x, y, seed):
    raise NotImplementedError


def build_model():
    raise NotImplementedError


def train(model, x_train, y_train, x_val, y_val):
    raise NotImplementedError


def evaluate(model, x, y):
    raise NotImplementedError
"""


@dataclass(frozen=True)
class Mistake:
    """A change of the exercise that is right, `old` to `new`, and what has to be said of it.

    `line`: what the line holds that has to be named, where that is not the first line of `new`; "" where none is.
    """

    old: str
    new: str
    sentence: str
    line: str | None = None

    def change(self) -> str:
        """Return the rubric with the mistake."""
        if RUBRIC.count(self.old) != 1:
            raise ValueError(f"stands {RUBRIC.count(self.old)} times in the rubric: {self.old}")
        return RUBRIC.replace(self.old, self.new)

    def find_line(self) -> int | None:
        """Return the number of the line that has to be named."""
        text = self.new if self.line is None else self.line
        if not text:
            return None
        changed = self.change()
        return changed[: changed.index(text) + len(text) - len(text.lstrip("\n"))].count("\n") + 1


ACCURACY = "full=0.93, half=0.85, bonus=0.97, noise=0.01"
ARCHITECTURE = "check=Architecture(TRAINING, inputs=13, hidden=0, outputs=3)"
ONE_HOT = 'check=OneHot("one_hot", classes=3)'
SPLIT = 'check=Splits("split", share=0.25, features=13)'
TASK = 'kind="classification", classes=3, labels="integers", parameters=20_000'
TRAINS = "check=Trains(TRAINING)"
ACCURACY_TEXT = f"Accuracy(TRAINING, {ACCURACY})"
DATA = "    data=wines,"
SEEDS = "seeds=(0, 1, 2)"
LIMITS = "wall_seconds=300.0"
FIRST = 'id="one_hot",\n            points=20'
LABELS = 'title=Bilingual(en="Labels", de="Labels")'
TWO_INPUTS = 'TRAINING = Training(inputs=("a", "b"))'
# Data with two inputs in place of those of the exercise, `{}` for what is wrong with them.
TWO_INPUTS_DATA = f"""{TWO_INPUTS}
NAMES = [f"x_{{{{part}}}}_{{{{name}}}}" for part in ("train", "val", "test") for name in "ab"]
TWO = {{{{name: np.arange(6.0).reshape(6, 1) for name in NAMES}}}}
TWO |= {{{{"y_train": np.arange(6) % 3, "y_val": np.arange(6) % 3}}}}
HELD_OUT = ["x_test_a", "x_test_b"]
{{}}
def wines():
    outside = {{{{name: TWO.pop(name) for name in HELD_OUT if name in TWO}}}}
    return Data(TWO, {{{{**outside, "y_test": np.arange(6) % 3}}}})
"""


def wrong_inputs(change: str, sentence: str, *, line: str = DATA) -> "Mistake":
    """Return the mistake of data with two inputs, `change` made to the arrays `TWO`."""
    return Mistake("TRAINING = Training()", TWO_INPUTS_DATA.format(change), sentence, line)


def check(text: str, sentence: str, *, line: str | None = None) -> Mistake:
    """Return the mistake of a check that stands in place of the one of the labels."""
    return Mistake(ONE_HOT, f"check={text}", sentence, line)


MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {
        # The task.
        "a kind that is misspelt": Mistake(
            'kind="classification"', 'kind="clasification"', "did you mean 'classification'?"
        ),
        "labels that do not exist": Mistake('labels="integers"', 'labels="onehot"', "did you mean 'one_hot'?"),
        "labels of another kind": Mistake('labels="integers"', 'labels="numbers"', "labels are numbers"),
        "no classes": Mistake("classes=3, labels", "labels", "classes is 0; at least 2 expected"),
        "a single class": Mistake("classes=3, labels", "classes=1, labels", "classes is 1; at least 2 expected"),
        "classes of a regression": Mistake(TASK, 'kind="regression", classes=3', "no classes"),
        "labels of a regression": Mistake(TASK, 'kind="regression", labels="one_hot"', "labels='numbers'"),
        "networks where there is none": Mistake(TASK, 'kind="functions"', "trains a network", "Architecture(TR"),
        "fewer parameters than none": Mistake("parameters=20_000", "parameters=-1", "0 or more expected"),
        "parameters as text": Mistake("parameters=20_000", 'parameters="20000"', "a whole number expected"),
        # The thresholds.
        "full below half": Mistake(ACCURACY, "full=0.80, half=0.90", "half is 0.9; at most full=0.8 expected"),
        "per cent for a share": Mistake(ACCURACY, "full=93, half=0.85", "write full=0.93"),
        "per cent for half": Mistake(ACCURACY, "full=0.93, half=85", "write half=0.85"),
        "a threshold below none": Mistake(ACCURACY, "full=0.9, half=-0.1", "half is -0.1"),
        "a threshold that is no number": Mistake(ACCURACY, 'full=float("nan"), half=0.85', "full is nan"),
        "a threshold as text": Mistake(ACCURACY, 'full="0.93", half=0.85', "full is '0.93'; a number expected"),
        "a bonus below full": Mistake(ACCURACY, "full=0.93, half=0.85, bonus=0.9", "at least full=0.93"),
        "a bonus that nobody gets": Mistake(ACCURACY, "full=0.93, half=0.85", "bonus", "bonus=2"),
        "a bonus for labels": Mistake(FIRST, FIRST + ",\n            bonus=5", "bonus", "bonus=5"),
        "less noise than none": Mistake("noise=0.01", "noise=-0.01", "noise is -0.01"),
        "noise in per cent": Mistake("noise=0.01", "noise=2", "write noise=0.02"),
        "a share in per cent": Mistake("share=0.25", "share=25", "write share=0.25"),
        "a share of nothing": Mistake("share=0.25", "share=0", "share is 0; more than 0 and less than 1"),
        "a share of everything": Mistake("share=0.25", "share=1.0", "share is 1.0; more than 0 and less than 1"),
        "a tolerance below none": Mistake("share=0.25", "share=0.25, tolerance=-1", "tolerance is -1"),
        "a tolerance above the share": Mistake("share=0.25", "share=0.25, tolerance=0.4", "less than share=0.25"),
        # The criteria.
        "depends_on is a text": Mistake(
            'Trains(TRAINING),\n            depends_on=("architecture",)',
            'Trains(TRAINING),\n            depends_on="architecture"',
            'write depends_on=("architecture",)',
            'depends_on="arch',
        ),
        "depends_on without its comma": Mistake(
            'Trains(TRAINING),\n            depends_on=("architecture",)',
            'Trains(TRAINING),\n            depends_on=("architecture")',
            'write depends_on=("architecture",)',
            'depends_on=("architecture")',
        ),
        "depends_on what is not there": Mistake(
            'Trains(TRAINING),\n            depends_on=("architecture",)',
            'Trains(TRAINING),\n            depends_on=("architectur",)',
            "did you mean architecture?",
            'depends_on=("architectur",)',
        ),
        "depends_on what comes later": Mistake(
            ARCHITECTURE,
            f'{ARCHITECTURE},\n            depends_on=("accuracy",)',
            "depends on criteria that do not come before it",
            'on=("accuracy"',
        ),
        "depends_on itself": Mistake(
            ARCHITECTURE,
            f'{ARCHITECTURE},\n            depends_on=("architecture",)',
            "do not come before it: architecture",
            'on=("arch',
        ),
        "depends_on in a circle": Mistake(
            ONE_HOT,
            f'{ONE_HOT},\n            depends_on=("training",)',
            "depends on criteria that do not come before it",
            'on=("training"',
        ),
        "one name twice": Mistake(
            'id="split"',
            'id="one_hot"',
            "criteria named twice: one_hot",
            'id="one_hot",\n            points=20,\n            title=TITLE',
        ),
        "a name with spaces": Mistake('id="split"', 'id="the split"', "'the split'"),
        "no name": Mistake('id="split"', 'id=""', "id is ''"),
        "no criteria": Mistake(
            "    criteria=(\n", "    criteria=(),\n)\nREST = dict(rest=(\n", "without criteria", "criteria=(),"
        ),
        "no points": Mistake(FIRST, 'id="one_hot",\n            points=0', "more than 0 expected", "points=0"),
        "negative points": Mistake(
            FIRST, 'id="one_hot",\n            points=-20', "worth -20 points", "points=-20"
        ),
        "points that are no number": Mistake(
            FIRST, 'id="one_hot",\n            points=float("nan")', "worth nan points", "points=float"
        ),
        "endless points": Mistake(
            FIRST, 'id="one_hot",\n            points=float("inf")', "worth inf points", "points=float"
        ),
        "points as text": Mistake(
            FIRST, 'id="one_hot",\n            points="20"', "a number expected", 'points="20"'
        ),
        "points with a decimal comma": Mistake(
            FIRST, 'id="one_hot",\n            points=(2, 5)', "a number expected", "points=(2, 5)"
        ),
        "another sum": Mistake(
            FIRST, 'id="one_hot",\n            points=30', "add up to 110; total=100", "RUBRIC = Rubric("
        ),
        "another total": Mistake(SEEDS, f"{SEEDS}, total=90", "add up to 100; total=90"),
        "a bonus below none": Mistake("bonus=2,", "bonus=-2,", "bonus is -2"),
        "no German": Mistake(LABELS, 'title=Bilingual(en="Labels")', "de is missing"),
        "empty German": Mistake(
            LABELS, 'title=Bilingual(en="Labels", de="  ")', "title lacks a text in English or German"
        ),
        "no English": Mistake(
            LABELS, 'title=Bilingual(en="", de="Labels")', "title lacks a text in English or German"
        ),
        "one language": Mistake(LABELS, 'title="Labels"', "write Bilingual(en=..., de=...)"),
        "a language of its own": Mistake(LABELS, 'title=Bilingual(en="Labels", fr="Labels")', "no parameter fr"),
        "languages by position": Mistake(LABELS, 'title=Bilingual("Labels", "Labels")', "en=..."),
        "no lesson": Mistake(
            f"{LABELS},\n            lesson=TITLE,",
            f"{LABELS},",
            "lesson is missing",
            'Criterion(\n            id="one_hot"',
        ),
        "a check that is not called": check("OneHot", "write OneHot(...)"),
        "no check": check("None", "check is None"),
        "a training for a check": check("TRAINING", "check is a Training"),
        "a text for a check": check('"one_hot"', "check is 'one_hot'"),
        "the module of checks": check("checks", "check is a module"),
        "a training that is not called": Mistake(TRAINS, "check=Trains(Training)", "write Training(...)"),
        "a text for a training": Mistake(
            TRAINS, 'check=Trains("train")', "training is 'train'; a Training expected"
        ),
        "two things for one": Mistake(
            TRAINS, "check=Trains((TRAINING,))", "training is a tuple; a Training expected"
        ),
        "a keyword that is misspelt": check('OneHot("one_hot", clases=3)', "did you mean classes?"),
        "a keyword of Criterion that is misspelt": Mistake(
            FIRST, 'id="one_hot",\n            point=20', "did you mean points?", "point=20"
        ),
        "a keyword of Rubric that is misspelt": Mistake(SEEDS, "seed=(0, 1, 2)", "did you mean seeds?"),
        "a keyword of Limits that is misspelt": Mistake(LIMITS, "wall_second=300.0", "did you mean wall_seconds?"),
        "too many arguments": check('OneHot("one_hot", 3, 4)', "takes 2"),
        "an argument that is missing": check('OneHot("one_hot")', "classes is missing"),
        "an argument twice": check('OneHot("one_hot", function="one_hot", classes=3)', "function"),
        "a check that does not exist": check('checks.OneHott("one_hot", classes=3)', "did you mean OneHot?"),
        "a name that is not imported": check('Loads("load")', "from grader.rubric.checks import Loads"),
        "a name that is misspelt": check('OneHott("one_hot", classes=3)', "did you mean OneHot?"),
        "a function without quotes": check("OneHot(one_hot, classes=3)", 'write "one_hot"'),
        "a criterion that is no tuple": Mistake(
            "    criteria=(\n",
            f"    criteria=(Criterion('a', 100, TITLE, TITLE, {ONE_HOT})),\n)\nREST = dict(rest=(\n",
            "criteria",
            "criteria=(Criterion('a'",
        ),
        "no comma between criteria": Mistake(
            f"{SPLIT},\n        ),", f"{SPLIT},\n        )", "comma", 'Criterion(\n            id="split"'
        ),
        "a keyword twice": Mistake(SEEDS, 'seeds=(0, 1, 2), title="A title"', "keyword argument repeated: title"),
        # The networks.
        "one training in two ways": Mistake(
            TRAINS, 'check=Trains(Training(encode="one_hot"))', "encode", 'Training(encode="one_hot")'
        ),
        "another time limit": Mistake(
            TRAINS, "check=Trains(Training(limit_seconds=60.0))", "limit_seconds", "Training(limit_seconds"
        ),
        "another number of classes": Mistake("classes=3, labels", "classes=10, labels", "3 classes"),
        "another number of inputs": Mistake(ARCHITECTURE, ARCHITECTURE.replace("13", "64"), "13 features"),
        "another number of outputs": Mistake(
            ARCHITECTURE, ARCHITECTURE.replace("outputs=3", "outputs=10"), "3 classes"
        ),
        "one output too few": Mistake(
            ARCHITECTURE, ARCHITECTURE.replace("outputs=3", "outputs=0"), "outputs is 0"
        ),
        "hidden layers below none": Mistake(
            ARCHITECTURE, ARCHITECTURE.replace("hidden=0", "hidden=-1"), "hidden is -1"
        ),
        "inputs that are a shape": Mistake(
            ARCHITECTURE, ARCHITECTURE.replace("inputs=13", "inputs=(13,)"), "a whole number expected"
        ),
        "inputs that are no whole number": Mistake(
            ARCHITECTURE, ARCHITECTURE.replace("inputs=13", "inputs=13.5"), "a whole number expected"
        ),
        "classes of a check": check('OneHot("one_hot", classes=10)', "3 classes"),
        "one class of a check": check('OneHot("one_hot", classes=1)', "at least 2 expected"),
        "features of a check": Mistake(SPLIT, 'check=Splits("split", share=0.25)', "13 features"),
        "features of a row that is none": Mistake("features=13", "features=0", "features is 0"),
        "a single one of several inputs": Mistake(
            "TRAINING = Training()", 'TRAINING = Training(inputs=("a",))', "leave it out for a single one"
        ),
        "an input twice": Mistake("TRAINING = Training()", 'TRAINING = Training(inputs=("a", "a"))', "a twice"),
        "an input that is no name": Mistake(
            "TRAINING = Training()", 'TRAINING = Training(inputs=("a", "b c"))', "'b c', which is no name"
        ),
        "too many inputs": Mistake(
            "TRAINING = Training()", "TRAINING = Training(inputs=tuple('abcdefg'))", "names 7; at most 6"
        ),
        "inputs beside a base": Mistake(
            "TRAINING = Training()", 'TRAINING = Training(inputs=("a", "b"), base=True)', "base is for"
        ),
        "inputs that the data do not have": Mistake("TRAINING = Training()", TWO_INPUTS, "no rows x_train_a"),
        "an input that is misspelt": wrong_inputs(
            'TWO["x_train_weight"] = TWO.pop("x_train_b"); TRAINING = Training(inputs=("a", "weigth"))',
            "did you mean weight?",
            line='TRAINING = Training(inputs=("a", "weigth',
        ),
        "an input without held-out rows": wrong_inputs(
            'TWO["x"] = TWO.pop("x_test_b")', "no rows x_test_b", line=TWO_INPUTS
        ),
        "an input whose held-out rows are handed out": wrong_inputs(
            'HELD_OUT = ["x_test_a"]', "x_test_b have to be in outside", line=TWO_INPUTS
        ),
        "all inputs in one array besides": wrong_inputs(
            'TWO["x_train"] = np.ones((6, 2))', "beside the inputs a, b"
        ),
        "inputs with different numbers of rows": wrong_inputs(
            'TWO["x_val_b"] = np.ones((5, 1))', "x_val_a 6, x_val_b 5"
        ),
        "an input of another shape": wrong_inputs('TWO["x_val_b"] = np.ones((6, 2))', "of the input b"),
        "an input with nothing in it": wrong_inputs('TWO["x_test_b"] = np.ones((6, 1))', "the same in all rows"),
        "an input of texts": wrong_inputs('TWO["x_val_b"] = np.array(["x"] * 6)', "no finite number"),
        "an input of long numbers": wrong_inputs(
            'TWO |= {n: np.full((6, 1), 1 << 30) + np.arange(6)[:, None] for n in TWO if n.endswith("_b")}',
            "above 16777216",
        ),
        "rows with another prefix": Mistake(
            "TRAINING = Training()", 'TRAINING = Training(rows="wine_")', "wine_x_train"
        ),
        "a prefix without its line": Mistake(
            "TRAINING = Training()", 'TRAINING = Training(rows="x_")', "x_x_train"
        ),
        "arguments that are no tuple": Mistake(
            "TRAINING = Training()", "TRAINING = Training(arguments=(13))", "write arguments=(13,)"
        ),
        "a limit below none": Mistake(
            "TRAINING = Training()", "TRAINING = Training(limit_seconds=-1)", "limit_seconds is -1"
        ),
        "labels that nobody encodes": Mistake(
            'labels="integers"', 'labels="one_hot"', "encode", 'labels="one_hot"'
        ),
        "labels that are encoded": Mistake(
            "TRAINING = Training()",
            'TRAINING = Training(encode="one_hot")',
            "write labels='one_hot'",
            "task=Task(",
        ),
        "a check for yes or no": check("checks.YesOrNo(TRAINING)", "2 classes"),
        "a check for numbers": check("checks.RegressionLoss((TRAINING,))", "regression"),
        "a network that is no tuple": check("checks.TrainsEach(TRAINING)", "write networks=(Training(...),)"),
        "no networks": check("checks.TrainsEach(())", "networks is empty"),
        "one network to compare": check("checks.OwnWeights((TRAINING,))", "two networks"),
        "a network compared with itself": check("checks.OwnWeights((TRAINING, TRAINING))", "twice"),
        "a style that is misspelt": check('checks.HasStyle(TRAINING, "functionl")', "did you mean 'functional'?"),
        "a style of a fact": check(
            'checks.StyleFacts("STYLE_FACTS", {"branches": ("functionl",)})', "did you mean 'functional'?"
        ),
        "a fact without its comma": check(
            'checks.StyleFacts("STYLE_FACTS", {"branches": ("functional")})', 'write ("functional",)'
        ),
        "no facts": check('checks.StyleFacts("STYLE_FACTS", {})', "truth is empty"),
        "R² of nothing": check("checks.RSquared((TRAINING,))", "at_least"),
        "R² in two ways": check("checks.RSquared((TRAINING,), at_least=0.8, near_least_squares=0.02)", "at_least"),
        "R² in per cent": check("checks.RSquared((TRAINING,), at_least=80)", "write at_least=0.8"),
        "R² far below": check(
            "checks.RSquared((TRAINING,), near_least_squares=-0.1)", "near_least_squares is -0.1"
        ),
        "coefficients in per cent": check("checks.LeastSquares((TRAINING,), within=5)", "write within=0.05"),
        "a column that is misspelt": check('checks.CheatSheet("losses")', "did you mean 'loss'?"),
        "a formula that is misspelt": check('checks.Formulas(("sensitivty",))', "did you mean 'sensitivity'?"),
        "a formula without its comma": check('checks.Formulas(("f1"))', 'write functions=("f1",)'),
        "no formulas": check("checks.Formulas(())", "a check of no formulas checks nothing"),
        "a formula twice": check('checks.Formulas(("f1", "f1"))', "twice"),
        "the largest value": check('checks.Scales("split", largest=0, features=13)', "largest is 0"),
        "a picture of one side": check('checks.Figures("one_hot", "split", "train", picture=(8,))', "picture"),
        "a picture of no height": check('checks.Figures("one_hot", "split", "train", picture=(0, 8))', "picture"),
        "one feature to standardise": check('Standardises("split", features=1)', "features is 1"),
        "what is learned in per cent": check(
            'checks.Experiments("one_hot", "split", learned=30)', "write learned=0.3"
        ),
        "one function for two": check('checks.Experiments("one_hot", "one_hot")', "losses"),
        # The contract of the stub.
        "a function that is not in the stub": check('OneHot("onehot", classes=3)', "did you mean one_hot?"),
        "a function that is misspelt in the training": Mistake(
            "TRAINING = Training()", 'TRAINING = Training(build="build_modell")', "did you mean build_model?"
        ),
        "an argument that is a call": check('OneHot("one_hot()", classes=3)', "'one_hot()'"),
        "a file for a function": check('OneHot("submission.one_hot", classes=3)', "'submission.one_hot'"),
        "a value that is not in the stub": check('checks.CheatSheet("loss")', "CHEAT_SHEET"),
        "other arguments than the stub has": Mistake(
            "TRAINING = Training()", "TRAINING = Training(arguments=(13,))", "build_model()"
        ),
        "no validation rows": Mistake(
            "TRAINING = Training()",
            "TRAINING = Training(validation=False)",
            "calls train(model, x_train, y_train)",
        ),
        # The data.
        "data that are called": Mistake(DATA, "    data=wines(),", "without ()"),
        "data as text": Mistake(DATA, '    data="wines",', "write data=wines"),
        "data that do not exist": Mistake(DATA, "    data=wine,", "did you mean wines?"),
        "data of numbers": Mistake(DATA, "    data=lines,", "x_train"),
        "no data": Mistake(DATA, "    data=no_data,", "x_train", ""),
        "other data": Mistake(DATA, "    data=digits,", "the data have 10 classes", "task=Task("),
        "a loader that is called": Mistake(DATA, "    data=Classes(load_iris()),", "without ()"),
        "a loader as text": Mistake(DATA, '    data=Classes("iris.csv"),', "load is 'iris.csv'"),
        "more held out than there is": Mistake(DATA, "    data=Classes(load_wine, val=0.6, test=0.6),", "val"),
        "held out in per cent": Mistake(DATA, "    data=Classes(load_wine, test=25.0),", "write test=0.25"),
        "names for other classes": Mistake(
            DATA, '    data=Classes(load_wine, names=("a", "b")),', "2 names for 3 classes"
        ),
        "a file that is not there": Mistake(
            DATA, '    data=Classes(Csv(__file__, "no.csv", predict="y")),', "no.csv"
        ),
        "numbers for classes": Mistake(DATA, "    data=Numbers(load_wine),", "labels"),
        "data that return nothing": Mistake(DATA, "    data=lambda: None,", "NoneType"),
        "data with two parameters": Mistake(DATA, "    data=lambda seal, more: None,", "data"),
        "data that raise": Mistake(DATA, "    data=lambda: 1 / 0,", "division by zero"),
        "a row without a label": Mistake(
            DATA,
            "    data=lambda: Data({n: np.zeros((9 - (n[0] == 'y'), 13)) for n in INSIDE}, OUTSIDE),",
            "9 rows and 8 labels",
        ),
        "no rows": Mistake(
            DATA, "    data=lambda: Data({n: np.zeros((0, 13)) for n in INSIDE}, OUTSIDE),", "no rows"
        ),
        "a value that is missing": Mistake(
            DATA,
            "    data=lambda: Data({n: np.full((9, 13), np.nan) for n in INSIDE}, OUTSIDE),",
            "no finite number",
        ),
        "words for numbers": Mistake(
            DATA, '    data=lambda: Data({n: np.array(["a"] * 9) for n in INSIDE}, OUTSIDE),', "no finite number"
        ),
        "held-out rows of another width": Mistake(
            DATA, "    data=lambda: Data({n: np.zeros((9, 4), int) for n in INSIDE}, OUTSIDE),", "different widths"
        ),
        # The rest of the rubric.
        "seeds that are no whole numbers": Mistake(
            SEEDS, "seeds=(0.0, 1)", "seeds[0] is 0.0; a whole number expected"
        ),
        "a number for the limits": Mistake(
            "limits=Limits(wall_seconds=300.0)", "limits=300", "write limits=Limits(...)"
        ),
        "a threshold with a decimal comma": Mistake(
            ACCURACY, "full=0,93, half=0.85", "write 0.93 in place of 0,93"
        ),
        "a threshold with a sign for per cent": Mistake(
            ACCURACY, "full=93%, half=0.85", "write 0.93 in place of 93%"
        ),
        "quotation marks of a word processor": Mistake(
            LABELS, "title=Bilingual(en=\u201cLabels\u201d)", "quotation mark"
        ),
        "a merge conflict": Mistake(DATA, "<<<<<<< HEAD\n    data=wines,", "git left a merge conflict"),
        "a rubric that is not assigned": Mistake("RUBRIC = Rubric(", "Rubric(", "it defines no RUBRIC", ""),
        "no seeds": Mistake(SEEDS, "seeds=()", "at least one seed is needed"),
        "a seed that is a number": Mistake(SEEDS, "seeds=3", "write seeds=(3,)"),
        "a seed below none": Mistake(SEEDS, "seeds=(-1,)", "-1"),
        "a seed twice": Mistake(SEEDS, "seeds=(0, 0, 1)", "twice"),
        "a seed as text": Mistake(SEEDS, 'seeds=("0",)', "a whole number expected"),
        "milliseconds": Mistake(LIMITS, "wall_seconds=300_000.0", "seconds"),
        "a wall time of nothing": Mistake(LIMITS, "wall_seconds=0", "wall_seconds is 0"),
        "gibibytes": Mistake(LIMITS, "memory_mib=2", "MiB"),
        "bytes": Mistake(LIMITS, "memory_mib=2 * 1024**3", "MiB"),
        "limits as a table": Mistake(
            "limits=Limits(wall_seconds=300.0)", 'limits={"wall_seconds": 300.0}', "a Limits expected"
        ),
        "limits as text": Mistake(LIMITS, 'wall_seconds="300"', "a number expected"),
        "a task as text": Mistake(f"task=Task({TASK})", 'task="classification"', "write task=Task("),
        "judging for no time": Mistake(SEEDS, f"{SEEDS}, judge_seconds=0", "judge_seconds is 0"),
        # The file.
        "a bracket that is not closed": Mistake(LIMITS + "),", LIMITS + ",", "never closed", "Rubric("),
        "a bracket too many": Mistake(LIMITS + "),", LIMITS + ")),", "unmatched", ""),
        "a name that is not defined": Mistake("TITLE = Bil", "TITEL = Bil", "TITLE", "title=TITLE"),
        "no RUBRIC": Mistake("RUBRIC = Rubric(", "rubric = Rubric(", "its rubric is called rubric", ""),
        "a comma behind the rubric": Mistake(
            "limits=Limits(wall_seconds=300.0),\n)", "limits=Limits(wall_seconds=300.0),\n),", "comma", ""
        ),
        "TensorFlow": Mistake("import numpy as np", "import tensorflow as tf", "tensorflow"),
        "Keras in a function": Mistake(
            "TRAINING = Training()",
            "TRAINING = Training()\n\n\ndef load():\n    import keras.datasets",
            "keras",
            "    import keras",
        ),
        "the examiner": Mistake(
            "import numpy as np", "from grader.examiner.judge import judge", "grader.examiner"
        ),
        "the stub": Mistake("import numpy as np", "import submission", "submission"),
        "the reference": Mistake("import numpy as np", "import reference.tiny.submission", "reference"),
        "a module that is not there": Mistake("import numpy as np", "import mycheks", "mycheks"),
        "a module of the grader's that is not there": Mistake(
            "from grader.rubric import checks", "from grader.rubric.chekcs import OneHot", "grader.rubric.chekcs"
        ),
        "a check that cannot be imported": Mistake(
            "from grader.rubric import checks",
            "from grader.rubric.checks import Acuracy",
            "did you mean Accuracy?",
        ),
        "a record from the wrong place": Mistake(
            "from grader.rubric import checks",
            "from grader.rubric import Accuracy",
            "from grader.rubric.checks import Accuracy",
        ),
        "an error of its own": Mistake(
            "TRAINING = Training()", "TRAINING = Training()\nprint(1 / 0)", "division by zero", "print(1"
        ),
        "an exit": Mistake(
            "TRAINING = Training()", "TRAINING = Training()\nraise SystemExit(3)", "SystemExit", "raise Sys"
        ),
    }
)
