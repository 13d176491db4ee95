"""Rubric and criteria: the declaration of an exercise, without control flow."""

import inspect
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Annotated, Self

from grader.core.declarations import Declared, find_author
from grader.core.errors import RubricError
from grader.core.field_rules import (
    Filled,
    NotNegative,
    Positive,
    Range,
    Seconds,
    describe_mismatch,
    suggest,
    write_value,
)
from grader.core.i18n import Bilingual, Message, _
from grader.core.seal import Seal
from grader.protocol.messages import JUDGE_SECONDS
from grader.protocol.plan import Limits, Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.base import Check
from grader.rubric.data.dataset import Data

__all__ = ["Criterion", "Rubric", "RubricError"]

Seed = Annotated[int, Range(_("0 or more, and less than 2³²"), low=0, high=2**32 - 1)]

# What a limit is counted in, and between which numbers it is plausible: others are meant in another unit.
LIMIT_RANGES: Mapping[str, tuple[Message | str, int, int]] = MappingProxyType(
    {
        "import_seconds": (_("seconds"), 1, 3600),
        "wall_seconds": (_("seconds"), 1, 86_400),
        "cpu_seconds": (_("seconds"), 1, 86_400),
        "memory_mib": ("MiB", 16, 1 << 20),
        "scratch_mib": ("MiB", 1, 1 << 20),
    }
)


@dataclass(frozen=True)
class Criterion(Declared):
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
    bonus: NotNegative = 0.0

    def __post_init__(self) -> None:
        """Raise `RubricError` where the criterion contradicts itself."""
        super().__post_init__()
        if not re.fullmatch(r"[\w.-]+", self.id):
            raise self.refuse(_("id is {id!r}; a word of letters, digits and _ expected", id=self.id), "id")
        if self.bonus > 0 and not self.check.may_give_bonus:
            raise self.refuse(
                _(
                    "bonus is {bonus:g}, but {check} never gives a bonus as it stands here",
                    bonus=self.bonus,
                    check=type(self.check).__name__,
                ),
                "bonus",
            )


