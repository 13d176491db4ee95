"""What a forgery is: a small submission that tries to earn points for something that it does not have."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from grader.protocol.training import Training
from grader.rubric.checks.base import Check

MakeCheck = Callable[[Training], Check]


@dataclass(frozen=True)
class Forgery:
    """A submission that defines `build_model` and `train`, or functions of other names, and what must not happen.

    `check` makes the check that must give no point, from the training that calls the two functions; `without`
    names what has to be taken down, all at once, for it to give points. `is_alone`: it changes what others would
    notice, so it has a process to itself.
    """

    name: str
    tries: str  # in one sentence
    source: str
    check: MakeCheck
    without: tuple[str, ...]  # names of `take_down.py`
    notices: str = ""  # id of the comparison of the certification that has to disagree; "" for none
    is_alone: bool = False
    functions: tuple[str, ...] = ()  # besides `build_model` and `train`: what the check calls, by their own names
    template: Training = field(default_factory=Training)  # of the training, but for the names of its functions

    @property
    def training(self) -> Training:
        """Return how its network is built and trained, when many forgeries stand in one file."""
        return replace(self.template, build=f"build_{self.name}", train=f"train_{self.name}", name=self.name)


def join_sources(forgeries: Iterable[Forgery]) -> str:
    """Return one file with all forgeries, each in a namespace of its own.

    Their `build_model` and `train` get the names that their trainings call; other functions keep theirs.
    """
    lines = []
    for forgery in forgeries:
        name = forgery.name
        lines += [
            f"_space = {{'__name__': {name!r}}}",
            f"exec(compile({forgery.source!r}, {name!r}, 'exec'), _space)",
            f"build_{name}, train_{name} = _space.get('build_model'), _space.get('train')",
            *(f"{function} = _space[{function!r}]" for function in forgery.functions),
        ]
    return "\n".join(lines) + "\n"
