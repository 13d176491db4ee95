"""`make demo`: grade submissions that ship with the repository, and write their reports."""

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from grader.authoring.validation.expectations import read_expectations
from grader.core.course import Course
from grader.core.i18n import Translator
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.protocol.plan import Call, Step
from grader.protocol.verdict import Verdict
from reports.common.symbols import STATUS
from reports.submission import html

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "demo-reports"
# The reference twice, one in another style, two wrong, one that crashes in fit; then one of each other exercise.
CHOSEN = (
    ("digits", "reference.py"),
    ("digits", "reference.ipynb"),
    ("digits", "right_subclassed.py"),
    ("digits", "wrong_sigmoid_head.py"),
    ("digits", "wrong_nearest_neighbour.py"),
    ("digits", "wrong_one_hot_with_sparse_loss.py"),
    ("wine", "wrong_scaler_fitted_on_both_parts.py"),
    ("linear_regression", "wrong_learning_rate_too_high.py"),
    ("logistic_regression", "wrong_logits_against_threshold.py"),
    ("model_styles", "wrong_other_activation.py"),
    ("metric_cheat_sheet", "wrong_precision_and_sensitivity_swapped.py"),
)


def main() -> int:
    """Grade the submissions, print a table and where the reports are. Returns the exit code."""
    console = Console()
    FOLDER.mkdir(exist_ok=True)
    exercises = dict.fromkeys(exercise for exercise, _ in CHOSEN)
    submissions = {(e, s.name): s.submission for e in exercises for s in read_expectations(Course(ROOT), e)}
    verdicts: list[Verdict] = []
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    mode = Mode.WALLS if sys.platform == "linux" else Mode.PLAIN
    with Progress(*columns, console=console, transient=True) as bar, Grader(Course(ROOT), mode) as grader:
        task = bar.add_task("starting TensorFlow", total=len(CHOSEN))
        for exercise, name in CHOSEN:

            def on_step(step: Step, _done: int, _total: int, name: str = name) -> None:
                bar.update(task, description=f"{name}: {step.function if isinstance(step, Call) else 'network'}")

            graded = grader.grade(exercise, submissions[exercise, name], "en", on_step)
            verdicts.append(graded.verdict)
            _report(exercise, name).write_text(html.render(graded.verdict, graded.exhibits), encoding="utf-8")
            bar.advance(task)
    _print(verdicts, console)
    return 0


def _report(exercise: str, name: str) -> Path:
    return FOLDER / f"{exercise}-{name.replace('.', '-')}.html"


def _print(verdicts: list[Verdict], console: Console) -> None:
    translate = Translator("en")
    table = Table(title=f"{len(verdicts)} submissions")
    for heading in ("Submission", "Points", "Status", "Certified", "Seconds"):
        table.add_column(heading, overflow="fold")
    for (exercise, name), verdict in zip(CHOSEN, verdicts, strict=True):
        table.add_row(
            f"{exercise}: {name}",
            f"{verdict.points:g} / {verdict.max_points:g}",
            f"{STATUS[verdict.status].sign} {translate(STATUS[verdict.status].word)}",
            {True: "yes", False: "no", None: "–"}[verdict.certified],
            f"{verdict.resources.wall_seconds:.1f}",
        )
    console.print(table)
    missing = [wall.id for wall in verdicts[0].isolation.walls if not wall.stands]
    walls = (
        "all walls were active"
        if verdicts[0].isolation.walls and not missing
        else f"walls missing: {', '.join(missing) or 'all'}"
    )
    console.print(f"Reports: {FOLDER}  ({walls})", soft_wrap=True)


if __name__ == "__main__":
    raise SystemExit(main())
