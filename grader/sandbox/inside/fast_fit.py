"""Make Keras's `fit`, `evaluate` and `predict` on arrays several times faster, with results equal bit for bit.

Keras 3.15 on TensorFlow goes through tf.data: two iterators for each epoch and data set (one is thrown away), and
for each batch a call of a TensorFlow function and a task for a pool of threads. On small tables this costs several
times what the arithmetic does. Here the table is in memory, and one call of a TensorFlow function does the steps
of a whole epoch. The step itself is Keras's own, traced with the same shapes.

The order of the rows is the same, too: where a seed is set, tf.data shuffles each epoch of a `fit` alike, for the
generator in its pipeline begins anew with each iterator. So the order is drawn once, from the same seeds.

Keras runs unchanged in any version other than those that were read and tested, and wherever a difference could be
noticed: with a callback for each batch, a custom training step, or data that are no arrays.
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

# The modules of Keras whose source this module relies on: with another source, nothing is changed.
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
# Tested versions, by the version of TensorFlow and the digest of those modules.
_TESTED_VERSIONS = {("2.21", "3b96f41b"): "Keras 3.15.1"}

# Methods that a model must not override: this module replaces them or relies on them.
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
# Prefixes of operations whose state is that of a variable. Any other state is the operation's own, such as that of
# a random generator, and would exist twice: in this function and in Keras's.
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


def _digest_sources() -> str:
    digest = hashlib.sha256()
    for module in _SOURCES:
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()[:8]


_INSTALLED = tf.__version__.rpartition(".")[0], _digest_sources()  # computed once, by the worker


def find_tested_keras() -> str:
    """Return name and version of the installed Keras where it is one of those tested with this module, else ""."""
    return _TESTED_VERSIONS.get(_INSTALLED, "")


def install() -> None:
    """Speed up training, evaluation and prediction in this process, where the installed Keras is a tested one."""
    if find_tested_keras():
        tf.data.Iterator.register(_Piece)
        keras_trainer.TFEpochIterator = EpochIterator


class _Loop(NamedTuple):
    """One of Keras's loops over batches."""

    function: str  # the model's attribute with the function that is called for each batch
    stop: str  # the model's attribute that ends the loop
    hooks: tuple[str, ...]  # the methods of callbacks that are called for each batch


def _code_of(method: Any) -> CodeType:
    code: CodeType = inspect.unwrap(method).__code__
    return code


# Callbacks of Keras whose methods for each batch need not be called.
_SKIPPABLE_CALLBACKS = (progbar_logger.ProgbarLogger, model_checkpoint.ModelCheckpoint)
_PREDICT = _code_of(keras_trainer.TensorFlowTrainer.predict)
_LOOPS = {
    _code_of(keras_trainer.TensorFlowTrainer.fit): _Loop(
        "train_function",
        "stop_training",
        ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end"),
    ),
    _code_of(keras_trainer.TensorFlowTrainer.evaluate): _Loop(
        "test_function", "stop_evaluating", ("on_test_batch_begin", "on_test_batch_end")
    ),
}
_FUNCTION = next(
    constant
    for constant in _code_of(keras_trainer.TensorFlowTrainer._make_function).co_consts
    if isinstance(constant, CodeType) and constant.co_name == "function"
)


class EpochIterator(keras_trainer.TFEpochIterator):  # type: ignore[misc]
    """Keras's iterator over the batches of an epoch, yielding many batches at once where nothing can notice."""

    def __init__(self, distribute_strategy: Any = None, *args: Any, **kwargs: Any) -> None:
        epoch_iterator.EpochIterator.__init__(self, *args, **kwargs)
        self._distribute_strategy = distribute_strategy
        self._table = _build_table(self, sys._getframe(1))
        if self._table is None:
            self._distributed_dataset  # noqa: B018 - errors of Keras about the data are raised now

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
        pieces = self._cut_pieces(sys._getframe(1)) if self._table is not None else ()
        self._epoch_iterator = self._iterate_pieces(pieces) if pieces else self._enumerate_iterator()
        return self

    def _cut_pieces(self, caller: FrameType) -> tuple["_Piece", ...]:
        """Return the pieces of an epoch for the loop in `caller`; none where it has to run batch by batch."""
        loop, table = _LOOPS.get(caller.f_code), self._table
        if loop is None or table is None:
            return ()
        model = caller.f_locals["self"]
        shows_batches = _shows_batches(caller.f_locals["callbacks"], loop)
        steps = _install_steps(model, loop)
        if shows_batches is None or steps is None or table.key in steps.refused:
            return ()
        ends = [table.steps]
        if getattr(model, loop.stop):  # Keras looks at this after a batch
            ends = [1]
        elif shows_batches and table.steps > 1:  # a bar shows the first batch at once, others as time permits
            ends = [1, table.steps]
        again = functools.cache(lambda: iter(self._distributed_dataset))
        return tuple(_Piece(table, first, last, again) for first, last in zip([0, *ends], ends, strict=False))

    def _iterate_pieces(self, pieces: tuple["_Piece", ...]) -> Iterator[tuple[int, int, "_Piece"]]:
        self.data_adapter.on_epoch_begin()
        for piece in pieces:
            yield piece.first, piece.last - 1, piece
        self.data_adapter.on_epoch_end()


