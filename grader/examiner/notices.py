"""Find what to say about a submission as a whole, besides its criteria."""

import re
from collections.abc import Iterator

from grader.core.datasets import describe_contents, read_states
from grader.core.i18n import Translator, Words, _
from grader.core.syntax_trees import bound_names, parse_or_none
from grader.evidence.case import Case
from grader.evidence.error_texts.describe import describe_exception
from grader.evidence.failures import explain_stop, name_unit
from grader.protocol.evidence import Frame, Missing, ModelValue, Returned, StopReason, UnitFailure
from grader.protocol.submission import Submission, line_of
from grader.protocol.training import Training, name_rows
from grader.protocol.verdict import MACHINE_MEMORY, Location, Notice

MANY_LINES = 1000
MAX_CELL = 200_000  # characters of a cell that is searched for a definition
_UNDEFINED = re.compile(r"name '(\w{1,100})' is not defined")
MAX_FAILURES = 20  # of cells, which have a notice each


def find_notices(case: Case, submission: Submission, translate: Translator) -> tuple[Notice, ...]:
    """Return notices about the top level of the file, and about what functions did besides returning values."""
    return (
        tuple(_machine_notices(case, translate))
        + tuple(_import_notices(case, submission, translate))
        + tuple(_data_notices(case, translate))
        + tuple(_step_notices(case, translate))
    )


def _machine_notices(case: Case, translate: Translator) -> Iterator[Notice]:
    replayed = (replay.evidence.stopped for replay in case.replays.values())
    stops = (case.imported.stopped, *case.stops.values(), *replayed)
    if any(stop is not None and stop.reason is StopReason.MACHINE_MEMORY for stop in stops):
        text = _(
            "The machine that grades ran out of memory meanwhile. What is not graded for that reason is no fault "
            "of this submission: grade it again with more memory, or fewer at once."
        )
        yield Notice(id=MACHINE_MEMORY, severity="error", text=translate(text))


def _import_notices(case: Case, submission: Submission, translate: Translator) -> Iterator[Notice]:
    imported = case.imported
    if imported.stopped is not None:
        stop = explain_stop(imported.stopped, name_unit(imported.unit))
        location = _locate(stop.at, submission)
        yield Notice(id="import-stopped", severity="error", text=translate(stop.message), location=location)
    is_explained = any(isinstance(seen.evidence.outcome, Missing) for seen in case.steps.values())
    for failure in imported.failures[:MAX_FAILURES]:
        yield _failure_notice(failure, submission, translate, is_explained)
    global_model = _find_global_model(case)
    if global_model is not None:
        yield Notice(id="bare-notebook", severity="tip", text=translate(_explain_wrapping(*global_model)))
    # Without its time: the same submission gets the same verdict on any machine.
    if imported.fits and global_model is None:  # else that notice says it
        text = _(
            "A network is trained at the top level of the file, so every import trains it again. "
            "Put that into a function."
        )
        yield Notice(id="training-at-import", severity="tip", text=translate(text))
    if imported.asked_input or any(s.evidence.asked_input for s in case.steps.values()):
        text = _(
            "input() waits for somebody to type, but nobody sits at the keyboard here. Use arguments instead."
        )
        yield Notice(id="waits-for-input", severity="warning", text=translate(text))


def _find_global_model(case: Case) -> tuple[Training, str] | None:
    """Return the first training whose network is a global model that the file left, and the model's name."""
    for training in case.trainings:
        seen = case.steps.get(training.built(case.seeds[0]))
        outcome = seen.evidence.outcome if seen is not None else None
        value = outcome.value if isinstance(outcome, Returned) else None
        if isinstance(value, ModelValue) and value.stands_in:
            return training, value.stands_in
    return None


