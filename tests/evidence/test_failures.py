"""What is said when a step did not end in good order: its own sentence for everything that can happen."""

from dataclasses import replace
from typing import get_args

import msgspec
import pytest

from grader.evidence.error_texts.describe import describe_exception
from grader.evidence.failures import (
    explain_exception,
    explain_failure,
    explain_stop,
    name_unit,
)
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.values import name_of, reject_value
from grader.protocol.evidence import (
    NOT_TRIED,
    ArrayValue,
    Entries,
    ExceptionFacts,
    FigureValue,
    Frame,
    HistoryValue,
    ImportEvidence,
    Items,
    Missing,
    ModelValue,
    NoneValue,
    OtherValue,
    Outcome,
    Raised,
    Returned,
    Skipped,
    Stopped,
    StopReason,
    TextValue,
    UnitFailure,
    Value,
)
from grader.protocol.verdict import Status
from tests.helpers.cases import case, exception, seen, stop, text

CRASH = UnitFailure(cell=3, exception=exception(NameError("name 'np' is not defined"), line=2))
SCRIPT_CRASH = UnitFailure(cell=None, exception=exception(NameError("name 'np' is not defined"), line=2))


def of(outcome: Outcome | None = None, step: str = "scale@batch", **parts: object) -> Judgement:
    steps = {} if outcome is None else {step: seen(step, outcome)}
    made = case(steps, **parts)
    with pytest.raises(PreconditionFailedError) as unmet:
        made.seen(step)
    assert unmet.value.judgement == explain_failure(made.run, step)
    return unmet.value.judgement


OUTCOMES: dict[type, Outcome | None] = {
    Returned: None,  # nothing to explain
    Raised: Raised(exception=exception(ValueError("bad"))),
    Missing: Missing(),
    Skipped: Skipped(step="train@0"),
    Stopped: Stopped(reason=StopReason.TIME),
}


def test_every_outcome_has_its_sentence() -> None:
    assert set(OUTCOMES) == set(get_args(Outcome))
    sentences = [text(of(outcome).message) for outcome in OUTCOMES.values() if outcome is not None]
    assert len(set(sentences)) == len(sentences)


SAYS = {
    StopReason.TIME: ("in time", Status.FAILED),
    StopReason.TOTAL_TIME: ("time for the whole submission", Status.FAILED),
    StopReason.RESTARTS: ("ended the process 7 times", Status.NOT_GRADED),
    StopReason.CPU: ("in time", Status.FAILED),
    StopReason.MEMORY: ("7 MiB", Status.FAILED),
    StopReason.MACHINE_MEMORY: ("ran out of memory", Status.NOT_GRADED),
    StopReason.DISK: ("7 MiB", Status.FAILED),
    StopReason.THREADS: ("more than 7 threads", Status.FAILED),
    StopReason.SIGNAL: ("signal 7", Status.FAILED),
    StopReason.EXIT: ("exit code 7", Status.FAILED),
    StopReason.TAMPERED: ("your instructor sees this", Status.NOT_GRADED),
    StopReason.TOO_LARGE: ("more data than the grader keeps", Status.FAILED),
    StopReason.GRADER: ("(7)", Status.NOT_GRADED),
    StopReason.BROKEN: ('reported "7"', Status.NOT_GRADED),
}


@pytest.mark.parametrize("reason", StopReason)
def test_every_reason_to_stop_has_its_sentence(reason: StopReason) -> None:
    said, status = SAYS[reason]
    for judgement in (of(stops={"scale@batch": stop(reason)}), explain_stop(stop(reason), "scale()")):
        assert judgement.status is status
        assert said in text(judgement.message)
        assert "scale()" in text(judgement.message)


def test_what_was_not_tried_did_not_return_too_much() -> None:
    stopped = Stopped(reason=StopReason.TOO_LARGE, detail=NOT_TRIED)
    assert "scale() was not tried any more" in text(explain_stop(stopped, "scale()").message)


