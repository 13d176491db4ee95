"""Rubric and criteria: the declaration of an exercise, without control flow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.core.errors import UserError
from grader.core.i18n import Bilingual, _
from grader.protocol.plan import Limits, Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.base import Check
from grader.rubric.data.dataset import Data


class RubricError(UserError, ValueError):
    """A rubric that contradicts itself; `text` says how. A `ValueError` too, as of any constructor."""


@dataclass(frozen=True)
class Criterion:
    """One thing that a submission is judged by.

    `id` is its name in verdicts and task sheets, `title` and `lesson` stand in reports: what it is about, and
    in one sentence what a student learns from it. `points` are given for `check`; `bonus` is what the check
    may give beyond them. Where a criterion in `depends_on` failed in a way that leaves nothing to judge, this
    one is skipped.

    >>> Criterion(
    ...     id="one_hot",
    ...     points=20,
    ...     title=Bilingual(en="One-hot labels", de="One-Hot-Labels"),
    ...     lesson=Bilingual(en="Each class gets a column.", de="Jede Klasse bekommt eine Spalte."),
    ...     check=OneHot("one_hot", classes=10),
    ... )
    """

    id: str
    points: float
    title: Bilingual
    lesson: Bilingual
    check: Check
    depends_on: tuple[str, ...] = ()
    bonus: float = 0.0


@dataclass(frozen=True)
class Rubric:
    """An exercise as the grader knows it. Raises `RubricError` where it contradicts itself.

    `title` stands in reports, `task` says what the network has to learn, and `data` is a function without
    arguments that returns a `Data`. `criteria` come in the order of the work, and their points add up to
    `total`. Of `seeds`, the first is always trained, the others where it leaves doubt. `limits`: what one run
    may use.

    >>> text = Bilingual(en="Count", de="Zählen")
    >>> counts = Criterion(id="a", points=100, title=text, lesson=text, check=CountsClasses("counts", classes=3))
    >>> Rubric(title=text, task=Task(kind="functions"), data=no_data, criteria=(counts,), seeds=(0,))
    """

    title: Bilingual
    task: Task
    data: Callable[[], Data]
    criteria: tuple[Criterion, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    limits: Limits = field(default_factory=Limits)
    total: float = 100.0

    def __post_init__(self) -> None:
        ids = [criterion.id for criterion in self.criteria]
        if not ids:
            raise RubricError(_("a rubric without criteria checks nothing"))
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise RubricError(_("criteria named twice: {names}", names=", ".join(sorted(twice))))
        if lacking := [name for name, text in self._texts() if not (text.en.strip() and text.de.strip())]:
            raise RubricError(_("{name} lacks a text in English or German", name=lacking[0]))
        for position, criterion in enumerate(self.criteria):
            if unknown := set(criterion.depends_on) - set(ids[:position]):
                raise RubricError(
                    _(
                        "{criterion} depends on criteria that do not come before it: {names}",
                        criterion=criterion.id,
                        names=", ".join(sorted(unknown)),
                    )
                )
            if criterion.points <= 0:
                raise RubricError(
                    _(
                        "{criterion} is worth {points:g} points; more than 0 expected",
                        criterion=criterion.id,
                        points=criterion.points,
                    )
                )
        points = sum(criterion.points for criterion in self.criteria)
        if abs(points - self.total) > 1e-9:
            raise RubricError(
                _("points add up to {points:g}; total={total:g} expected", points=points, total=self.total)
            )
        if not self.seeds:
            raise RubricError(_("at least one seed is needed"))

    def _texts(self) -> Iterator[tuple[str, Bilingual]]:
        yield "title", self.title
        for criterion in self.criteria:
            yield f"{criterion.id}.title", criterion.title
            yield f"{criterion.id}.lesson", criterion.lesson

    def steps(self, seeds: Sequence[int]) -> dict[str, Step]:
        """Return the steps of all checks by their ids, each once.

        Raises `RubricError` for a check that asks for nothing, or for two different steps of one id.
        """
        steps: dict[str, Step] = {}
        for criterion in self.criteria:
            asked = criterion.check.steps(seeds)
            if not asked:
                raise RubricError(
                    _("{criterion} asks for no step, so it would check nothing", criterion=criterion.id)
                )
            for step in asked:
                if steps.setdefault(step.id, step) != step:
                    raise RubricError(_("two different steps are called {step!r}", step=step.id))
        return steps

    def stand_in_steps(self, criteria: Sequence[str], seeds: Sequence[int]) -> dict[str, Step]:
        """Return the steps that try functions on networks of the grader's, for the criteria with these ids."""
        checks = [c.check.on_stand_ins(self.task) for c in self.criteria if c.id in criteria]
        return {step.id: step for check in checks if check is not None for step in check.steps(seeds[:1])}

    @property
    def checks_on_stand_ins(self) -> tuple[Check, ...]:
        """Return the checks of functions, with networks of the grader's in place of the submission's."""
        checks = [criterion.check.on_stand_ins(self.task) for criterion in self.criteria]
        return tuple(check for check in checks if check is not None)

    @property
    def trainings(self) -> tuple[Training, ...]:
        """Return how the networks of this exercise are built and trained, in the order of the criteria."""
        return tuple(dict.fromkeys(t for criterion in self.criteria for t in criterion.check.trainings()))
