"""The recorder of `fit` in the process of a test, which leaves Keras as it was afterwards."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from grader.evidence.case import Case


@contextlib.contextmanager
def keras_restored() -> Iterator[None]:
    """Put back the methods of Keras that a recorder of `fit` replaces.

    If they stayed, the next recorder would call this one, and after hundreds of tests Python's stack would end.
    """
    import keras

    callbacks = keras.callbacks.CallbackList
    replaced = [(keras.Model, name) for name in ("fit", "evaluate")]
    replaced += [(callbacks, name) for name in ("on_train_batch_end", "on_epoch_end", "on_train_end")]
    originals = [(owner, name, getattr(owner, name)) for owner, name in replaced]
    try:
        yield
    finally:
        for owner, name, method in originals:
            setattr(owner, name, method)


@contextlib.contextmanager
def watch_fits() -> Iterator[Any]:
    """Yield a watch over the calls of `fit` of this process, until the end of the block."""
    from grader.sandbox.inside.fit_recorder import FitWatch

    with keras_restored():
        yield FitWatch()


def record_fits(watch: Any, case: Case, models: Mapping[str, object]) -> None:
    """Put the calls of `fit` that a watch has seen into the evidence of a training. `models`: by id of a step."""
    from grader.sandbox.inside.array_store import Store

    step, store = case.steps["train@0"], Store()
    store.arrays |= step.arrays
    fits = watch.take(store, models)
    object.__setattr__(step, "evidence", replace(step.evidence, fits=fits))
    object.__setattr__(step, "arrays", store.arrays)
