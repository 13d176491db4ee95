"""The command line: parses, calls, prints. Imports neither TensorFlow nor NumPy."""

import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from grader import __version__, class_commands
from grader.command_line import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExitCode,
    LanguageOption,
    PlainOption,
    chosen_course,
    complain,
    help_,
    refuse,
    rubric_folder,
    stopped,
)
from grader.course import Course
from grader.examiner_line import GraderError
from grader.files import UnreadableSubmission
from grader.grade import Graded, Grader, Mode
from grader.plan import Call, Read, Step
from grader.sandbox.run import Progress as OnStep
from grader.sandbox.supervisor import SandboxError
from grader.submission import Submission, read
from grader.text import T, Translator
from grader.verdict import Status, Verdict, encode
from reports import html, terminal

if TYPE_CHECKING:
    from grader.run_cache import RunCache
    from grader.validate import Exercise


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=help_(
        T("Grades Keras exercises: runs the code behind walls and judges the network that it really built.")
    ),
)


class_commands.register(app)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help=help_(T("Print the version and stop.")))] = False,
) -> None:
    """Grade Keras exercises."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command("list", help=help_(T("Show the exercises of this course.")))
def list_exercises(course: CourseOption = None) -> None:
    """Print one exercise per line."""
    for name in chosen_course(course, help_).exercises():
        typer.echo(name)


@app.command(help=help_(T("Copy the stub of an exercise into a folder, to work on it.")))
def start(
    exercise: str,
    folder: Annotated[Path, typer.Argument()] = Path(),
    notebook: Annotated[
        bool, typer.Option("--notebook", help=help_(T("The notebook instead of the .py file.")))
    ] = False,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Copy stub and task sheet; never over a file that is there."""
    say = Translator(lang)
    source = rubric_folder(chosen_course(course, say), exercise, say)
    sheet = "task.de.md" if lang == "de" else "task.md"
    wanted = ("submission.ipynb" if notebook else "submission.py", sheet)
    if missing := [name for name in wanted if not (source / name).is_file()]:
        refuse(say(T("This course has no {file} for {exercise}.", file=missing[0], exercise=exercise)))
    if there := [name for name in wanted if (folder / name).exists()]:
        refuse(say(T("{file} is already there; nothing was copied.", file=str(folder / there[0]))))
    folder.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        shutil.copyfile(source / name, folder / name)
        typer.echo(str(folder / name))


@app.command(help=help_(T("Grade one submission and say what is right, what is wrong, and why.")))
def check(
    exercise: str,
    file: Path,
    html_out: Annotated[
        Path | None, typer.Option("--html", help=help_(T("Write the report to this file.")))
    ] = None,
    json_out: Annotated[
        str | None, typer.Option("--json", help=help_(T("Write the verdict to this file; - for standard output.")))
    ] = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
    plain: PlainOption = False,
) -> None:
    """Read, run behind walls, judge, report."""
    say = Translator(lang)
    rubric_folder(chosen_course(course, say), exercise, say)
    submission = _read(file, say)
    _require_writable([html_out, Path(json_out) if json_out and json_out != "-" else None], say)
    with _grader(chosen_course(course, say), plain=plain, say=say) as grader, _progress(say) as on_step:
        graded = _graded(grader, exercise, submission, lang, on_step, say)
    _write(graded, html_out, json_out, say)
    raise typer.Exit(exit_code(graded.verdict))