def _explain_wrapping(training: Training, name: str) -> Words:
    parts = ("train", "val") if training.validation else ("train",)
    names = [
        name
        for part in parts
        for name in (*([name_rows(f"x_{part}", one) for one in training.inputs] or [f"x_{part}"]), f"y_{part}")
    ]
    rows = ", ".join(names)
    return _(
        "There is no function {build}(), so the network that your file leaves in the global name {name} was taken "
        "for what it would return. Wrap the cells in functions, then everything can be checked: those that build "
        "and compile it in `def {build}(...):` with `return {name}` at the end, and those that train it in "
        "`def {train}(model, {rows}):` with `return model.fit(...)` at the end.",
        build=training.build,
        train=training.train,
        name=name,
        rows=rows,
    )


def _failure_notice(
    failure: UnitFailure, submission: Submission, translate: Translator, is_explained: bool
) -> Notice:
    """Return the notice of a crash at the top level. `is_explained`: a criterion says why it happened."""
    why = describe_exception(failure.exception)
    frames = failure.exception.frames
    if failure.cell is None and is_explained and frames:
        # Where, and what follows from that; the criteria that miss something say why.
        if "SyntaxError" in failure.exception.bases:
            text = _("Line {line} is not Python, so nothing of your file could be run.", line=frames[-1].line)
        else:
            line = next((f.line for f in frames if f.function == "<module>"), frames[-1].line)
            text = _("Your file stopped with an error in line {line}; what stands below was not run.", line=line)
    elif failure.cell is None:
        text = _("Your file stopped with an error when it was run from top to bottom: {why}", why=why)
    elif (defining := _find_defining_cell(failure, submission)) is not None:
        text = _(
            "Cell {cell} uses a name that only cell {later} defines, further down: {why} Cells are run in the "
            "order of the page. Move the cells into that order, and try it with Restart Kernel and Run All Cells.",
            cell=failure.cell,
            later=defining,
            why=why,
        )
    else:
        text = _(
            "Cell {cell} stopped with an error; the cells after it were still run: {why}",
            cell=failure.cell,
            why=why,
        )
    location = _locate(frames[-1] if frames else None, submission)
    return Notice(id="import-failed", severity="error", text=translate(text), location=location)


def _find_defining_cell(failure: UnitFailure, submission: Submission) -> int | None:
    """Return the first cell below a failed one that binds the name that was missing there; None for none."""
    found = _UNDEFINED.match(failure.exception.message)
    if failure.cell is None or "NameError" not in failure.exception.bases or found is None:
        return None
    for unit in submission.units:
        if unit.cell is not None and unit.cell > failure.cell and len(unit.source) <= MAX_CELL:
            tree = parse_or_none(unit.source)
            if tree is not None and any(found[1] in bound_names(statement) for statement in tree.body):
                return unit.cell
    return None


def _locate(frame: Frame | None, submission: Submission) -> Location | None:
    """Return the place of a line in the submission, with its text."""
    if frame is None:
        return None
    source = line_of(submission, frame.cell, frame.line)
    return Location(file=submission.name, line=frame.line, cell=frame.cell, source=source)


def _data_notices(case: Case, translate: Translator) -> Iterator[Notice]:
    """Yield which data the submission loaded by itself, by what was printed then, and by which it is judged."""
    outputs = (case.imported.output, *(result.evidence.output for result in case.steps.values()))
    for name, state in dict.fromkeys(found for output in outputs for found in read_states(output)):
        content = describe_contents(name, state)
        if content is not None:
            text = _("Your file loads the data set {name}. Here, that is {content}.", name=name, content=content)
            yield Notice(id=f"loaded-{name}", severity="tip", text=translate(text))


def _step_notices(case: Case, translate: Translator) -> Iterator[Notice]:
    lines = case.imported.output_lines + sum(s.evidence.output_lines for s in case.steps.values())
    if lines > MANY_LINES:
        text = _(
            "The code printed {lines} lines. Nobody reads them; verbose=0 in fit keeps it quiet.", lines=lines
        )
        yield Notice(id="prints-much", severity="tip", text=translate(text))
    threads = [step.split("@", 1)[0] for step, s in case.steps.items() if s.evidence.threads_left]
    if threads:
        text = _(
            "{function}() leaves threads running when it returns. They are ended with the process.",
            function=threads[0],
        )
        yield Notice(id="threads-left", severity="tip", text=translate(text))
