"""A network that was trained before, for exercises in which students build on it."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from grader.core.arrays import Array
from grader.core.declarations import Declared
from grader.core.errors import UserError
from grader.core.i18n import _
from grader.protocol.training import BASE_ARCHITECTURE, BASE_WEIGHTS
from grader.rubric.data.dataset import Parts

BASE_WEIGHT = "base_weight_"  # with a number: each weight by itself, to compare a student's network with


class BaseError(UserError):
    """A file of a base that no network can be built from."""


@dataclass(frozen=True)
class Base(Declared):
    """A network that was trained before: `Training(base=True)` gives it to the function that builds on it.

    `beside`: the rubric's `__file__`; `file`: the path from there, which has to stay in that folder. It is a NumPy
    archive with `architecture`, the bytes of Keras's JSON, and `weight_0000`, `weight_0001` and so on in the order
    of the network's own weights. `scripts/transfer_base.py` writes one. Nothing in it is code: NumPy reads it
    without pickle, and Keras refuses lambdas.

    >>> Base(__file__, "base.npz")
    """

    beside: str
    file: str

    def inside(self) -> Parts:
        """Return what the base is built from behind the walls, as arrays for `Data.inside`. Raises `BaseError`."""
        architecture, weights = self._read()
        flat = np.concatenate([weight.ravel() for weight in weights])
        return {BASE_ARCHITECTURE: architecture, BASE_WEIGHTS: flat}

    def outside(self) -> Parts:
        """Return the weights, to compare networks with, as arrays for `Data.outside`. Raises `BaseError`."""
        return {f"{BASE_WEIGHT}{number:04}": weight for number, weight in enumerate(self._read()[1])}

    def _read(self) -> tuple[Array, list[Array]]:
        folder = Path(self.beside).resolve().parent
        path = (folder / self.file).resolve()
        if not path.is_relative_to(folder):
            raise BaseError(
                _("{file} has to lie in the exercise's folder, {folder}", file=self.file, folder=str(folder))
            )
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in sorted(archive.files)}
        except (OSError, ValueError, EOFError, BadZipFile, AttributeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise BaseError(_("{file} cannot be read: {error}", file=self.file, error=reason)) from error
        architecture = arrays.pop("architecture", None)
        weights = [weight for name, weight in arrays.items() if name.startswith("weight_")]
        if architecture is None or architecture.dtype != np.uint8 or not weights or len(weights) != len(arrays):
            raise BaseError(
                _(
                    "{file} has to hold architecture, as bytes, and weight_0000, weight_0001 and so on. It holds: "
                    "{names}",
                    file=self.file,
                    names=", ".join([*(["architecture"] if architecture is not None else []), *arrays][:8]) or "–",
                )
            )
        if any(weight.dtype != np.float32 or not np.isfinite(weight).all() for weight in weights):
            raise BaseError(
                _("the weights in {file} have to be finite numbers of the type float32", file=self.file)
            )
        return architecture, weights