def test_networks_that_are_too_large_together_are_no_mistake_of_their_functions() -> None:
    too_large = stop(StopReason.TOO_LARGE)
    for step in ("model:build_model@0", "trained:train@0"):
        judgement = of(stops={step: too_large}, step=step)
        assert judgement.status is Status.NOT_GRADED
        assert "up to 31000000 parameters" in text(judgement.message)
    assert of(stops={"scale@batch": too_large}).status is Status.FAILED


def test_reasons_to_stop_are_told_apart() -> None:
    sentences = {text(explain_stop(stop(reason), "x").message) for reason in StopReason}
    assert len(sentences) == len(StopReason) - 1  # the two clocks say the same


@pytest.mark.parametrize("reason", StopReason)
def test_a_stop_during_the_import_is_told_for_every_step(reason: StopReason) -> None:
    imported = ImportEvidence(stopped=stop(reason), unit=4)
    judgement = of(imported=imported)
    assert judgement.status is SAYS[reason][1]
    assert "Cell 4" in text(judgement.message)
    assert "Your file, run from top to bottom," in text(of(imported=ImportEvidence(stopped=stop(reason))).message)


def test_a_function_that_is_there_although_a_cell_ended_the_import_is_judged_by_itself() -> None:
    imported = ImportEvidence(stopped=stop(StopReason.TIME), unit=4)
    raised = Raised(exception=exception(ValueError("bad")))
    assert of(raised, imported=imported) == of(raised)
    own_stop = {"scale@batch": stop(StopReason.MEMORY)}
    assert of(imported=imported, stops=own_stop) == of(stops=own_stop)
    assert "Cell 4" in text(of(Missing(), imported=imported).message)
    assert "Cell 4" in text(of(imported=imported, stops={"scale@batch": stop(StopReason.TIME)}).message)


def test_units_are_cells_or_the_file() -> None:
    assert text(name_unit(12)) == "Cell 12"
    assert text(name_unit(None)).startswith("Your file")


def test_nothing_known_is_the_graders_fault() -> None:
    assert of().status is Status.NOT_GRADED
    assert "scale()" in text(of().message)


# Missing functions.


def test_a_missing_function_names_what_looks_like_it() -> None:
    assert "Define it" in text(of(Missing()).message)
    close = of(Missing(close="scale_"))
    assert "scale_()" in text(close.message)
    found = of(Missing(found="ndarray"))
    assert "ndarray" in text(found.message)
    assert all(j.status is Status.FAILED for j in (close, found))


def test_a_function_that_is_asked_for_as_well_is_not_meant() -> None:
    missing = Missing(close="mean_squared_error")
    steps = {"mse@a": seen("mse@a", missing), "mean_squared_error@a": seen("mean_squared_error@a", Missing())}
    said = text(explain_failure(case(steps).run, "mse@a").message)
    assert "There is no function mse(). Define it" in said
    assert "mean_squared_error" not in said


def test_a_function_missing_after_a_crash_tells_of_the_crash() -> None:
    cell = of(Missing(), imported=ImportEvidence(failures=(CRASH,)))
    assert "ell 3" in text(cell.message)
    assert "NameError: name 'np' is not defined" in text(cell.message)
    assert cell.at == Frame(line=2)
    script = of(Missing(), imported=ImportEvidence(failures=(SCRIPT_CRASH,)))
    assert "Your file stopped" in text(script.message)
    assert "NameError" in text(script.message)


def test_a_name_tells_more_than_a_crash_elsewhere_in_the_notebook() -> None:
    crashed = ImportEvidence(failures=(CRASH,))
    assert "scale_()" in text(of(Missing(close="scale_"), imported=crashed).message)
    assert "ndarray" in text(of(Missing(found="ndarray"), imported=crashed).message)
    script = ImportEvidence(failures=(SCRIPT_CRASH,))
    assert "NameError" in text(of(Missing(close="scale_"), imported=script).message)


# Skipped steps.


