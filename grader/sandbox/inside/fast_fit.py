"""Keras's `fit`, `evaluate` and `predict` on arrays at a fraction of their cost, bit for bit the same.

Keras 3.15 on TensorFlow goes through tf.data: two iterators for each epoch and data set (one is thrown away), and
for each batch a call of a TensorFlow function and a task for a pool of threads. On small tables this costs several
times what the arithmetic does. Here the table lies in memory, and one call of a TensorFlow function does the steps
of a whole epoch. The step itself is Keras's own, traced with the same shapes.

What goes in is the same, too: where a seed is set, tf.data shuffles each epoch of a `fit` alike, for the generator
in its pipeline begins anew with each iterator. So the order of the rows is drawn once, from the same seeds.

It stays off, and Keras does what it always does, with any Keras but those that were read and tested, and for what
could tell a difference: a callback that hears of batches, a training step of one's own, data that are no arrays.
"""

import functools
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras.src import tree
from keras.src.backend.tensorflow import trainer as keras_trainer
from keras.src.callbacks import callback, callback_list, model_checkpoint, progbar_logger
from keras.src.trainers import epoch_iterator
from keras.src.trainers import trainer as base_trainer
from keras.src.trainers.data_adapters import array_data_adapter, array_slicing
from keras.src.utils.python_utils import is_default
from tensorflow.python.eager import context
from tensorflow.python.framework import op_def_registry
from tensorflow.python.util import tf_stack

from grader.sandbox.inside import fast_build

# The source of all that is relied on, and of TensorFlow the version: with others, nothing is changed.
_SOURCES = (
    keras_trainer,
    base_trainer,
    epoch_iterator,
    array_data_adapter,
    array_slicing,
    callback,
    callback_list,
    model_checkpoint,
    progbar_logger,
)
_KNOWN = {("2.21", "3b96f41b"): "Keras 3.15.1"}

# What must be Keras's own in a model, for it is done here in its place or relied on.
_OWN = {
    name: inspect.getattr_static(keras.Model, name)
    for name in (
        "_get_metrics_result_or_logs",
        "_make_function",
        "compute_metrics",
        "get_metrics_result",
        "make_test_function",
        "make_train_function",
        "metrics",
        "reset_metrics",
        "test_step",
        "train_step",
    )
}
# Operations whose state is a variable's. Another state is the operation's own, such as that of a random generator,
# and would be there twice: in this function and in Keras's.
_OF_VARIABLES = (
    "Assign",
    "ReadVariable",
    "ResourceApply",
    "ResourceGather",
    "ResourceScatter",
    "ResourceSparseApply",
    "VarIsInitialized",
    "VariableShape",
)
_CALLS = ("Assert", "Case", "If", "PartitionedCall", "StatefulPartitionedCall", "While")


def _digest() -> str:
    digest = hashlib.sha256()
    for module in _SOURCES:
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()[:8]


_INSTALLED = tf.__version__.rpartition(".")[0], _digest()  # once, by the worker


def known() -> str:
    """Return the name of the Keras that is installed, where it is one of those that were read and tested."""
    return _KNOWN.get(_INSTALLED, "")


def install() -> None:
    """Make training, evaluation and prediction cheaper in this process, where Keras is known."""
    if known():
        tf.data.Iterator.register(_Piece)
        keras_trainer.TFEpochIterator = EpochIterator


class _Loop(NamedTuple):
    """One of Keras's loops over batches: what it calls for each, and who hears of it."""

    function: str
    stop: str
    hooks: tuple[str, ...]


def _code(method: Any) -> CodeType:
    code: CodeType = inspect.unwrap(method).__code__
    return code


# Callbacks of Keras's that are told of batches, and need not be.
_DEAF = (progbar_logger.ProgbarLogger, model_checkpoint.ModelCheckpoint)
_PREDICT = _code(keras_trainer.TensorFlowTrainer.predict)
_LOOPS = {
    _code(keras_trainer.TensorFlowTrainer.fit): _Loop(
        "train_function",
        "stop_training",
        ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"),
    ),
    _code(keras_trainer.TensorFlowTrainer.evaluate): _Loop(
        "test_function", "stop_evaluating", ("on_test_batch_begin", "on_test_batch_end")
    ),
}
_FUNCTION = next(
    constant
    for constant in _code(keras_trainer.TensorFlowTrainer._make_function).co_consts
    if isinstance(constant, CodeType) and constant.co_name == "function"
)


