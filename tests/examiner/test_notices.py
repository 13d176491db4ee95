"""What is said about a submission as a whole."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from grader.evidence.run_evidence import StepResult
from grader.examiner.notices import MANY_LINES, find_notices
from grader.protocol.evidence import Frame, ImportEvidence, ModelValue, Returned, StopReason, UnitFailure
from grader.protocol.submission import Submission, Unit
from grader.protocol.training import Training
from grader.protocol.verdict import Location, Notice
from tests.helpers.cases import case, exception, returned, say, seen, stop

CODE = "import numpy\n\n\nx = 1\ny = 2\nz = 3\nnp.zeros(3)\n"
SUBMISSION = Submission("s.py", "0" * 64, "script", (Unit(CODE, CODE), Unit(CODE, CODE, 2)))


def of(steps: Mapping[str, StepResult] | None = None, **imported: Any) -> dict[str, Notice]:
    return {n.id: n for n in find_notices(case(steps, imported=ImportEvidence(**imported)), SUBMISSION, say)}


def test_a_quiet_submission_is_not_talked_about() -> None:
    assert of({"scale@batch": returned("scale@batch", [1])}) == {}


def test_a_crash_names_cell_and_line() -> None:
    error = exception(NameError("name 'np' is not defined"))
    in_cell = msgspec.structs.replace(error, frames=(Frame(line=7, cell=2),))
    cell = of(failures=(UnitFailure(cell=2, exception=in_cell),))["import-failed"]
    assert "Cell 2 stopped with an error; the cells after it were still run: NameError" in cell.text
    assert cell.location == Location(file="s.py", line=7, cell=2, source="np.zeros(3)")
    script = of(failures=(UnitFailure(cell=None, exception=error),))["import-failed"]
    assert "Your file stopped" in script.text
    assert script.location == Location(file="s.py", line=7, source="np.zeros(3)")


def test_cells_that_were_run_out_of_order_are_told_with_the_cell_that_defines_the_name() -> None:
    error = exception(NameError("name 'SIZE' is not defined"))
    in_cell = msgspec.structs.replace(error, frames=(Frame(line=1, cell=1),))
    sources = ("x = SIZE", "def SIZE_of(y): ...", "SIZE = 3")
    units = tuple(Unit(text, text, number) for number, text in enumerate(sources, 1))
    imported = ImportEvidence(failures=(UnitFailure(cell=1, exception=in_cell),))
    for order, expected in ((units, "only cell 3 defines"), (units[:2], "Cell 1 stopped with an error")):
        submission = Submission("s.ipynb", "0" * 64, "notebook", order)
        (notice,) = find_notices(case(imported=imported), submission, say)
        assert expected in notice.text


@pytest.mark.parametrize("reason", StopReason)
def test_every_stop_during_the_import_is_told(reason: StopReason) -> None:
    notice = of(stopped=stop(reason), unit=4)["import-stopped"]
    assert notice.severity == "error"
    assert "Cell 4" in notice.text


def test_training_at_the_top_level() -> None:
    quick = of(fits=1)["training-at-import"]
    assert (quick.severity, "every import trains it again" in quick.text) == ("tip", True)
    assert "training-at-import" not in of(wall_seconds=500.0)


def test_how_long_a_training_at_the_top_level_took_changes_no_word() -> None:
    assert (
        of(fits=1, wall_seconds=0.1)["training-at-import"] == of(fits=1, wall_seconds=600.0)["training-at-import"]
    )


def standing_in(*trainings: Training) -> dict[str, StepResult]:
    value = ModelValue(type="Sequential", stands_in="net")
    return {t.built(0): seen(t.built(0), Returned(value=value)) for t in trainings}


def test_a_model_that_stands_in_is_named_once_with_the_functions_to_wrap_it_in() -> None:
    first, second = Training(), Training(build="build_other", name="other")
    made = case(standing_in(first, second), trainings=(first, second))
    (notice,) = find_notices(made, SUBMISSION, say)
    assert (notice.id, notice.severity) == ("bare-notebook", "tip")
    assert "There is no function build_model()" in notice.text
    assert "`return net`" in notice.text
    assert "`def train(model, x_train, y_train, x_val, y_val):`" in notice.text


def test_a_training_without_validation_rows_is_shown_without_them() -> None:
    training = Training(build="make", train="learn", validation=False)
    (notice,) = find_notices(case(standing_in(training), trainings=(training,)), SUBMISSION, say)
    assert "`def make(...):`" in notice.text
    assert "`def learn(model, x_train, y_train):`" in notice.text


def test_a_model_that_a_function_returned_is_no_stand_in() -> None:
    built = {"build_model@0": seen("build_model@0", Returned(value=ModelValue(type="Sequential")))}
    assert find_notices(case(built, trainings=(Training(),)), SUBMISSION, say) == ()


def test_cells_that_train_a_bare_model_are_told_once() -> None:
    made = case(standing_in(Training()), trainings=(Training(),), imported=ImportEvidence(fits=1))
    assert [n.id for n in find_notices(made, SUBMISSION, say)] == ["bare-notebook"]


def test_input_at_the_top_level_or_in_a_function() -> None:
    assert "input()" in of(asked_input=True)["waits-for-input"].text
    assert "input()" in of({"load@all": returned("load@all", 1, asked_input=True)})["waits-for-input"].text


def test_many_lines_are_counted_over_all() -> None:
    step = {"load@all": returned("load@all", 1, output_lines=MANY_LINES)}
    assert "prints-much" not in of(step)
    assert f"{MANY_LINES + 5} lines" in of(step, output_lines=5)["prints-much"].text


def test_threads_left_name_the_function() -> None:
    assert "load()" in of({"load@all": returned("load@all", 1, threads_left=2)})["threads-left"].text


def test_data_that_the_file_loads_are_named_once() -> None:
    output = "shape (60000, 28, 28)\ndata set mnist: stand-in\ndata set mnist: stand-in\ndata set mnist: absent\n"
    made = case({}, imported=ImportEvidence(output=output))
    (notice,) = find_notices(made, SUBMISSION, say)
    assert (notice.id, notice.severity) == ("loaded-mnist", "tip")
    assert notice.text == (
        "Your file loads the data set mnist. Here, that is a part of the real data set: 5,000 pictures, 500 of "
        "each digit."
    )
