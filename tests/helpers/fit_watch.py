"""The recorder of `fit` in the process of a test, which leaves Keras as it was afterwards."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from grader.evidence.case import Case

METHODS = ("on_train_batch_end", "on_epoch_end", "on_train_end")


def watch_fits(patch: pytest.MonkeyPatch) -> Any:
    """Return a watch over the calls of `fit` until the end of the test."""
    import keras

    from grader.sandbox.inside.fit_recorder import FitWatch

    for owner, names in ((keras.Model, ("fit", "evaluate")), (keras.callbacks.CallbackList, METHODS)):
        for name in names:  # which the watch replaces
            patch.setattr(owner, name, getattr(owner, name))
    return FitWatch()


def record_fits(watch: Any, case: Case, models: Mapping[str, object]) -> None:
    """Put the calls of `fit` that a watch has seen into the evidence of a training. `models`: by id of a step."""
    from grader.sandbox.inside.array_store import Store

    step, store = case.steps["train@0"], Store()
    store.arrays |= step.arrays
    fits = watch.take(store, models)
    object.__setattr__(step, "evidence", replace(step.evidence, fits=fits))
    object.__setattr__(step, "arrays", store.arrays)
