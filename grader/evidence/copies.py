"""Find rows of the data among the weights of a network: a table of neighbours that is written as layers.

Such a network has learned nothing; it compares a row with rows that it holds. They may be scaled, shifted, a
little changed, and rotated by a layer in front of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.core.arrays import Array

COPIED_FEATURES = 8  # rows of fewer numbers look like one another by chance
# Of such rows, only copies that are exact but for scale and shift are found, and only with many of them.
# What single precision takes from a cosine of 1 is far below `EXACT`; chance gets so near in one of 200 columns.
LEAST_FEATURES, EXACT = 3, 1e-9
ALIKE = 0.9999  # the cosine, and what single precision is far from taking for it
# A row with noise is this near to its original, by far nearer than to any other; and there are many of them.
NEARLY_ALIKE, FURTHER, COPIED_ROWS = 0.99, 0.75, 8
ROUGHNESS = 1e-3  # more than a cosine of the first look is wrong by
BLOCK = 4096  # rows of weights that are compared at a time
SINGLE = 1e-6  # what a sum in single precision errs by, as a share of its summands, with room to spare
LARGEST = 1e15  # whose square is far from the largest number of single precision
MAX_KERNELS, MAX_SUMMANDS = 4, 2  # that rows of the data are put through, and that are added to what they give
MAX_PRODUCT = 2_000_000_000  # multiplications of one comparison behind a kernel: about a second


@dataclass(frozen=True)
class ComparableRows:
    """Rows that weights are compared with. What that needs is computed once, and only where it is needed."""

    rows: Array  # shape (n, features)

    @property
    def width(self) -> int:
        """The number of features."""
        return int(self.rows.shape[1])

    @cached_property
    def units(self) -> Array:
        """The rows, centred and of length 1; shape (n, features)."""
        return _scale_to_unit(self.rows)

    @cached_property
    def single(self) -> Array:
        """The rows in single precision."""
        return self.rows.astype(np.float32)

    @cached_property
    def longest(self) -> float:
        """The length of the longest row."""
        return float(np.linalg.norm(self.rows, axis=1).max(initial=0.0))

    @cached_property
    def _rough_units(self) -> Array:
        return self.units.T.astype(np.float32)

    def look_roughly(self, block: Array) -> Array:
        """Return the cosines of rows of length 1 in single precision (m, features) with these rows: (m, n)."""
        return _compare(block, self._rough_units)


@dataclass(frozen=True)
class Image:
    """What a kernel and a summand make of the rows of the data."""

    data: ComparableRows
    kernel: Array  # shape (features, width)
    product: "RoughProduct"
    summand: Array  # of `width` numbers

    @property
    def width(self) -> int:
        """The number of features."""
        return int(self.kernel.shape[1])

    @cached_property
    def units(self) -> Array:
        """The rows, centred and of length 1; shape (n, width)."""
        return _scale_to_unit(self.data.rows @ self.kernel + self.summand)

    @cached_property
    def _rough(self) -> tuple[Array, Array] | None:
        """The centred rows in single precision, and their lengths; None where that is too rough."""
        with np.errstate(over="ignore"):
            shift = (self.summand - self.summand.mean()) / self.product.scale
        most = self.data.longest * self.product.norm + float(np.abs(shift).sum())
        if not most < LARGEST:
            return None
        centred = self.product.centred + shift.astype(np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", centred, centred))
        # What single precision errs by is a share of the summands; it has to be small against the sum, too.
        return (centred, lengths) if (SINGLE * most < ROUGHNESS * lengths).all() else None

    def look_roughly(self, block: Array) -> Array:
        """Return the cosines of rows of length 1 in single precision (m, width) with these rows: (m, n)."""
        if self._rough is None:
            return _compare(block, self.units.T.astype(np.float32))
        centred, lengths = self._rough
        return _compare(block, centred.T) / lengths


@dataclass(frozen=True)
class RoughProduct:
    """The rows of the data times a kernel, centred, in single precision."""

    centred: Array  # shape (n, width), divided by `scale`
    scale: float
    norm: float  # of the centred kernel, likewise


def _multiply_roughly(data: ComparableRows, kernel: Array) -> RoughProduct:
    centred = kernel - kernel.mean(axis=1, keepdims=True)
    scale = float(np.abs(centred).max()) or 1.0
    unit = centred / scale
    return RoughProduct(data.single @ unit.astype(np.float32), scale, float(np.linalg.norm(unit)))


def _compare(block: Array, others: Array) -> Array:
    product: Array = block @ others
    return np.abs(product, out=product)  # in place: it may be large


def prepare_rows(*parts: Array) -> ComparableRows:
    """Return the rows of all parts, one after the other, each as a line of numbers."""
    rows = np.concatenate(parts)
    return ComparableRows(rows.reshape(len(rows), -1).astype(np.float64))


def find_share_of_copies(weights: Sequence[Array], data: ComparableRows, maps: Sequence[Array] = ()) -> float:
    """Return the largest share of rows or columns of a weight that are rows of the data.

    Args:
        weights: all arrays of a graph.
        data: its rows.
        maps: what layers make of the input together, as long as it is linear: factors and, at the end, a summand,
            shape (units, ..., features + 1).
    """
    features = data.width
    if features < LEAST_FEATURES:
        return 0.0
    tables = [weight for weight in weights if weight.ndim >= 2 and weight.size]
    shares = [_share_of_copies(table, data) for table in tables]
    if features >= COPIED_FEATURES:
        shares += [_share_of_copies(table, image) for table, image in _put_through_kernels(tables, weights, data)]
    usable = [one for one in maps if one.ndim > 1 and one.shape[-1] == features + 1 and np.isfinite(one).all()]
    shares += [_share_of_copies(_list_mixed(one[..., :-1].reshape(-1, features)), data) for one in usable]
    shares += [_share_of_copies(centres, data) for centres in _find_centres(usable)]
    return max(shares, default=0.0)


def _list_mixed(factors: Array) -> Array:
    """Return the rows that more than one feature has a part in; others scale each feature for itself."""
    mixed: Array = factors[np.count_nonzero(factors, axis=1) > 1]
    return mixed


def _find_centres(maps: Sequence[Array]) -> Iterator[Array]:
    """Yield the rows (units, features) for which all differences of each unit are 0, as far as they say.

    A unit may take the difference between a row and one that it holds, in one piece or in several.
    """
    by_units: dict[int, list[Array]] = {}
    for one in maps:
        if one.ndim == 3 and COPIED_ROWS <= len(one) <= BLOCK:
            by_units.setdefault(len(one), []).append(one.astype(np.float64))
    for pieces in by_units.values():
        together = np.concatenate(pieces, axis=1)
        factors, summands = together[..., :-1], together[..., -1]
        if np.allclose(factors, factors[:1], atol=1e-5):  # the same space for all units
            yield -summands @ np.linalg.pinv(factors[0]).T


def _put_through_kernels(
    tables: Sequence[Array], weights: Sequence[Array], data: ComparableRows
) -> Iterator[tuple[Array, ComparableRows | Image]]:
    """Yield pairs of a table and of rows that it may hold, for each kernel that the input is multiplied with.

    Behind a rotation, a table holds rotated rows; and the product of both is a table of rows itself.
    """
    kernels = [table for table in tables if table.ndim == 2 and len(table) == data.width]
    for kernel in sorted(kernels, key=np.size, reverse=True)[:MAX_KERNELS]:
        width = kernel.shape[1]
        behind = [t for t in tables if t is not kernel and width in {len(t), t.shape[-1]}]
        behind = [t for t in behind if t.size * len(data.rows) <= MAX_PRODUCT and np.isfinite(t).all()]
        if not behind or width < COPIED_FEATURES or not np.isfinite(kernel).all():
            continue
        exact = kernel.astype(np.float64)
        product = _multiply_roughly(data, exact)
        summands = [w for w in weights if w.size == width and w.ndim == 1 and np.isfinite(w).all()][:MAX_SUMMANDS]
        images = [Image(data, exact, product, summand) for summand in (np.zeros(width), *summands)]
        for table in behind:
            yield from ((table, image) for image in images)
            if table.ndim == 2:
                together = kernel @ table if len(table) == width else kernel @ table.T
                yield together, data


def _share_of_copies(weight: Array, rows: ComparableRows | Image) -> float:
    """Return the share of a weight's rows or columns, whichever is larger, that are rows of the data."""
    if not weight.size:
        return 0.0
    # The rows of the data may be its rows or its columns, and be pictures.
    ways = (weight.reshape(len(weight), -1), weight.reshape(-1, weight.shape[-1]).T)
    find_share = _share_alike if rows.width >= COPIED_FEATURES else _share_exact
    return max((find_share(way, rows) for way in ways if way.shape[1] == rows.width), default=0.0)