class EpochIterator(keras_trainer.TFEpochIterator):  # type: ignore[misc]
    """Keras's iterator over the batches of an epoch. Hands out many batches at once where nobody can tell."""

    def __init__(self, distribute_strategy: Any = None, *args: Any, **kwargs: Any) -> None:
        epoch_iterator.EpochIterator.__init__(self, *args, **kwargs)
        self._distribute_strategy = distribute_strategy
        self._table = _table(self, sys._getframe(1))
        if self._table is None:
            self._distributed_dataset  # noqa: B018 - what Keras has to say of the data, it says at once

    @functools.cached_property
    def _distributed_dataset(self) -> Any:
        dataset = self.data_adapter.get_tf_dataset()
        if not isinstance(dataset, tf.distribute.DistributedDataset):
            dataset = self._distribute_strategy.experimental_distribute_dataset(dataset)
        return dataset

    def _get_iterator(self) -> Any:
        if self._table is not None and self._table.predicts:
            return self._table.batches()
        return self._distributed_dataset

    def __iter__(self) -> "EpochIterator":
        pieces = self._pieces(sys._getframe(1)) if self._table is not None else ()
        self._epoch_iterator = self._in_pieces(pieces) if pieces else self._enumerate_iterator()
        return self

    def _pieces(self, caller: FrameType) -> tuple["_Piece", ...]:
        """Return the pieces of an epoch for the loop in `caller`; none, where it has to go batch by batch."""
        loop, table = _LOOPS.get(caller.f_code), self._table
        if loop is None or table is None:
            return ()
        model = caller.f_locals["self"]
        audience = _audience(caller.f_locals["callbacks"], loop)
        steps = _steps(model, loop)
        if audience is None or steps is None or table.key in steps.refused:
            return ()
        ends = [table.steps]
        if getattr(model, loop.stop):  # Keras looks at this after a batch
            ends = [1]
        elif audience and table.steps > 1:  # a bar shows the first batch at once, and the others as time permits
            ends = [1, table.steps]
        again = functools.cache(lambda: iter(self._distributed_dataset))
        return tuple(_Piece(table, first, last, again) for first, last in zip([0, *ends], ends, strict=False))

    def _in_pieces(self, pieces: tuple["_Piece", ...]) -> Iterator[tuple[int, int, "_Piece"]]:
        self.data_adapter.on_epoch_begin()
        for piece in pieces:
            yield piece.first, piece.last - 1, piece
        self.data_adapter.on_epoch_end()


class _Table:
    """Arrays as tensors, and the order in which their rows are taken."""

    def __init__(self, adapter: Any, tensors: Any, predicts: bool) -> None:
        self.flat = tuple(tf.nest.flatten(tensors))
        self.size, self.steps, self.predicts = adapter.batch_size, adapter.num_batches, predicts
        rows = len(self.flat[0])
        # With a last batch that is smaller, tf.data does not tell how many rows a batch has.
        self.rows = None if adapter.has_partial_batch else self.size
        self.batch = tf.nest.map_structure(lambda t: tf.TensorSpec((self.rows, *t.shape[1:]), t.dtype), tensors)
        self.order = _shuffled(rows, context.global_seed()) if adapter._shuffle else tf.range(rows, dtype=tf.int64)
        self.key = repr(self.batch)

    def batches(self) -> Iterator[Any]:
        """Yield the batches of an epoch."""
        for step in range(self.steps):
            rows = self.order[step * self.size : (step + 1) * self.size]
            batch = [tf.gather(tensor, rows, axis=0) for tensor in self.flat]
            yield tf.nest.pack_sequence_as(self.batch, batch)


def _table(iterator: EpochIterator, caller: FrameType) -> _Table | None:
    """Return the table that `caller` goes over; None where Keras has to go over it."""
    adapter, predicts = iterator.data_adapter, caller.f_code is _PREDICT
    if not predicts and (caller.f_code not in _LOOPS or not _is_plain(caller.f_locals["self"])):
        return None
    if (
        type(adapter) is not array_data_adapter.ArrayDataAdapter
        or iterator.steps_per_epoch
        or iterator.steps_per_execution != 1
        or type(iterator._distribute_strategy).__name__ != "_DefaultDistributionStrategy"
        or not tf.executing_eagerly()
        or context.num_gpus()
        or tf.config.optimizer.get_jit()
        or tf.config.functions_run_eagerly()
        or adapter._shuffle not in (True, False)
        or (adapter._shuffle and context.global_seed() is None)
    ):
        return None
    try:
        arrays = array_slicing.convert_to_sliceable(adapter._inputs, target_backend="tensorflow")
        arrays = tree.lists_to_tuples(arrays)
        if not all(map(_is_array, tf.nest.flatten(arrays))):
            return None
        return _Table(adapter, tf.nest.map_structure(tf.convert_to_tensor, arrays), predicts)
    except (TypeError, ValueError):  # no table of numbers: Keras will say what it thinks of it
        return None


def _is_plain(model: Any) -> bool:
    """Return whether a model is trained the way that Keras trains models, in graphs that are not compiled."""
    return (
        all(inspect.getattr_static(model, name, None) is part for name, part in _OWN.items())
        and not model.run_eagerly
        and not model.jit_compile
        and model._distribute_strategy is None
    )


def _is_array(value: Any) -> bool:
    if isinstance(value, tf.Tensor):
        return bool(value.dtype.is_floating or value.dtype.is_integer or value.dtype.is_bool) and len(value) > 0
    return type(value) is np.ndarray and value.dtype.kind in "biuf" and len(value) > 0


@functools.lru_cache(maxsize=8)
def _shuffled(rows: int, seed: int) -> Any:
    """Return the order of rows that tf.data draws in a pipeline made under the global seed `seed`."""

    draw = tf.function(lambda: tf.random.shuffle(tf.range(rows, dtype=tf.int64)), autograph=False)
    return draw.get_concrete_function()()


