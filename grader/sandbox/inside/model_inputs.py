"""Call a model with several inputs as if it had a single one, in whose rows those of all inputs lie side by side.

Which input of the model gets which rows is decided by shapes, then by names, then by places. Nothing depends on
that being right: what is frozen is a function of the whole row, whichever part of it goes where.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any, NamedTuple

import keras
import numpy as np
from keras.src.models.functional import Functional

from grader.core.row_layout import RowLayout, read_layout
from grader.protocol.evidence import MAX_INPUTS, InputFacts
from grader.protocol.plan import InputRows

Array = np.ndarray[Any, Any]
_COLOURED = re.compile(r"\x1b\[1m(.*?)\x1b\[0m")  # what Keras prints in bold


class _Leaf(NamedTuple):
    """One of several inputs of a model, or of several arrays that `fit` is called with."""

    name: str  # "" where it has none
    shape: tuple[int | None, ...] | None  # without the axis of the rows; None where it is not known


@dataclass(frozen=True)
class Way:
    """A way to hand rows to a model: which input of the exercise goes to each of its inputs, in which form."""

    order: tuple[int, ...]  # for each input of the model: the number of the exercise's
    structure: Any  # list, tuple or dict, as the model takes it; its leaves do not matter
    leaves: tuple[_Leaf, ...]
    is_dict: bool

    def describe(self, layout: RowLayout) -> tuple[InputFacts, ...]:
        """Return the inputs of the model, and what each of them gets."""
        facts = []
        for leaf, number in zip(self.leaves, self.order, strict=True):
            shape = layout.shapes[number] if leaf.shape is None else leaf.shape
            facts.append(
                InputFacts(
                    name=leaf.name[:100], shape=(None, *shape), gets=layout.names[number], is_key=self.is_dict
                )
            )
        return tuple(facts)


class SeveralInputs:
    """The inputs that an exercise has, with some rows of each.

    Attributes:
        layout: how they lie in one row.
        sample: these rows, shape (n, numbers of all inputs), float32.
    """

    def __init__(self, inputs: Sequence[InputRows], rows: Sequence[Array]) -> None:
        """`rows`: of each of the inputs, shape (n, ...)."""
        self.layout = read_layout([one.name for one in inputs], rows)
        self.sample = self.layout.pack(rows)

    def call(self, model: Any, way: Way, rows: Any, *, training: bool = False) -> Any:
        """Return what a model gives for rows in which all inputs lie side by side. `rows`: array or tensor."""
        import tensorflow as tf

        parts = [
            tf.cast(tf.reshape(rows[:, place], (-1, *shape)), dtype)
            for place, shape, dtype in zip(self.layout.places, self.layout.shapes, self.layout.dtypes, strict=True)
        ]
        chosen = [parts[number] for number in way.order]
        return model(keras.tree.pack_sequence_as(way.structure, chosen), training=training)

    def find_way(self, model: Any) -> Way:
        """Return how a model takes the rows; it is called with some, so that its weights exist.

        Raises:
            ValueError: it has another number of inputs. What the model raises where it takes them in no way.
        """
        if isinstance(model, Functional | keras.Sequential):
            return self._read_way(model)
        problems: list[Exception] = []
        for way in self._list_ways(model):
            try:
                self.call(model, way, self.sample[:2])
            except Exception as error:  # noqa: BLE001 - any code of the submission may run in a call
                problems.append(error)
            else:
                return way
        # Who takes a dict cannot read a list: what the dict led to says more then.
        takes_dict = isinstance(problems[0], TypeError) and "indices" in str(problems[0])
        raise _shorten_key_error(problems[1]) if takes_dict else problems[0]

    def _read_way(self, model: Any) -> Way:
        leaves = list_leaves(model)
        if len(leaves) != len(self.layout.names):
            raise ValueError(f"{len(self.layout.names)} inputs expected; the network has {len(leaves) or 1}")
        structure = model._inputs_struct
        return Way(assign(leaves, self.layout), structure, leaves, isinstance(structure, dict))

    def _list_ways(self, model: Any) -> Iterator[Way]:
        """Yield the ways that a class of the submission's may take rows in, the usual ones first.

        Another order is tried only where there are weights already: they would get the shapes of that order.
        """
        has_weights = bool(model.weights)  # before any of it is tried
        names, count = self.layout.names, len(self.layout.names)
        in_order = tuple(range(count))
        unnamed = (_Leaf("", None),) * count
        yield Way(in_order, [0] * count, unnamed, is_dict=False)
        by_name = sorted(in_order, key=lambda number: names[number])  # as Keras flattens a dict
        leaves = tuple(_Leaf(names[number], None) for number in by_name)
        yield Way(tuple(by_name), dict.fromkeys(names, 0), leaves, is_dict=True)
        for order in permutations(in_order) if has_weights else ():
            yield Way(order, [0] * count, unnamed, is_dict=False)

    def read_rows(self, model: Any, x: Any) -> Array | None:
        """Return the rows that `fit` is called with, all inputs side by side; None where they are no such rows."""
        if isinstance(x, dict):
            names, parts = [str(name) for name in x], list(x.values())
        elif isinstance(x, list | tuple):
            parts = list(x)
            own = list_leaves(model)
            names = [leaf.name for leaf in own] if len(own) == len(parts) else [""] * len(parts)
        else:
            return None
        if len(parts) != len(self.layout.names):
            return None
        arrays = [np.asarray(part) for part in parts]
        if any(array.dtype.kind not in "biuf" or not array.ndim for array in arrays):
            return None
        leaves = [_Leaf(name, array.shape[1:]) for name, array in zip(names, arrays, strict=True)]
        order = assign(leaves, self.layout)
        return self.layout.pack([arrays[order.index(number)] for number in range(len(arrays))])


class OneInput:
    """A model with several inputs, called with rows in which these lie side by side.

    How the model takes them is found out in the first call, which raises what stands against it.
    """

    def __init__(self, model: Any, inputs: SeveralInputs) -> None:
        self._model, self._inputs = model, inputs
        self._way: Way | None = None

    def __call__(self, rows: Any, *, training: bool = False) -> Any:
        """Return what the model gives for rows."""
        if self._way is None:
            self._way = self._inputs.find_way(self._model)
        return self._inputs.call(self._model, self._way, rows, training=training)

    def describe(self) -> tuple[InputFacts, ...]:
        """Return the inputs of the model, and what each of them gets; nothing where that is not known."""
        return () if self._way is None else self._way.describe(self._inputs.layout)


def read_inputs(inputs: Sequence[InputRows], arrays: Mapping[str, Array]) -> SeveralInputs | None:
    """Return the inputs that an exercise has, with some rows of each; None for a single one.

    Args:
        inputs: of a step.
        arrays: of the plan.
    """
    return SeveralInputs(inputs, [arrays[one.rows] for one in inputs]) if inputs else None


def _shorten_key_error(error: Exception) -> Exception:
    """Return an exception about a missing key with the key alone: Keras puts a text around it."""
    keys = _COLOURED.findall(str(error.args[0])) if isinstance(error, KeyError) and error.args else []
    return KeyError(keys[0].strip("'")) if keys else error


def list_leaves(model: Any) -> tuple[_Leaf, ...]:
    """Return the inputs that a model says it has, in the order in which Keras flattens them; else nothing."""
    if not isinstance(model, Functional):
        return ()
    structure = model._inputs_struct
    if isinstance(structure, dict) and all(
        not isinstance(part, dict | list | tuple) for part in structure.values()
    ):
        names = sorted(map(str, structure))
    else:
        names = [str(tensor.name) for tensor in model.inputs]
    return tuple(_Leaf(name, tuple(tensor.shape[1:])) for name, tensor in zip(names, model.inputs, strict=True))


def assign(leaves: Sequence[_Leaf], layout: RowLayout) -> tuple[int, ...]:
    """Return the number of the exercise's input for each input of a model.

    An input is taken for the one whose shape it has, then for that whose name it has, then for that at its place.
    """
    numbers = range(len(layout.names))
    if len(leaves) > MAX_INPUTS:
        return tuple(numbers)

    def rate(order: tuple[int, ...]) -> tuple[int, int, int]:
        pairs = list(zip(leaves, order, strict=True))
        fitting = sum(leaf.shape is None or _fits(leaf.shape, layout.shapes[number]) for leaf, number in pairs)
        named = sum(leaf.name == layout.names[number] for leaf, number in pairs)
        return fitting, named, sum(place == number for place, number in enumerate(order))

    return max(permutations(numbers), key=rate)


def _fits(shape: tuple[int | None, ...], row: tuple[int, ...]) -> bool:
    """Return whether rows can go into an input of a shape; a single number may have an axis of its own."""
    is_single = row in {(), (1,)} and shape in {(), (1,), (None,)}
    return is_single or (
        len(shape) == len(row) and all(a is None or a == b for a, b in zip(shape, row, strict=True))
    )