def _share_exact(candidates: Array, rows: ComparableRows | Image) -> float:
    """Return the share of `candidates` that are some row, scaled and shifted at most; 0.0 of only a few rows."""
    alike, copied = 0, set[int]()
    for start in range(0, len(candidates), BLOCK):
        nearness = np.abs(_scale_to_unit(candidates[start : start + BLOCK].astype(np.float64)) @ rows.units.T)
        is_alike = nearness.max(axis=1) > 1 - EXACT
        alike += int(is_alike.sum())
        copied.update(nearness[is_alike].argmax(axis=1).tolist())
    return alike / len(candidates) if len(copied) >= COPIED_ROWS else 0.0


def _share_alike(candidates: Array, rows: ComparableRows | Image) -> float:
    """Return the share of `candidates` that are some row, scaled, shifted and a little changed at most."""
    alike = 0
    changed: list[int] = []  # the rows of which there is a copy with noise
    for start in range(0, len(candidates), BLOCK):  # a graph may be large, and the product of both far larger
        block = _scale_to_unit(candidates[start : start + BLOCK].astype(np.float64))
        # Hardly any get past the first look, which is fast, and lets more through than the second.
        nearness = rows.look_roughly(block.astype(np.float32))
        near = ~(nearness.max(axis=1) <= NEARLY_ALIKE - ROUGHNESS)
        if not near.any():
            continue
        likely = np.abs(block[near] @ rows.units.T)
        is_alike = likely.max(axis=1) > ALIKE
        alike += int(is_alike.sum())
        changed += _find_changed(likely[~is_alike])
    if len(set(changed)) >= COPIED_ROWS:
        alike += len(changed)
    return alike / max(1, len(candidates))


def _find_changed(cosines: Array) -> list[int]:
    """Return the row that each candidate is a copy of with noise; those that are near to several rows are none."""
    if not len(cosines) or cosines.shape[1] < 2:
        return []
    second, best = np.sort(cosines, axis=1)[:, -2:].T
    angles = [np.arccos(np.clip(cosine, 0.0, 1.0)) for cosine in (best, second)]
    is_copy = (best > NEARLY_ALIKE) & (angles[0] < FURTHER * angles[1])
    return [int(row) for row in cosines[is_copy].argmax(axis=1)]


def _scale_to_unit(x: Array) -> Array:
    """Return rows that are centred and of length 1."""
    x = np.where(np.isfinite(x), x, 0.0)  # a training that diverged
    x /= np.maximum(np.abs(x).max(axis=1, keepdims=True), 1e-300)
    centred = x - x.mean(axis=1, keepdims=True)
    scaled: Array = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    return scaled
