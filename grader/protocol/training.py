"""The steps that build and train a network of an exercise, as calls of its functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.protocol.plan import Argument, ArrayArg, Call, Describe, LiteralArg, ResultOf, ResultOrTruth, Step


@dataclass(frozen=True)
class Training:
    """How a network of an exercise is built and trained. Checks with an equal `Training` share its steps.

    `build(*arguments)` and `train(model, x_train, y_train, x_val, y_val)` are called on each seed, the latter
    without the validation rows where `validation` is False. `rows` is the prefix that the names of these arrays
    have in the data, `name` tells the networks of an exercise apart that has several. With `encode`, the labels
    are what that function of the submission makes of them where that is right, else the right one-hot rows;
    without it, they are as the data have them.

    >>> Training(encode="one_hot")
    """

    encode: str = ""
    build: str = "build_model"
    arguments: tuple[int | float | str, ...] = ()
    train: str = "train"
    rows: str = ""
    validation: bool = True
    name: str = ""
    limit_seconds: float = 120.0

    def array(self, role: str) -> str:
        """Return the name that the array of a role, such as `x_train`, has in the data."""
        return f"{self.rows}{role}"

    def built(self, seed: int) -> str:
        """Return the id of the step that builds the network."""
        return f"{self.build}@{self._key(seed)}"

    def model(self, seed: int) -> str:
        """Return the id of the step that describes the network before the training."""
        return f"model:{self.build}@{self._key(seed)}"

    def fitted(self, seed: int) -> str:
        """Return the id of the step that trains the network."""
        return f"{self.train}@{self._key(seed)}"

    def trained(self, seed: int) -> str:
        """Return the id of the step that describes the network after the training."""
        return f"trained:{self.train}@{self._key(seed)}"

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps that build, train and describe the network on each seed."""
        steps: list[Step] = []
        if self.encode:
            steps += [self._encode_step("train"), self._encode_step("val")]
        for seed in seeds:
            steps += self._steps_on_seed(seed)
        return steps

    def _key(self, seed: int) -> str:
        return f"{self.name}:{seed}" if self.name else str(seed)

    def _encode_step(self, part: str) -> Call:
        labels = ArrayArg(name=self.array(f"y_{part}"))
        return Call(id=f"{self.encode}@{self.rows}{part}", function=self.encode, arguments=(labels,))

    def _labels_argument(self, part: str) -> Argument:
        if not self.encode:
            return ArrayArg(name=self.array(f"y_{part}"))
        return ResultOrTruth(step=self._encode_step(part).id, name=self.array(f"y_{part}_one_hot"))

    def _steps_on_seed(self, seed: int) -> Sequence[Step]:
        parts = ("train", "val") if self.validation else ("train",)
        arguments: list[Argument] = [ResultOf(step=self.built(seed))]
        for part in parts:
            arguments += [ArrayArg(name=self.array(f"x_{part}")), self._labels_argument(part)]
        built, sample = self.built(seed), self.array("x_train")
        literals = tuple(LiteralArg(value=value) for value in self.arguments)
        return (
            Call(
                id=built,
                function=self.build,
                arguments=literals,
                seed=seed,
                limit_seconds=30.0,
                model_stands_in=True,
            ),
            Describe(id=self.model(seed), step=built, sample=sample),
            Call(
                id=self.fitted(seed),
                function=self.train,
                arguments=tuple(arguments),
                seed=seed,
                limit_seconds=self.limit_seconds,
            ),
            Describe(id=self.trained(seed), step=built, sample=sample, after=self.fitted(seed)),
        )
