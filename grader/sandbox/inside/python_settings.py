"""Give each function the settings of Python and NumPy that the top level of the submission made."""

import contextlib
import os
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

Setting = tuple[Callable[[], Any], Callable[[Any], object]]
"""How a setting is read and made."""

SETTINGS: tuple[Setting, ...] = (
    (np.geterr, lambda errors: np.seterr(**errors)),
    (os.getcwd, os.chdir),
    (lambda: list(warnings.filters), lambda filters: setattr(warnings, "filters", list(filters))),
)


class PythonSettings:
    """The settings at one moment."""

    settings = SETTINGS

    def __init__(self) -> None:
        self._values = [read() for read, _ in self.settings]

    def restore(self) -> None:
        """Make the settings as they were, where they differ."""
        for (read, make), value in zip(self.settings, self._values, strict=True):
            with contextlib.suppress(Exception):  # a function of the submission may have changed what reads them
                if read() != value:
                    make(value)
