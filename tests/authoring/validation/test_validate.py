"""`grader validate` on small courses: what survives is shown, what cannot be right is refused."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from grader.authoring.validation.expectations import make_script
from grader.authoring.validation.listed_mutants import ListedMutants
from grader.authoring.validation.validate import (
    Exercise,
    MutantOutcome,
    MutantResult,
    UnprovableExerciseError,
    Validator,
    load_exercise,
)
from grader.commands.validation_output import build_mutant_table, count_consequences, count_mutants
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from grader.examiner import misconceptions
from grader.grading import grader as grade
from grader.grading.grader import Grader
from grader.grading.run_cache import RunCache
from grader.protocol.verdict import Verdict, encode
from grader.sandbox.run import execute_plan
from tests.authoring.validation.small_course import (
    COUNTS,
    NETWORKS_STUB,
    REFERENCE,
    RUBRIC,
    VARIANT,
    WEAK,
    course_in,
    validate,
)
from tests.helpers.paths import END_TO_END_COURSE
from tests.helpers.shared_worker import SharedWorker, start_grader

COURSE = END_TO_END_COURSE


def test_a_weak_rubric_lets_mutants_survive_and_the_exit_code_says_so(tmp_path: Path) -> None:
    course_in(tmp_path)
    done = validate(tmp_path, "tiny")
    assert done.exit_code == ExitCode.NOT_ALL_PASSED, done.stderr
    rows = {line.split("│")[2].strip(): line for line in done.stdout.splitlines() if line.count("│") == 5}
    assert "half:operands:y / 2->2 / y" in rows, done.stdout + done.stderr
    assert "✗ survived" in rows["half:operands:y / 2->2 / y"]
    assert "✓ killed" in rows["class_counts:keyword:without minlength"]
    assert "✗ not graded" in rows["half:return:forgotten"]
    assert "class_counts" in rows["class_counts:keyword:without minlength"].split("│")[4]
    assert "return 2 / y" in done.stdout
    assert "→ return 2 / y" in done.stdout
    assert "mutants: " in done.stdout
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "keras-grader" / "runs").glob("*.run"))


BROKEN_DETECTOR = """

import sys

misconceptions = sys.modules["grader.examiner.misconceptions"]  # as an import it would be refused


def broken(view):
    raise ZeroDivisionError("a detector with a fault")


misconceptions.CATALOGUE = (misconceptions.Misconception("broken", "tip", broken, ()),)
"""


def test_a_detector_of_misconceptions_that_raises_ends_the_validation_with_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misconceptions, "CATALOGUE", misconceptions.CATALOGUE)  # the rubric changes it here, too
    rubric = RUBRIC.replace("CRITERIA", COUNTS + WEAK) + BROKEN_DETECTOR
    course_in(tmp_path, **{"exercises__tiny__rubric-py": rubric})
    done = validate(tmp_path, "tiny")
    assert done.exit_code == ExitCode.NOT_GRADED, done.stderr
    assert "ZeroDivisionError: a detector with a fault" in done.stderr
    assert "in broken" in done.stderr


ENDS_THE_EXAMINER = """

import os
from pathlib import Path

judge = Runs.judge


def judge_or_end(self, case):
    times = Path(__file__).with_name("times")
    ended = len(times.read_text()) if times.exists() else 0
    if ended < TIMES:
        times.write_text("x" * (ended + 1))
        os._exit(3)
    return judge(self, case)


