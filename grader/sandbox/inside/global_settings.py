"""Give each function the global settings that the top level of the submission made, whatever others set."""

import contextlib
import os
import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

# How each setting is read and made.
_SETTINGS: tuple[tuple[Callable[[], Any], Callable[[Any], object]], ...] = (
    (keras.config.floatx, keras.config.set_floatx),
    (keras.config.epsilon, keras.config.set_epsilon),
    (keras.config.image_data_format, keras.config.set_image_data_format),
    (keras.config.dtype_policy, keras.config.set_dtype_policy),
    (tf.config.functions_run_eagerly, tf.config.run_functions_eagerly),
    (np.geterr, lambda errors: np.seterr(**errors)),
    (os.getcwd, os.chdir),
    (lambda: list(warnings.filters), lambda filters: setattr(warnings, "filters", list(filters))),
)


class GlobalSettings:
    """The settings at one moment."""

    def __init__(self) -> None:
        self._values = [read() for read, _ in _SETTINGS]

    def restore(self) -> None:
        """Make the settings as they were, where they differ."""
        for (read, make), value in zip(_SETTINGS, self._values, strict=True):
            with contextlib.suppress(Exception):  # a function of the submission may have changed what reads them
                if read() != value:
                    make(value)