def test_a_step_that_waited_for_a_failure_is_skipped_and_names_it() -> None:
    waiting = {"predict@val": seen("predict@val", Skipped(step="train@0"))}
    for outcome in (
        Missing(),
        Raised(exception=exception(KeyError())),
    ):
        made = case({**waiting, "train@0": seen("train@0", outcome)})
        judgement = explain_failure(made.run, "predict@val")
        assert judgement.status is Status.SKIPPED
        assert "train() gave no result" in text(judgement.message)


def test_what_waits_for_a_function_that_is_not_written_is_not_attempted() -> None:
    steps = {
        "predict@val": seen("predict@val", Skipped(step="train@0")),
        "train@0": seen("train@0", Raised(exception=exception(NotImplementedError()))),
    }
    judgement = explain_failure(case(steps).run, "predict@val")
    assert judgement.status is Status.NOT_ATTEMPTED
    assert text(judgement.message) == "This could not be tried, because train() is not written yet."


def test_a_stub_is_not_attempted_although_it_never_ran() -> None:
    steps = {
        "predict@val": seen("predict@val", Skipped(step="train@0")),
        "train@0": seen("train@0", Skipped(step="build_model@0")),
        "build_model@0": seen("build_model@0", Raised(exception=exception(KeyError()))),
    }
    run = replace(case(steps).run, unwritten=frozenset({"train"}))
    assert explain_failure(run, "train@0").status is Status.NOT_ATTEMPTED
    assert text(explain_failure(run, "train@0").message) == "train() is not written yet."
    assert "train() is not written yet" in text(explain_failure(run, "predict@val").message)
    assert explain_failure(case(steps).run, "predict@val").status is Status.SKIPPED


def test_a_step_that_waited_for_a_fault_of_the_grader_is_not_graded() -> None:
    waiting = {"predict@val": seen("predict@val", Skipped(step="train@0"))}
    for reason in (StopReason.GRADER, StopReason.TAMPERED):
        assert (
            explain_failure(case(waiting, stops={"train@0": stop(reason)}).run, "predict@val").status
            is Status.NOT_GRADED
        )
    assert explain_failure(case(waiting).run, "predict@val").status is Status.NOT_GRADED


def test_a_step_that_waits_for_itself_ends() -> None:
    assert of(Skipped(step="scale@batch")).status is Status.NOT_GRADED


def test_descriptions_are_told_of_the_function_they_describe() -> None:
    for step, function in (("model:build_model@0", "build_model()"), ("trained:train@0", "train()")):
        assert function in text(explain_failure(case(stops={step: stop(StopReason.MEMORY)}).run, step).message)


# Exceptions.


def test_a_stub_is_not_attempted() -> None:
    judgement = explain_exception(exception(NotImplementedError()), "scale")
    assert judgement.status is Status.NOT_ATTEMPTED
    assert "scale() is not written yet" in text(judgement.message)


def test_a_function_that_calls_a_stub_names_it() -> None:
    facts = msgspec.structs.replace(
        exception(NotImplementedError()), frames=(Frame(line=3, function="train"), Frame(line=9, function="scale"))
    )
    judgement = explain_exception(facts, "train")
    assert judgement.status is Status.NOT_ATTEMPTED
    assert "train() calls scale(), which is not written yet" in text(judgement.message)
    anonymous = msgspec.structs.replace(facts, frames=(Frame(line=9, function="<lambda>"),))
    assert "train() is not written yet" in text(explain_exception(anonymous, "train").message)


def test_a_subclass_without_call_is_no_stub() -> None:
    error = NotImplementedError("Model Net does not have a `call()` method implemented.")
    by_keras = msgspec.structs.replace(exception(error), by_library=True)
    judgement = explain_exception(by_keras, "train")
    assert judgement.status is Status.FAILED
    assert "class Net has no method call(" in text(judgement.message)


def test_an_operation_that_a_library_does_not_implement_is_no_stub() -> None:
    error = NotImplementedError("Cannot convert a symbolic tf.Tensor (sub:0) to a numpy array.")
    judgement = explain_exception(msgspec.structs.replace(exception(error), by_library=True), "train")
    assert judgement.status is Status.FAILED
    assert "keras.ops" in text(judgement.message)


