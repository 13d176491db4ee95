"""Notebooks of cells that leave a model: it stands in for what build_model() would return, and that is said."""

from tests.end_to_end.conftest import Grade, criterion, statuses

IMPORTS = "import keras\nimport numpy as np"
LAYERS = """
{name} = keras.Sequential([
    keras.Input((64,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(10, activation="softmax"),
])
"""
MODEL = LAYERS.format(name="model")
COMPILE = "model.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])"
FIT = """
from sklearn.datasets import load_digits
x, y = load_digits(return_X_y=True)
history = model.fit(x / 16, np.eye(10)[y], epochs=1, verbose=0)
"""


def test_one_compiled_model_gets_its_architecture_and_head_judged(grade_cells: Grade) -> None:
    verdict = grade_cells(IMPORTS, MODEL, COMPILE, FIT, exercise="networks")
    judged = statuses(verdict)
    assert {name: judged[name] for name in ("architecture", "head_and_loss")} == {
        "architecture": "passed",
        "head_and_loss": "passed",
    }
    assert "There is no function train()" in criterion(verdict, "training").message
    (notice,) = [n for n in verdict.notices if n.id == "bare-notebook"]
    assert notice.severity == "tip"
    assert "the global name model" in notice.text
    assert "`def build_model(...):`" in notice.text
    assert "training-at-import" not in {n.id for n in verdict.notices}


def test_a_wrong_bare_model_loses_what_is_wrong_with_it(grade_cells: Grade) -> None:
    wrong = MODEL.replace("Dense(10", "Dense(9")
    verdict = grade_cells(IMPORTS, wrong, COMPILE, exercise="networks")
    assert criterion(verdict, "architecture").status == "failed"
    assert "units=9" in criterion(verdict, "architecture").message


def test_one_model_under_two_names_is_one(grade_cells: Grade) -> None:
    verdict = grade_cells(IMPORTS, MODEL, COMPILE, "best = model\nmodels = [model]", exercise="networks")
    assert criterion(verdict, "architecture").status == "passed"
    assert "the global name model" in next(n.text for n in verdict.notices if n.id == "bare-notebook")


def test_a_model_that_is_not_compiled_does_not_count(grade_cells: Grade) -> None:
    verdict = grade_cells(IMPORTS, LAYERS.format(name="draft"), MODEL, COMPILE, exercise="networks")
    assert criterion(verdict, "architecture").status == "passed"
    alone = grade_cells(IMPORTS, LAYERS.format(name="draft"), exercise="networks")
    assert "There is no function build_model()" in criterion(alone, "architecture").message
    assert "bare-notebook" not in {n.id for n in alone.notices}


def test_of_two_models_the_function_is_asked_for(grade_cells: Grade) -> None:
    second = LAYERS.format(name="second") + COMPILE.replace("model.", "second.")
    verdict = grade_cells(IMPORTS, MODEL, COMPILE, second, exercise="networks")
    message = criterion(verdict, "architecture").message
    assert criterion(verdict, "architecture").status == "failed"
    assert "several compiled models: model, second" in message
    assert "Define build_model()" in message
    assert "bare-notebook" not in {n.id for n in verdict.notices}


def test_with_the_function_nothing_is_said_of_other_models(grade_cells: Grade) -> None:
    function = "def build_model():\n    return model"
    verdict = grade_cells(IMPORTS, MODEL, COMPILE, function, exercise="networks")
    assert criterion(verdict, "architecture").status == "passed"
    assert "bare-notebook" not in {n.id for n in verdict.notices}