Runs.judge = judge_or_end
"""


@pytest.mark.parametrize(("times", "code"), [(1, ExitCode.PASSED), (1000, ExitCode.NOT_GRADED)])
def test_a_submission_is_graded_once_more_where_the_examiner_ended(
    tmp_path: Path, times: int, code: ExitCode
) -> None:
    ends = ENDS_THE_EXAMINER.replace("TIMES", str(times))
    course_in(tmp_path, **{"exercises__tiny__rubric-py": RUBRIC.replace("CRITERIA", COUNTS + WEAK) + ends})
    done = validate(tmp_path, "tiny", "--secrets", "1")
    assert done.exit_code == code, done.stdout + done.stderr
    assert ("the examiner" in " ".join(done.stderr.split())) == (times > 1)


def test_a_reference_that_falls_short_is_explained_and_its_mutants_are_not_tried(tmp_path: Path) -> None:
    reference = REFERENCE.replace("minlength=10", "minlength=11")
    course_in(tmp_path, **{"reference__tiny__submission.py": reference})
    done = validate(tmp_path, "tiny")
    assert done.exit_code == ExitCode.NOT_ALL_PASSED, done.stderr
    assert "other points than expected" in done.stdout
    assert "mutants" not in done.stdout
    assert "so its mutants were not tried" in done.stderr
    assert "  class_counts: class_counts(np.array([" in done.stderr
    assert "Traceback" not in done.stderr


REFUSED: dict[str, tuple[dict[str, str | None], str, bool]] = {
    "no criteria": ({"criteria": ""}, "a rubric without criteria checks nothing", False),
    "one id twice": ({"criteria": COUNTS.replace("60", "50") * 2}, "criteria named twice: class_counts", False),
    "other sum": ({"criteria": COUNTS}, "points add up to 60; total=100 expected", False),
    "no points": (
        {"criteria": COUNTS.replace("60", "100") + WEAK.replace("40", "0")},
        "half is worth 0 points",
        False,
    ),
    "later": (
        {"criteria": COUNTS + 'c("half", 40, Runs("half"), depends_on=("x",)), '},
        "half depends on criteria that do not come before it: x",
        False,
    ),
    "no steps": ({"criteria": COUNTS + 'c("none", 40, Asks()),'}, "none asks for no step", False),
    "two steps of one id": (
        {"criteria": COUNTS + 'c("two", 40, Asks((Call(id="a", function="f"), Call(id="a", function="g")))),'},
        "two different steps are called 'a'",
        False,
    ),
    "unknown array": (
        {"criteria": COUNTS + 'c("x", 40, Asks((Call(id="a", function="f", arguments=(ArrayArg(name="q"),)),))),'},
        "no such arrays, neither in its data nor in its checks: q",
        False,
    ),
    "broken rubric": ({"exercises__tiny__rubric-py": "RUBRIC = ("}, "cannot be read: SyntaxError", True),
    "no rubric in it": ({"exercises__tiny__rubric-py": "x = 1"}, "has to define RUBRIC", True),
    "no reference": ({"reference__tiny__submission-py": None}, "reference/tiny/submission.py", False),
    "no stub": ({"exercises__tiny__submission-py": None}, "exercises/tiny/submission.py", False),
    "no variants": ({"reference__tiny__variants__wrong-py": None}, "tiny has no variants", False),
    "no header": ({"reference__tiny__variants__wrong-py": "x = 1"}, "wrong.py has to begin with", False),
    "no share": (
        {"reference__tiny__variants__wrong-py": VARIANT.replace(": class_counts", ": class_counts=half")},
        "wrong.py: what a criterion keeps is a share such as 0.5; received 'half'",
        False,
    ),
    "empty variant": ({"reference__tiny__variants__wrong-py": " "}, "wrong.py is empty", True),
    "no reasons": ({"reference__tiny__equivalent-toml": '"half:*" = ""'}, "no reason for 'half:*'", False),
    "broken list": ({"reference__tiny__equivalent-toml": "half"}, "cannot be read", False),
    "no Python": ({"reference__tiny__submission-py": "def f(:\n"}, "is no Python: line 1", True),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_right_is_refused_with_one_sentence(case: str, tmp_path: Path) -> None:
    files, said, unreadable = REFUSED[case]
    full = {n.replace("-py", ".py").replace("-toml", ".toml"): content for n, content in files.items()}
    course = course_in(tmp_path, **full)  # type: ignore[arg-type]
    with pytest.raises(UnprovableExerciseError) as refused:
        load_exercise(course, "tiny")
    assert said in Translator("en")(refused.value.text)
    assert refused.value.is_unreadable is unreadable


@pytest.mark.parametrize(
    ("case", "code"), [("other sum", ExitCode.NOT_ALL_PASSED), ("broken rubric", ExitCode.USAGE)]
)
def test_the_command_line_says_so_without_a_traceback(case: str, code: ExitCode, tmp_path: Path) -> None:
    files, said, _ = REFUSED[case]
    full = {n.replace("-py", ".py"): content for n, content in files.items()}
    course_in(tmp_path, **full)  # type: ignore[arg-type]
    done = validate(tmp_path)
    assert done.exit_code == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with the functions of above, and the small network of the end-to-end tests."""
    folder = tmp_path_factory.mktemp("course")
    course_in(folder, COUNTS + 'c("half", 40, Runs("half", looks=False)), ')
    for room in ("exercises", "reference"):
        shutil.copytree(COURSE / room / "networks", folder / room / "networks")
    (folder / "exercises" / "networks" / "submission.py").write_text(NETWORKS_STUB)
    (folder / "reference" / "networks" / "variants").mkdir()
    variant = VARIANT.replace("# loses: class_counts", "# loses: probabilities")
    (folder / "reference" / "networks" / "variants" / "wrong.py").write_text(variant)
    return folder