@dataclass(frozen=True)
class Rubric(Declared):
    """An exercise as the grader knows it. Raises `RubricError` where it contradicts itself.

    `title` stands in reports, `task` says what the network has to learn, and `data` is a function that returns a
    `Data`: from a `Seal`, whose secret decides what is hidden, or without arguments, and then nothing is secret.
    `criteria` come in the order of the work, and their points add up to `total`. Of `seeds`, the first is always
    trained, the others where it leaves doubt. `limits`: what one run may use;
    `judge_seconds`: processor time that judging its evidence may take.

    >>> text = Bilingual(en="Count", de="Zählen")
    >>> counts = Criterion(id="a", points=100, title=text, lesson=text, check=CountsClasses("counts", classes=3))
    >>> Rubric(title=text, task=Task(kind="functions"), data=no_data, criteria=(counts,), seeds=(0,))
    """

    title: Bilingual
    task: Task
    data: Callable[[Seal], Data] | Callable[[], Data]
    criteria: tuple[Criterion, ...]
    seeds: Annotated[tuple[Seed, ...], Filled(_("at least one seed is needed"))] = (0, 1, 2)
    limits: Limits = field(default_factory=Limits)
    total: Positive = 100.0
    judge_seconds: Seconds = JUDGE_SECONDS

    def __post_init__(self) -> None:
        """Raise `RubricError` where the rubric contradicts itself."""
        data: object = self.data
        if isinstance(data, str):
            object.__setattr__(self, "_origin", find_author())
            raise self.refuse(describe_mismatch("data", data, _("a function"), f"data={data}"), "data")
        super().__post_init__()
        if _count_required_parameters(self.data) > 1:
            raise self.refuse(_("data has to be a function of a Seal, or one without parameters"), "data")
        self._check_criteria()
        self._check_limits()
        points = sum(criterion.points for criterion in self.criteria)
        if abs(points - self.total) > 1e-9:
            raise self.refuse(
                _("points add up to {points:g}; total={total:g} expected", points=points, total=self.total),
                "total",
            )
        _refuse_different_trainings(self.criteria)

    def _check_criteria(self) -> None:
        ids = [criterion.id for criterion in self.criteria]
        if not ids:
            raise self.refuse(_("a rubric without criteria checks nothing"), "criteria")
        for position, criterion in enumerate(self.criteria):
            if criterion.id in ids[:position]:
                raise criterion.refuse(_("criteria named twice: {names}", names=criterion.id), "id")
            if not 0 < criterion.points < math.inf:
                raise criterion.refuse(
                    _(
                        "{criterion} is worth {points:g} points; more than 0 expected",
                        criterion=criterion.id,
                        points=criterion.points,
                    ),
                    "points",
                )
            for name in criterion.depends_on:
                if name not in ids[:position]:
                    raise criterion.refuse(_describe_dependency(criterion.id, name, ids[:position]), "depends_on")

    def _check_limits(self) -> None:
        for name, (unit, low, high) in LIMIT_RANGES.items():
            value = getattr(self.limits, name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise self.refuse(describe_mismatch(name, value, _("a number")), f"limits.{name}")
            if not low <= value <= high:
                raise self.refuse(
                    _(
                        "{field} is {received}; from {low} to {high} {unit} expected",
                        field=name,
                        received=write_value(value),
                        low=low,
                        high=high,
                        unit=unit,
                    ),
                    f"limits.{name}",
                )

    def with_seal(self, seal: Seal) -> Self:
        """Return this rubric with checks whose arguments are drawn from the secret of `seal`."""
        criteria = tuple(replace(c, check=c.check.with_seal(seal)) for c in self.criteria)
        return replace(self, criteria=criteria)

    def with_data(self, data: Data) -> Self:
        """Return this rubric with checks whose arguments come from its data. Raises `ValueError`."""
        criteria = tuple(replace(c, check=c.check.with_data(data)) for c in self.criteria)
        return replace(self, criteria=criteria)

    def build_data(self, seal: Seal) -> Data:
        """Return the data, drawn from the secret of `seal` where `data` takes one."""
        try:
            takes_seal = bool(inspect.signature(self.data).parameters)
        except ValueError:  # of a class in C, such as dict: the caller says that this is no data
            takes_seal = False
        data: Callable[..., Data] = self.data
        return data(seal) if takes_seal else data()

    def steps(self, seeds: Sequence[int]) -> dict[str, Step]:
        """Return the steps of all checks by their ids, each once.

        Raises `RubricError` for a check that asks for nothing, or for two different steps of one id.
        """
        steps: dict[str, Step] = {}
        for criterion in self.criteria:
            asked = criterion.check.steps(seeds)
            if not asked:
                raise criterion.check.refuse(
                    _("{criterion} asks for no step, so it would check nothing", criterion=criterion.id)
                )
            for step in asked:
                if steps.setdefault(step.id, step) != step:
                    raise criterion.check.refuse(_("two different steps are called {step!r}", step=step.id))
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

    def second_trainings(self, built: Sequence[str], seeds: Sequence[int]) -> tuple[Training, ...]:
        """Return what repeats, on other data, the trainings whose networks on the first seed `built` build."""
        return tuple(
            t.on_other_data() for t in self.trainings if any(t.built(seed) in built for seed in seeds[:1])
        )


def _count_required_parameters(function: Callable[..., object]) -> int:
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # of a class in C, such as dict
        return 0
    kinds = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return sum(p.default is p.empty and p.kind not in kinds for p in parameters)


def _describe_dependency(criterion: str, name: str, earlier: Sequence[str]) -> Message:
    guess = suggest(name, earlier)
    names = _("{name} (did you mean {guess}?)", name=name, guess=guess) if guess else name
    return _(
        "{criterion} depends on criteria that do not come before it: {names}", criterion=criterion, names=names
    )


def _refuse_different_trainings(criteria: Sequence[Criterion]) -> None:
    """Raise `RubricError` for two trainings of one network: their steps would have one name, and differ."""
    earlier: list[tuple[Training, str]] = []
    for criterion in criteria:
        for training in criterion.check.trainings():
            for other, name in earlier:
                is_same = training.name == other.name and (
                    training.build == other.build or training.train == other.train
                )
                if is_same and training != other:
                    raise training.refuse(_describe_difference(training, criterion.id, other, name))
            earlier.append((training, criterion.id))


def _describe_difference(training: Training, criterion: str, other: Training, earlier: str) -> Message:
    changed = next(f.name for f in fields(training) if getattr(training, f.name) != getattr(other, f.name))
    return _(
        "{criterion} and {earlier} train one network in two ways: {field}={received} here and {field}={other} "
        "there. Write one TRAINING = Training(...) for both; a second network needs a name=... of its own",
        criterion=criterion,
        earlier=earlier,
        field=changed,
        received=write_value(getattr(training, changed)),
        other=write_value(getattr(other, changed)),
    )