def _audience(callbacks: Any, loop: _Loop) -> bool | None:
    """Return whether a progress bar shows batches; None where another callback hears of each."""
    if type(callbacks) is not callback_list.CallbackList:
        return None
    shown = False
    for one in callbacks.callbacks:
        if all(is_default(getattr(one, hook, None)) for hook in loop.hooks):
            continue
        if type(one) not in _DEAF or any(hook in vars(one) for hook in loop.hooks):
            return None
        if type(one) is progbar_logger.ProgbarLogger:
            shown = shown or (one.verbose == 1 and (loop.function == "train_function" or not one._called_in_fit))
        elif one.save_freq != "epoch":
            return None
    return shown


class _Piece(NamedTuple):
    """Some batches of an epoch. Keras takes it for an iterator and hands it to its function."""

    table: _Table
    first: int
    last: int
    again: Callable[[], Any]  # Keras's own iterator over the same batches


class _Batch(NamedTuple):
    """One batch, as an iterator that Keras's function takes it from."""

    batch: Any

    def get_next(self) -> Any:
        """Return the batch."""
        return self.batch


class _Logs(NamedTuple):
    """What the last step of a piece left, as Keras's function wants to have it."""

    logs: Any

    def has_value(self) -> bool:
        """Return that there is something."""
        return True

    def get_value(self) -> Any:
        """Return it."""
        return self.logs


def _steps(model: Any, loop: _Loop) -> "_Steps | None":
    """Return what does the steps in a model's function, put there now where it is not yet; None in another's."""
    function = getattr(model, loop.function)
    if getattr(function, "__code__", None) is not _FUNCTION:
        return None
    cells = dict(zip(_FUNCTION.co_freevars, function.__closure__, strict=True))
    cell = cells["multi_step_on_iterator"]
    if not isinstance(cell.cell_contents, _Steps):
        # In this place, tracebacks and the messages of graphs show the way through Keras that they always show.
        cell.cell_contents = _Steps(cell.cell_contents, model, trains=loop.function == "train_function")
    steps: _Steps = cell.cell_contents
    return steps


class _Steps:
    """Keras's function of one step, which also does all steps of a piece."""

    def __init__(self, plain: Any, model: Any, *, trains: bool) -> None:
        self.plain, self.model, self.trains = plain, model, trains
        self.refused: set[Any] = set()
        self._programs: dict[Any, Any] = {}

    def __call__(self, iterator: Any) -> Any:
        """Do what is handed over: one step, or many."""
        if not isinstance(iterator, _Piece):
            return self.plain(iterator)
        table = iterator.table
        program = self._program(table)
        if program is None:
            self.refused.add(table.key)
            return [self.plain(iterator.again()) for _ in range(iterator.first, iterator.last)][-1]
        numbers = (tf.constant(n, tf.int64) for n in (table.size, iterator.first, iterator.last))
        return _Logs(program(table.order, *numbers, *table.flat))

    def _program(self, table: _Table) -> Any:
        """Return the traced function of many steps; None where an operation has a state of its own."""
        if table.key not in self._programs:
            self._programs[table.key] = None
            if self.trains:
                fast_build.build(self.model, table.batch)
            traced = self._function(table).get_concrete_function()
            self._programs[table.key] = None if _has_state(traced.graph.as_graph_def()) else traced
        return self._programs[table.key]

    def _function(self, table: _Table) -> Any:
        step, structure, batch_rows = self.plain.python_function, table.batch, table.rows

        # Named as Keras's, for messages contain the name.
        def multi_step_on_iterator(order: Any, size: Any, first: Any, last: Any, *flat: Any) -> Any:
            def body(number: Any) -> tuple[Any]:
                begin = number * size
                end = tf.minimum(begin + size, tf.size(order, out_type=tf.int64))
                rows = tf.slice(order, [begin], [end - begin])
                rows.set_shape((batch_rows,))
                batch = [tf.gather(tensor, rows, axis=0) for tensor in flat]
                step(_Batch(tf.nest.pack_sequence_as(structure, batch)))
                return (number + 1,)

            with tf_stack.CurrentModuleFilter():
                tf.while_loop(lambda number: number < last, body, [first], parallel_iterations=1)
                return self.model.get_metrics_result()

        number = tf.TensorSpec((), tf.int64)
        tensors = [tf.TensorSpec((None, *tensor.shape[1:]), tensor.dtype) for tensor in table.flat]
        signature = [tf.TensorSpec((None,), tf.int64), number, number, number, *tensors]
        return tf.function(multi_step_on_iterator, input_signature=signature, autograph=False)


def _has_state(graph: Any) -> bool:
    """Return whether some operation of a graph has a state other than variables."""
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    names = {node.op for node in nodes} - set(_CALLS)
    return any(_is_stateful(name) and not name.startswith(_OF_VARIABLES) for name in names)


def _is_stateful(name: str) -> bool:
    operation = op_def_registry.get(name)
    return bool(operation is not None and operation.is_stateful)
