"""Which loss a model was compiled with, told by what it does where its name does not tell."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.evidence import CompileFacts

Array = np.ndarray[Any, Any]

# The rows on which `model_facts` asks every loss for its value: label, and what the network would put out.
PROBE_LABELS = np.array([0, 1, 2, 3])
PROBE_OUTPUTS = np.array(
    [[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1], [0.6, 0.2, 0.15, 0.05], [0.25, 0.25, 0.3, 0.2]], dtype=np.float32
)


def identify(compiled: CompileFacts, arrays: Mapping[str, Array]) -> tuple[str, bool]:
    """Return canonical name and `from_logits` of a loss, also of the student's own where it does the same."""
    if compiled.loss != "custom" or compiled.probe not in arrays:
        return compiled.loss, compiled.from_logits
    values = arrays[compiled.probe]
    for (name, from_logits), expected in _table().items():
        if values.shape == expected.shape and np.allclose(values, expected, rtol=1e-3, atol=1e-5):
            return name, from_logits
    return "custom", False


def _table() -> dict[tuple[str, bool], Array]:
    p = PROBE_OUTPUTS.astype(np.float64)
    rows = np.arange(len(p))
    one_hot = np.eye(p.shape[1])[PROBE_LABELS]
    log_softmax = p - np.log(np.exp(p).sum(axis=1, keepdims=True))
    softplus = np.log(1 + np.exp(p))
    return {
        ("categorical_crossentropy", False): -np.log(p[rows, PROBE_LABELS] / p.sum(axis=1)),
        ("categorical_crossentropy", True): -log_softmax[rows, PROBE_LABELS],
        ("mean_squared_error", False): ((p - one_hot) ** 2).mean(axis=1),
        ("mean_absolute_error", False): np.abs(p - one_hot).mean(axis=1),
        ("binary_crossentropy", False): -(one_hot * np.log(p) + (1 - one_hot) * np.log(1 - p)).mean(axis=1),
        ("binary_crossentropy", True): (softplus - one_hot * p).mean(axis=1),
        # Within 1, where all of these errors are, Huber's loss is half the square.
        ("huber", False): ((p - one_hot) ** 2).mean(axis=1) / 2,
        ("log_cosh", False): np.log(np.cosh(p - one_hot)).mean(axis=1),
    }