def test_wrong_arguments_point_to_the_task_sheet() -> None:
    error = exception(TypeError("scale() takes 0 positional arguments but 1 was given"))
    judgement = explain_exception(msgspec.structs.replace(error, frames=()), "scale")
    assert "task sheet" in text(judgement.message)
    assert "takes 0 positional arguments" in text(judgement.message)
    inside = explain_exception(error, "scale")
    assert "stopped with an error" in text(inside.message)


class InputUnavailableError(Exception):
    """As the stage raises it."""


EXCEPTIONS: dict[str, tuple[BaseException, str]] = {
    "syntax": (IndentationError("unexpected indent"), "this is not Python: unexpected indent"),
    "recursion": (RecursionError("maximum recursion depth exceeded"), "calls itself without end"),
    "memory": (MemoryError("Unable to allocate 10 GiB"), "Unable to allocate 10 GiB"),
    "exit": (SystemExit(3), "sys.exit()"),
    "keyboard": (KeyboardInterrupt(), "KeyboardInterrupt"),
    "input": (InputUnavailableError("?"), "input()"),
    "module": (ModuleNotFoundError("No module named 'pandas'"), "No module named 'pandas'"),
    "another module": (ModuleNotFoundError("No module named 'seaborn'"), "Only what the course uses is installed"),
    "no part of a module": (ModuleNotFoundError("No module named 'sklearn.trees'"), "This part does not exist"),
    "no module but a short name": (ModuleNotFoundError("No module named 'tf'"), "tf is only the short name"),
    "download": (OSError("URL fetch failure on https://x: None"), "no network here"),
    "name resolution": (OSError("[Errno -3] Temporary failure in name resolution"), "no network here"),
    "blocked": (PermissionError(1, "Operation not permitted"), "use no network and start no programs"),
    "other": (KeyError("acc"), "KeyError: 'acc'."),
    "without text": (AssertionError(), "AssertionError."),
    "with a full stop": (ValueError("Wrong shape."), "ValueError: Wrong shape."),
    "with braces": (ValueError("{x} {0} {}"), "ValueError: {x} {0} {}."),
    "of many lines": (ValueError("first\nsecond"), "ValueError: first second."),
}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_exceptions_are_described(name: str) -> None:
    error, said = EXCEPTIONS[name]
    assert said in text(describe_exception(exception(error)))
    assert ".." not in text(describe_exception(exception(error)))
    judgement = explain_exception(exception(error), "train")
    assert judgement.status is Status.FAILED
    assert judgement.at == Frame(line=7)


def test_long_messages_are_cut() -> None:
    assert len(text(describe_exception(ExceptionFacts(type="ValueError", message="x" * 5000)))) < 600


# Values.


VALUES: dict[type, tuple[Value, str]] = {
    ArrayValue: (
        ArrayValue(ref="0", dtype="float32", shape=(450, 10), container="ndarray"),
        "ndarray (450, 10) float32",
    ),
    NoneValue: (NoneValue(), "None"),
    TextValue: (TextValue(text="good fit"), "'good fit'"),
    Items: (Items(container="list", items=(NoneValue(),) * 6), "list (None, None, None, None, …)"),
    Entries: (Entries(entries=(("a", NoneValue()),)), "dict {'a'}"),
    ModelValue: (ModelValue(type="Sequential"), "keras model Sequential"),
    HistoryValue: (HistoryValue(curves={}), "History"),
    FigureValue: (FigureValue(axes=()), "Figure"),
    OtherValue: (OtherValue(type="csr_matrix", note="1 GiB"), "csr_matrix (1 GiB)"),
}


def test_every_kind_of_value_has_a_name() -> None:
    assert set(VALUES) == set(get_args(Value))
    for value, name in VALUES.values():
        assert name_of(value) == name
        assert name in text(reject_value(value, "scale").message)
    assert name_of(ArrayValue(ref="0", dtype="int64", shape=(), container="scalar")) == "int64"
