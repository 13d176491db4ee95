"""Start a grader and show its progress on a terminal, for the commands that grade one submission."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from grader.commands.options import print_to_stderr
from grader.core.course import Course
from grader.core.errors import InternalError, UnusableRubricError
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, Translator, _
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.protocol.plan import Call, ReadGlobal, Step
from grader.sandbox.run import Progress as OnStep

if TYPE_CHECKING:
    from grader.grading.run_cache import RunCache

_log = logging.getLogger(__name__)

STARTING = _("starting TensorFlow")


@contextmanager
def running_grader(
    course: Course,
    *,
    plain: bool,
    translate: Translator,
    runs: "RunCache | None" = None,
    is_light: bool = False,
) -> Iterator[Grader]:
    """Start a grader: behind walls where there can be any. `is_light`: see `Grader`."""
    try:
        with Grader(course, choose_mode(plain=plain), runs, is_light=is_light) as grader:
            yield grader
    except UnusableRubricError as error:
        print_to_stderr(translate(error.text))
        print_to_stderr(translate(_("Nothing was graded. This is the exercise's fault: tell whoever made it.")))
        raise typer.Exit(ExitCode.NOT_GRADED) from error
    except InternalError as error:
        _log.error("nothing could be graded", exc_info=True)
        Console(stderr=True).print(translate(describe_fault(error)), markup=False, highlight=False)
        raise typer.Exit(ExitCode.NOT_GRADED) from error


def choose_mode(*, plain: bool) -> Mode:
    """Return how submissions are run here: behind walls where there can be any."""
    return Mode.PLAIN if plain or sys.platform != "linux" else Mode.WALLS


def describe_fault(error: Exception) -> Message:
    """Return what to say when the grader itself failed, or cannot use the rubric."""
    if isinstance(error, UnusableRubricError):
        return _(
            "{problem} Nothing was graded. This is the exercise's fault: tell whoever made it.", problem=error.text
        )
    return _("Nothing could be graded; this is the grader's fault. Please report it: {error}", error=str(error))


@dataclass(frozen=True)
class StepProgress:
    """Shows which step is being done. `console`: for lines on standard output meanwhile."""

    on_step: OnStep
    console: Console


@contextmanager
def step_progress(translate: Translator, first: Message = STARTING) -> Iterator[StepProgress]:
    """Show on a terminal what is going on, `first` before the first step; elsewhere, stay quiet."""
    output = Console(file=sys.stdout)  # before the bar takes the place of the stream
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(translate(first), total=None)

        def on_step(step: Step, done: int, total: int) -> None:
            match step:
                case Call(function=function):
                    name = f"{function}()"
                case ReadGlobal(name=name):
                    pass
                case _:
                    name = translate(_("looking at the network"))
            bar.update(task, description=escape(name), completed=done, total=total)

        # Where both streams are one terminal, the bar has to make room for each line.
        yield StepProgress(on_step, console if console.is_terminal and output.is_terminal else output)


@contextmanager
def counting_bar(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """Show on a terminal how many of `total` are done. What is yielded takes the name of each that is done."""
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
