"""Every exercise proves itself: reference, stub, variants; and what students get is complete and in step."""

import ast
import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.authoring.notebooks import make_notebook
from grader.authoring.validation.expectations import (
    Expectation,
    ExpectationError,
    find_complaint,
    read_expectations,
)
from grader.authoring.validation.validate import Validator, load_exercise
from grader.core.course import Course
from grader.core.i18n import Translator
from grader.grading.grader import Grader
from grader.grading.run_cache import RunCache, cache_folder
from grader.protocol.verdict import Hint, Status
from grader.rubric.loader import load_rubric
from grader.submission.reader import read
from tests.helpers.paths import ROOT
from tests.helpers.proofs import VERDICT, Proof
from tests.helpers.shared_worker import SharedWorker, start_grader

COURSE = Course(ROOT)
EXERCISES = COURSE.exercises()


# Notebooks say the same as the scripts that they are made from: one exercise shows that they get the same.
MADE_NOTEBOOKS = {"reference.ipynb", "stub.ipynb"}
GRADED_AS_NOTEBOOK = "wine"


@pytest.fixture(scope="module")
def grader(shared_worker: SharedWorker) -> Iterator[Grader]:
    """One grader for all exercises."""
    with start_grader(shared_worker, COURSE) as started:
        yield started


def proof_of(exercise: str) -> Proof:
    """Return the proof that an exercise's own submissions get what they say."""
    folders = (f"exercises/{exercise}", f"reference/{exercise}")
    return Proof(f"exercises/{exercise}", (*VERDICT, *folders, "tests/documents/test_exercises.py"))


def choose_sample(expectations: Sequence[Expectation]) -> list[Expectation]:
    """Return the reference, the stub, and the first variant that loses something."""
    first_wrong = next(expectation for expectation in expectations if expectation.loses)
    return [e for e in expectations if e.name in {"reference.py", "stub.py", first_wrong.name}]


