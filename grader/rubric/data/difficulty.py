"""Draw data from a secret that are as hard as they are without one: no class has a harder task than another.

Which rows are held out is luck. A linear model tells what luck it was: where it does much worse or better on the
drawn data than on the plain ones, they are drawn again. It is quick, and networks do worse where it does.
"""

import warnings
from collections.abc import Callable
from typing import Any

from grader.core.seal import NO_SEAL, Seal
from grader.rubric.data.dataset import Data

MAX_DRAWS = 20  # after which the best one counts
WORSE, BETTER = 0.012, 0.02  # by which the score of a linear model may differ
MAX_STEPS = 40  # of the solver: enough to compare with


def draw_as_hard(build: Callable[[Seal], Data], seal: Seal) -> Data:
    """Return the data that `build` makes from a secret and that are about as hard as those without one.

    Args:
        build: returns data with `x_train`, `y_train` inside and `x_test`, `y_test` outside.
        seal: without a secret, its data are returned.
    """
    if not seal.is_closed:
        return build(seal)
    expected = _score_linear_model(build(NO_SEAL))
    drawn: list[tuple[float, Data]] = []
    for number in range(MAX_DRAWS):
        data = build(seal.derive(f"draw {number}"))
        gain = _score_linear_model(data) - expected
        if -WORSE <= gain <= BETTER:
            return data
        drawn.append((abs(gain), data))
    return min(drawn, key=lambda draw: draw[0])[1]


def _score_linear_model(data: Data) -> float:
    """Return accuracy or R² of a linear model on the held-out rows."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LinearRegression, LogisticRegression

    labels = data.inside["y_train"]
    model: Any = LinearRegression() if labels.dtype.kind == "f" else LogisticRegression(max_iter=MAX_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(data.inside["x_train"], labels)
    return float(model.score(data.outside["x_test"], data.outside["y_test"]))