@pytest.fixture(scope="module")
def grader(folder: Path, shared_worker: SharedWorker) -> Iterator[Grader]:
    with start_grader(shared_worker, Course(folder)) as started:
        yield started


@pytest.fixture(scope="module")
def tiny(folder: Path) -> Exercise:
    return load_exercise(Course(folder), "tiny")


def test_a_criterion_that_passes_on_nothing_is_named(grader: Grader, tiny: Exercise) -> None:
    results = Validator(grader, "tiny", tiny.expectations).check_expectations()
    complaints = {result.expectation.name: result.complaint for result in results}
    said = {name: Translator("en")(complaint) for name, complaint in complaints.items() if complaint is not None}
    assert said == dict.fromkeys(("stub.py", "empty.py"), "gives points for nothing, so it checks nothing: half")


@pytest.mark.parametrize("from_reference", [True, False])
def test_why_points_were_lost_is_said_in_the_author_s_language(
    grader: Grader, tiny: Exercise, from_reference: bool
) -> None:
    wrong = next(expectation for expectation in tiny.expectations if expectation.loses)
    changed = replace(wrong, loses={}, from_reference=from_reference)
    validator = Validator(grader, "tiny", (tiny.expectations[0], changed), "de")
    complaint = list(validator.check_expectations())[1].complaint
    assert complaint is not None
    said = Translator("de")(complaint)
    assert said.startswith("andere Punkte als erwartet: class_counts 0/")
    assert "gab andere Zahlen zurück als erwartet" in said


def test_equivalents_are_believed_only_where_nothing_is_lost(grader: Grader, tiny: Exercise) -> None:
    listed = ListedMutants({"half:*": "It may be anything.", "class_counts:return:0": "No."})
    validator = Validator(grader, "tiny", tiny.expectations)
    chosen = [
        m for m in tiny.mutants if m.id in {"half:return:0", "class_counts:return:0", "half:return:forgotten"}
    ]
    outcomes = {t.mutant.id: (t.outcome, t.reason) for t in validator.try_mutants(chosen, listed)}
    assert outcomes == {
        "half:return:0": (MutantOutcome.EQUIVALENT, "It may be anything."),
        "half:return:forgotten": (MutantOutcome.EQUIVALENT, "It may be anything."),
        "class_counts:return:0": (MutantOutcome.NOT_EQUIVALENT, ""),
    }
    (survived,) = validator.try_mutants(chosen[-1:], ListedMutants())
    assert (survived.outcome, survived.is_expected) == (MutantOutcome.SURVIVED, False)


def test_a_borderline_mutant_may_keep_all_points_or_lose_some(grader: Grader, tiny: Exercise) -> None:
    listed = ListedMutants(borderline={"half:return:0": "It keeps all.", "class_counts:return:0": "It loses."})
    chosen = [mutant for mutant in tiny.mutants if mutant.id in listed.borderline]
    tried = list(Validator(grader, "tiny", tiny.expectations).try_mutants(chosen, listed))
    assert {t.mutant.id: t.reason for t in tried} == listed.borderline
    assert all(t.outcome is MutantOutcome.BORDERLINE and t.is_expected for t in tried)
    assert all(t.consequences is None for t in tried)


