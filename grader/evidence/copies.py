"""Find rows of the data among the weights of a network: a table of neighbours that is written as layers.

Such a network has learned nothing; it compares a row with rows that it holds. They may be scaled, shifted, a
little changed, and rotated by a layer in front of them.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from grader.core.arrays import Array

COPIED_FEATURES = 8  # rows of fewer numbers look like one another by chance
ALIKE = 0.9999  # the cosine, and what single precision is far from taking for it
# A row with noise is this near to its original, by far nearer than to any other; and there are many of them.
NEARLY_ALIKE, FURTHER, COPIED_ROWS = 0.99, 0.75, 8
BLOCK = 4096  # rows of weights that are compared at a time
MAX_KERNELS, MAX_SUMMANDS = 4, 2  # that rows of the data are put through, and that are added to what they give
MAX_PRODUCT = 2_000_000_000  # multiplications of one comparison behind a kernel: about a second


def flatten_rows(*parts: Array) -> Array:
    """Return the rows of all parts, one after the other, each as a line of numbers."""
    rows = np.concatenate(parts)
    return rows.reshape(len(rows), -1).astype(np.float64)


def find_share_of_copies(weights: Sequence[Array], rows: Array, maps: Sequence[Array] = ()) -> float:
    """Return the largest share of rows or columns of a weight that are rows of the data.

    Args:
        weights: all arrays of a graph.
        rows: of the data, shape (n, features).
        maps: what layers make of the input together, as long as it is linear: factors and, at the end, a summand,
            shape (units, ..., features + 1).
    """
    if rows.shape[1] < COPIED_FEATURES:
        return 0.0
    tables = [weight for weight in weights if weight.ndim >= 2 and weight.size]
    units = _scale_to_unit(rows)
    shares = [_share_of_copies(table, units) for table in tables]
    shares += [_share_of_copies(table, image) for table, image in _put_through_kernels(tables, weights, rows)]
    usable = [
        one for one in maps if one.ndim > 1 and one.shape[-1] == rows.shape[1] + 1 and np.isfinite(one).all()
    ]
    shares += [_share_of_copies(_list_mixed(one[..., :-1].reshape(-1, rows.shape[1])), units) for one in usable]
    shares += [_share_of_copies(centres, units) for centres in _find_centres(usable)]
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
    tables: Sequence[Array], weights: Sequence[Array], rows: Array
) -> Iterator[tuple[Array, Array]]:
    """Yield pairs of a table and of rows that it may hold, for each kernel that the input is multiplied with.

    Behind a rotation, a table holds rotated rows; and the product of both is a table of rows itself.
    """
    kernels = [table for table in tables if table.ndim == 2 and len(table) == rows.shape[1]]
    for kernel in sorted(kernels, key=np.size, reverse=True)[:MAX_KERNELS]:
        width = kernel.shape[1]
        behind = [t for t in tables if t is not kernel and width in {len(t), t.shape[-1]}]
        behind = [t for t in behind if t.size * len(rows) <= MAX_PRODUCT and np.isfinite(t).all()]
        if not behind or width < COPIED_FEATURES or not np.isfinite(kernel).all():
            continue
        put_through = rows @ kernel.astype(np.float64)
        summands = [w for w in weights if w.size == width and w.ndim == 1 and np.isfinite(w).all()][:MAX_SUMMANDS]
        images = [_scale_to_unit(put_through + summand) for summand in (0.0, *summands)]
        for table in behind:
            yield from ((table, image) for image in images)
            if table.ndim == 2:
                together = kernel @ table if len(table) == width else kernel @ table.T
                yield together, _scale_to_unit(rows)


def _share_of_copies(weight: Array, rows: Array) -> float:
    """Return the share of a weight's rows or columns, whichever is larger, that are rows of the data."""
    if not weight.size:
        return 0.0
    # The rows of the data may be its rows or its columns, and be pictures.
    ways = (weight.reshape(len(weight), -1), weight.reshape(-1, weight.shape[-1]).T)
    return max((_share_alike(way, rows) for way in ways if way.shape[1] == rows.shape[1]), default=0.0)


def _share_alike(candidates: Array, rows: Array) -> float:
    """Return the share of `candidates` that are some row, scaled, shifted and a little changed at most."""
    alike, roughly = 0, rows.T.astype(np.float32)
    changed: list[int] = []  # the rows of which there is a copy with noise
    for start in range(0, len(candidates), BLOCK):  # a graph may be large, and the product of both far larger
        block = _scale_to_unit(candidates[start : start + BLOCK].astype(np.float64))
        # Hardly any get past the first look, which is fast.
        nearness = np.abs(block.astype(np.float32) @ roughly)
        near = nearness.max(axis=1) > NEARLY_ALIKE
        if not near.any():
            continue
        likely = np.abs(block[near] @ rows.T)
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