class _Table:
    """The arrays of a data set as tensors, and the order of their rows."""

    def __init__(self, adapter: Any, tensors: Any, predicts: bool) -> None:
        self.flat = tuple(tf.nest.flatten(tensors))
        self.size, self.steps, self.predicts = adapter.batch_size, adapter.num_batches, predicts
        rows = len(self.flat[0])
        # With a last batch that is smaller, the shapes in tf.data have no number of rows.
        self.rows = None if adapter.has_partial_batch else self.size
        self.batch = tf.nest.map_structure(lambda t: tf.TensorSpec((self.rows, *t.shape[1:]), t.dtype), tensors)
        self.order = (
            _draw_order(rows, context.global_seed()) if adapter._shuffle else tf.range(rows, dtype=tf.int64)
        )
        self.key = repr(self.batch)

    def batches(self) -> Iterator[Any]:
        """Yield the batches of an epoch."""
        for step in range(self.steps):
            rows = self.order[step * self.size : (step + 1) * self.size]
            batch = [tf.gather(tensor, rows, axis=0) for tensor in self.flat]
            yield tf.nest.pack_sequence_as(self.batch, batch)


def _build_table(iterator: EpochIterator, caller: FrameType) -> _Table | None:
    """Return the table that `caller` iterates over; None where Keras itself has to iterate."""
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
    except (TypeError, ValueError):  # no table of numbers: Keras itself will report it
        return None


def _is_plain(model: Any) -> bool:
    """Return whether Keras's own methods train a model, in graphs that are not compiled by XLA."""
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
def _draw_order(rows: int, seed: int) -> Any:
    """Return the order of rows that tf.data draws in a pipeline built under the global seed `seed`."""
    draw = tf.function(lambda: tf.random.shuffle(tf.range(rows, dtype=tf.int64)), autograph=False)
    return draw.get_concrete_function()()


def _shows_batches(callbacks: Any, loop: _Loop) -> bool | None:
    """Return whether a progress bar shows each batch; None where another callback is called for each."""
    if type(callbacks) is not callback_list.CallbackList:
        return None
    is_bar_shown = False
    for one in callbacks.callbacks:
        if all(is_default(getattr(one, hook, None)) for hook in loop.hooks):
            continue
        if type(one) not in _SKIPPABLE_CALLBACKS or any(hook in vars(one) for hook in loop.hooks):
            return None
        if type(one) is progbar_logger.ProgbarLogger:
            is_bar_shown = is_bar_shown or (
                one.verbose == 1 and (loop.function == "train_function" or not one._called_in_fit)
            )
        elif one.save_freq != "epoch":
            return None
    return is_bar_shown


class _Piece(NamedTuple):
    """Consecutive batches of an epoch. Keras takes it for an iterator and passes it to its function."""

    table: _Table
    first: int  # number of the first batch, from 0
    last: int  # number after the last batch
    again: Callable[[], Any]  # Keras's own iterator over the same batches


class _Batch(NamedTuple):
    """An iterator with one batch, for Keras's function."""

    batch: Any

    def get_next(self) -> Any:
        """Return the batch."""
        return self.batch


class _Logs(NamedTuple):
    """The logs of the last step of a piece, in the form that Keras expects."""

    logs: Any

    def has_value(self) -> bool:
        """Return True: there are logs."""
        return True

    def get_value(self) -> Any:
        """Return the logs."""
        return self.logs


def _install_steps(model: Any, loop: _Loop) -> "_Steps | None":
    """Put a `_Steps` into a model's function, if there is none, and return it; None in a function not of Keras."""
    function = getattr(model, loop.function)
    if getattr(function, "__code__", None) is not _FUNCTION:
        return None
    cells = dict(zip(_FUNCTION.co_freevars, function.__closure__, strict=True))
    cell = cells["multi_step_on_iterator"]
    if not isinstance(cell.cell_contents, _Steps):
        # In this place, tracebacks and messages of graphs name the same functions of Keras as without this module.
        cell.cell_contents = _Steps(cell.cell_contents, model, trains=loop.function == "train_function")
    steps: _Steps = cell.cell_contents
    return steps


class _Steps:
    """Replaces Keras's function of one step by one that also does all steps of a piece."""

    def __init__(self, plain: Any, model: Any, *, trains: bool) -> None:
        self.plain, self.model, self.trains = plain, model, trains
        self.refused: set[Any] = set()
        self._programs: dict[Any, Any] = {}

    def __call__(self, iterator: Any) -> Any:
        """Do the steps for an iterator: all of a `_Piece`, or one of any other."""
        if not isinstance(iterator, _Piece):
            return self.plain(iterator)
        table = iterator.table
        program = self._find_program(table)
        if program is None:
            self.refused.add(table.key)
            return [self.plain(iterator.again()) for _ in range(iterator.first, iterator.last)][-1]
        numbers = (tf.constant(n, tf.int64) for n in (table.size, iterator.first, iterator.last))
        return _Logs(program(table.order, *numbers, *table.flat))

    def experimental_get_tracing_count(self) -> int:
        """Return how often this function was traced, as functions of TensorFlow do."""
        return int(self.plain.experimental_get_tracing_count()) + len(self._programs)

    def _find_program(self, table: _Table) -> Any:
        """Return the traced function of many steps; None where an operation has a state of its own."""
        if table.key not in self._programs:
            self._programs[table.key] = None
            if self.trains:
                fast_build.build(self.model, table.batch)
            traced = self._build_function(table).get_concrete_function()
            self._programs[table.key] = None if _has_state(traced.graph.as_graph_def()) else traced
        return self._programs[table.key]

    def _build_function(self, table: _Table) -> Any:
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