@pytest.mark.proof
@pytest.mark.parametrize("exercise", EXERCISES)
def test_reference_stub_and_variants_get_exactly_what_they_say(
    exercise: str, grader: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    say = Translator("en")
    expectations = [
        expectation
        for expectation in read_expectations(COURSE, exercise)
        if exercise == GRADED_AS_NOTEBOOK or expectation.name not in MADE_NOTEBOOKS
    ]
    proof = proof_of(exercise)
    if proof.is_made():
        expectations = choose_sample(expectations)
    validator = Validator(grader, exercise, expectations)
    validator.grade_reference()  # this one is always run, and each step of it
    # Of the others, as in `grader validate`, what was not run before with the same code behind the walls.
    runs = RunCache(cache_folder())
    monkeypatch.setattr(grader, "runs", runs)
    proofs = list(validator.check_expectations())
    runs.remove_oldest()
    wrong = [f"{p.expectation.name}: {say(p.complaint)}" for p in proofs if p.complaint is not None]
    assert not wrong, "\n".join(wrong)
    proof.note()


@pytest.mark.parametrize("exercise", EXERCISES)
def test_there_is_all_that_a_proof_needs_and_every_equivalent_is_a_mutant(exercise: str) -> None:
    found = load_exercise(COURSE, exercise)
    assert len(found.mutants) >= 30
    assert not found.unused_patterns


@pytest.mark.parametrize("exercise", EXERCISES)
def test_there_are_right_variants_in_other_styles_and_wrong_ones(exercise: str) -> None:
    variants = [c for c in read_expectations(COURSE, exercise) if c.name.startswith(("right", "wrong"))]
    assert sum(not c.loses for c in variants) >= 6
    assert sum(bool(c.loses) for c in variants) >= 15
    assert all(bool(c.loses) == c.name.startswith("wrong") for c in variants)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_criterion_is_lost_by_some_variant(exercise: str) -> None:
    lost = {criterion for expectation in read_expectations(COURSE, exercise) for criterion in expectation.loses}
    assert lost == {c.id for c in load_rubric(COURSE, exercise).criteria}


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("folder", ["exercises", "reference"])
def test_the_notebook_is_made_from_the_script(exercise: str, folder: str) -> None:
    script = ROOT / folder / exercise / "submission.py"
    notebook = script.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert notebook == make_notebook(script.read_text(encoding="utf-8")), "run `make notebooks`"
    assert not any(cell.get("outputs") for cell in json.loads(notebook)["cells"])
    # What the grader reads of both is the same program.
    programs = [
        ast.dump(ast.parse("\n".join(unit.source for unit in read(file).units)))
        for file in (script, script.with_suffix(".ipynb"))
    ]
    assert programs[0] == programs[1]


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("sheet", ["task.md", "task.de.md"])
def test_the_task_sheet_names_every_criterion_s_points_and_every_function(exercise: str, sheet: str) -> None:
    text = (ROOT / "exercises" / exercise / sheet).read_text(encoding="utf-8")
    stub = (ROOT / "exercises" / exercise / "submission.py").read_text(encoding="utf-8")
    functions = [line.split("(")[0].removeprefix("def ") for line in stub.splitlines() if line.startswith("def ")]
    assert functions
    assert not [f for f in functions if f"{f}(" not in text]
    assert not [c.id for c in load_rubric(COURSE, exercise).criteria if f"`{c.id}`" not in text]


def test_a_variant_without_its_header_is_refused(tmp_path: Path) -> None:
    for kind, content in {"exercises": "x = 1", "reference": "x = 1"}.items():
        (tmp_path / kind / "mine" / "variants").mkdir(parents=True)
        (tmp_path / kind / "mine" / "submission.py").write_text(content)
    (tmp_path / "reference" / "mine" / "variants" / "wrong.py").write_text("x = 2")
    with pytest.raises(ExpectationError, match=r"wrong\.py has to begin with"):
        read_expectations(Course(tmp_path), "mine")


class TestComplaints:
    """An expectation that is not met is named: too many points lost, too few, another share, no such criterion."""

    def verdict_and_expectation(self, loses: dict[str, float | None], *, is_stub: bool = False):  # type: ignore[no-untyped-def]
        from tests.reports import samples

        verdict, _ = samples.mixed("en")
        decided = tuple(c for c in verdict.criteria if c.status is not Status.NOT_GRADED)
        verdict = replace(verdict, criteria=decided)
        submission = read(ROOT / "reference" / "digits" / "submission.py")
        return verdict, Expectation("x", submission, loses, is_stub=is_stub)

    def test_the_exact_losses_hold(self) -> None:
        verdict, _ = self.verdict_and_expectation({})
        exact = {c.id: c.points / c.max_points for c in verdict.criteria if c.points < c.max_points}
        _, expectation = self.verdict_and_expectation(dict(exact))
        assert find_complaint(expectation, verdict) is None

    def test_what_the_grader_could_not_decide_is_a_complaint_and_no_loss(self) -> None:
        from tests.reports import samples

        doubted, _ = samples.mixed("en")
        undecided = [f"{c.id} ({c.message})" for c in doubted.criteria if c.status is Status.NOT_GRADED]
        losses: dict[str, float | None] = {c.id: c.points / c.max_points for c in doubted.criteria}
        _, expectation = self.verdict_and_expectation(losses)
        consistent = replace(doubted, certification=())
        complaint = find_complaint(expectation, consistent)
        assert Translator("en")(complaint or "") == f"the grader could not decide: {', '.join(undecided)}"
        assert find_complaint(expectation, doubted) is None  # evidence that contradicts itself is not decided

    def test_a_loss_that_was_not_said_is_a_complaint(self) -> None:
        verdict, expectation = self.verdict_and_expectation({})
        complaint = Translator("en")(find_complaint(expectation, verdict) or "")
        lost = [c for c in verdict.criteria if c.points < c.max_points]
        assert complaint.startswith("other points than expected: ")
        assert all(f"{c.id} {c.points:g}/{c.max_points:g} ({c.message})" in complaint for c in lost)

    def test_points_that_were_to_be_lost_are_a_complaint_without_a_reason(self) -> None:
        verdict, _ = self.verdict_and_expectation({})
        passed = next(c for c in verdict.criteria if c.points == c.max_points)
        _, expectation = self.verdict_and_expectation({passed.id: None})
        only = replace(verdict, criteria=(passed,))
        complaint = Translator("en")(find_complaint(expectation, only) or "")
        assert complaint == f"other points than expected: {passed.id} {passed.points:g}/{passed.max_points:g}"

    def test_a_criterion_that_is_not_there_is_a_complaint(self) -> None:
        verdict, expectation = self.verdict_and_expectation({"chess": None})
        assert "chess" in Translator("en")(find_complaint(expectation, verdict) or "")

    def test_a_stub_that_was_attempted_is_a_complaint(self) -> None:
        verdict, expectation = self.verdict_and_expectation({}, is_stub=True)
        nothing = tuple(replace(c, points=0.0) for c in verdict.criteria)
        complaint = find_complaint(expectation, replace(verdict, criteria=nothing))
        assert "not recognised as not attempted" in Translator("en")(complaint or "")

    def test_a_stub_or_an_empty_file_that_gets_points_is_a_complaint(self) -> None:
        for kind in ("is_stub", "is_empty"):
            verdict, expectation = self.verdict_and_expectation({})
            complaint = find_complaint(dataclasses.replace(expectation, **{kind: True}), verdict)
            assert "gives points for nothing" in Translator("en")(complaint or "")

    @pytest.mark.parametrize(("severity", "complains"), [("error", True), ("warning", True), ("tip", False)])
    def test_a_right_solution_that_shows_a_misconception_is_a_complaint(
        self, severity: str, *, complains: bool
    ) -> None:
        from tests.reports import samples

        verdict, _ = samples.good("en")
        hint = Hint(id="relu-head", severity=severity, text="...")  # type: ignore[arg-type]
        right = tuple(replace(c, points=c.max_points, hints=()) for c in verdict.criteria)
        clean = replace(verdict, criteria=right)
        shown = replace(verdict, criteria=(replace(right[0], hints=(hint,)), *right[1:]))
        expectation = Expectation("x", read(ROOT / "reference" / "digits" / "submission.py"), {})
        assert find_complaint(expectation, clean) is None
        complaint = find_complaint(expectation, shown)
        assert (complaint is not None) is complains
        assert complaint is None or "relu-head" in Translator("en")(complaint)