@app.command(help=help_(T("Prove the rubrics: on the reference, the stub, every variant, and mutants.")))
def validate(
    exercise: Annotated[str | None, typer.Argument()] = None,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Grade the course's own solutions and mutants of the reference, and compare with what each must lose."""
    from grader.validate import Exercise, RefusedError, exercise_of  # instructors only

    say = Translator(lang)
    chosen = chosen_course(course, say)
    names = (exercise,) if exercise else chosen.exercises()
    code = ExitCode.PASSED
    found: list[Exercise] = []
    for name in names:
        rubric_folder(chosen, name, say)
        try:
            found.append(exercise_of(chosen, name))
        except RefusedError as error:
            complain(say(error.text))
            code = max(code, ExitCode.USAGE if error.unreadable else ExitCode.NOT_ALL_PASSED)
    if found and not _all_proven(chosen, found, say):
        code = max(code, ExitCode.NOT_ALL_PASSED)
    raise typer.Exit(code)


def _all_proven(course: Course, exercises: "Sequence[Exercise]", say: Translator) -> bool:
    """Prove each exercise and print its tables; returns whether nothing is to be mended."""
    from grader.run_cache import RunCache, cache_folder

    runs = RunCache(cache_folder())
    with _grader(course, plain=False, say=say, runs=runs) as grader:
        try:
            proven = [_is_proven(grader, exercise, say) for exercise in exercises]
        except KeyboardInterrupt:
            stopped(say)
    runs.tidy()
    return all(proven)


def _is_proven(grader: Grader, exercise: "Exercise", say: Translator) -> bool:
    from grader.proof_tables import count_of_mutants, table_of_claims, table_of_mutants
    from grader.validate import Bench

    console = Console()
    bench = Bench(grader, exercise.name, exercise.claims)
    proofs, trials = [], []
    total = len(exercise.claims) + len(exercise.mutants)
    with _bar(say(T("Proving {exercise}", exercise=exercise.name)), total) as advance:
        for proof in bench.proofs():
            advance(proof.claim.name)
            proofs.append(proof)
        for trial in bench.trials(exercise.mutants, exercise.equivalents):
            advance(trial.mutant.id)
            trials.append(trial)
    console.print(table_of_claims(exercise.name, proofs, say))
    console.print(table_of_mutants(exercise.name, trials, say))
    console.print(count_of_mutants(trials, say), highlight=False, soft_wrap=True)
    for pattern in exercise.stale:
        complain(
            say(
                T(
                    "equivalent.toml of {exercise}: no mutant is called {pattern!r}.",
                    exercise=exercise.name,
                    pattern=pattern,
                )
            )
        )
    wrong = [p for p in proofs if p.complaint is not None], [t for t in trials if not t.is_as_it_should_be]
    return not any(wrong) and not exercise.stale


@app.command(help=help_(T("Show what this machine can do: versions and walls.")))
def doctor(lang: LanguageOption = DEFAULT_LANGUAGE) -> None:
    """Start the warm worker, let the canary try the walls, and print what holds."""
    from grader.doctor import examine

    raise typer.Exit(ExitCode.PASSED if examine(Console(), Translator(lang)) else ExitCode.NOT_GRADED)


def exit_code(verdict: Verdict) -> ExitCode:
    """Return what a verdict means to the shell."""
    if verdict.status is Status.NOT_GRADED:
        return ExitCode.NOT_GRADED
    return ExitCode.PASSED if verdict.status is Status.PASSED else ExitCode.NOT_ALL_PASSED


def _read(file: Path, say: Translator) -> Submission:
    try:
        return read(file)
    except UnreadableSubmission as error:
        refuse(say(error.text))


def _require_writable(files: list[Path | None], say: Translator) -> None:
    """Refuse before the work is done rather than after."""
    for file in files:
        if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
            refuse(
                say(
                    T(
                        "{file} cannot be written: its folder is not there, or it is a folder itself.",
                        file=str(file),
                    )
                )
            )


@contextmanager
def _grader(course: Course, *, plain: bool, say: Translator, runs: "RunCache | None" = None) -> Iterator[Grader]:
    """Start a grader: behind walls where there can be any."""
    mode = Mode.PLAIN if plain or sys.platform != "linux" else Mode.WALLS
    try:
        with Grader(course, mode, runs) as grader:
            yield grader
    except (SandboxError, GraderError) as error:
        Console(stderr=True).print(
            say(
                T(
                    "Nothing could be graded; this is the grader's fault. Please report it: {error}",
                    error=str(error),
                )
            ),
            markup=False,
            highlight=False,
        )
        raise typer.Exit(ExitCode.NOT_GRADED) from error


def _graded(
    grader: Grader, exercise: str, submission: Submission, lang: str, on_step: OnStep, say: Translator
) -> Graded:
    try:
        return grader.grade(exercise, submission, lang, on_step)
    except KeyboardInterrupt:
        stopped(say)


@contextmanager
def _progress(say: Translator) -> Iterator[OnStep]:
    """Show on a terminal what is going on; elsewhere, stay quiet."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say(T("starting TensorFlow")), total=None)

        def on_step(step: Step, done: int, total: int) -> None:
            match step:
                case Call(function=function):
                    name = f"{function}()"
                case Read(name=name):
                    pass
                case _:
                    name = say(T("looking at the network"))
            bar.update(task, description=escape(name), completed=done, total=total)

        yield on_step


@contextmanager
def _bar(title: str, total: int) -> Iterator[Callable[[str], None]]:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda name: bar.update(task, advance=1, description=escape(f"{title}: {name}"))


def _write(graded: Graded, html_out: Path | None, json_out: str | None, say: Translator) -> None:
    if html_out is not None:
        html_out.write_text(html.render(graded.verdict, graded.exhibits), encoding="utf-8")
    if json_out == "-":
        sys.stdout.write(encode(graded.verdict))
        return
    if json_out is not None:
        Path(json_out).write_text(encode(graded.verdict), encoding="utf-8")
    console = Console()
    terminal.render(graded.verdict, console)
    if html_out is not None:
        console.print(say(T("Report: {file}", file=str(html_out))), markup=False, highlight=False, soft_wrap=True)


def main() -> None:
    """Entry point of the `grader` command. A fault of the grader is told as one, and is no mark: exit code 3."""
    try:
        app()
    except Exception:  # noqa: BLE001 - Python's own exit code for a traceback would mean "graded, not all passed"
        traceback.print_exc()
        Console(stderr=True).print(help_(T("This is the grader's fault, not yours. Please report it.")))
        raise SystemExit(ExitCode.NOT_GRADED) from None