def without_resources(verdict: Verdict) -> str:
    return encode(msgspec.structs.replace(verdict, resources=msgspec.structs.replace(verdict.resources, **ZERO)))


ZERO = {"wall_seconds": 0.0, "cpu_seconds": 0.0, "peak_mib": 0.0}


def test_a_mutant_gets_the_same_verdict_whether_everything_is_done_again_or_only_what_it_reaches(
    grader: Grader, folder: Path
) -> None:
    exercise = load_exercise(Course(folder), "networks")
    validator = Validator(grader, "networks", exercise.expectations)
    for operator in ("output-activation", "validation", "from-logits", "epochs"):
        mutant = next(m for m in exercise.mutants if m.operator == operator)
        submission = make_script(mutant.source, "submission.py")
        known = validator.reusable_evidence(submission)
        assert known is not None
        assert 0 < len(known.evidence.bodies) < len(validator.steps)
        full = grader.grade("networks", submission).verdict
        assert without_resources(validator.grade_changed_reference(submission).verdict) == without_resources(full)
    last = next(m for m in exercise.mutants if m.function == "predict_probabilities")
    known = validator.reusable_evidence(make_script(last.source, "submission.py"))
    assert known is not None
    assert {s.id for s in validator.steps} - set(known.evidence.bodies) == {"predict_probabilities@val"}
    assert set(known.evidence.replays) == {"model:build_model@0", "trained:train@0"}


def test_another_threshold_trains_nothing_again(
    grader: Grader, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []

    def counted(*arguments: object) -> object:
        runs.append(1)
        return execute_plan(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(grade, "execute_plan", counted)
    monkeypatch.setattr(grader, "runs", RunCache(tmp_path / "runs"))
    stricter = Course(tmp_path / "stricter")
    shutil.copytree(folder, stricter.folder)
    rubric = stricter.rubric_file("networks")
    rubric.write_text(rubric.read_text().replace("full=0.8, half=0.5", "full=0.995, half=0.99"))
    reference = load_exercise(stricter, "networks").expectations[0].submission
    before = grader.grade("networks", reference).verdict.points
    monkeypatch.setattr(grader, "course", stricter)
    assert grader.grade("networks", reference).verdict.points < before
    assert len(runs) == 2  # the run and its replay, the first time


def test_the_table_shows_every_outcome(tiny: Exercise) -> None:
    from rich.console import Console

    mutants = tiny.mutants
    results = [
        MutantResult(mutant, outcome, ("half",), "because" if outcome is MutantOutcome.EQUIVALENT else "")
        for mutant, outcome in zip(mutants, MutantOutcome, strict=False)
    ]
    console = Console(width=200, file=io.StringIO())
    with console.capture() as captured:
        console.print(build_mutant_table("tiny", results, Translator("en")))
    shown = captured.get()
    assert all(mutant.id in shown for mutant in mutants[: len(MutantOutcome)])
    assert "because" in shown
    assert count_mutants(results, Translator("en")) == (
        f"{len(MutantOutcome)} mutants: 1 killed, 1 survived, 1 equivalent, 1 borderline, 1 not graded, 1 listed "
        "as equivalent but not so."
    )


def test_mutants_that_cost_more_than_what_they_are_about_are_counted_and_named(tiny: Exercise) -> None:
    first, second, third = tiny.mutants[:3]
    killed = MutantOutcome.KILLED
    results = [
        MutantResult(first, killed, ("half",), consequences=()),
        MutantResult(second, killed, ("half", "other"), consequences=("other",)),
        MutantResult(third, killed, ("half",)),
    ]
    sentence = count_consequences(results, Translator("en"))
    assert sentence.startswith("1 of 2 killed mutants cost only points of criteria about what they change (50%).")
    assert sentence.endswith(f"The others: {second.id} (other)")
    assert "The others" not in count_consequences(results[:1], Translator("en"))
    assert "(100%)" in count_consequences([], Translator("en"))
