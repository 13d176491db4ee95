"""What is remembered of a real call of `fit`: its loss, and whether its validation rows are training rows."""

import pytest

from grader.protocol.evidence import FitFacts
from tests.helpers.classroom import build, case_of, train


def fit_of(more: str = "", loss: str = '"categorical_crossentropy"') -> FitFacts:
    case = case_of(build("layers.Dense(10, 'softmax')", loss) + train(more=more))
    (fit,) = case.steps["train@0"].evidence.fits
    return fit


@pytest.mark.parametrize(
    ("validation", "share"),
    [
        ("", 0.0),
        ("validation_data=(x_train, y_train)", 1.0),
        ("validation_data=[x_train[:50], y_train[:50]]", 1.0),
        ("validation_data=(np.concatenate([x_val, x_val, x_train[:10]])[-20:], y_val[:20])", 0.5),
        ("validation_split=0.1", 0.0),
        ("validation_data=None", 0.0),
    ],
)
def test_validation_rows_that_training_sees(validation: str, share: float) -> None:
    assert fit_of(validation).validation_seen == share


def test_the_loss_is_remembered_with_what_it_takes() -> None:
    assert not fit_of().from_logits
    logits = fit_of(loss="keras.losses.CategoricalCrossentropy(from_logits=True)")
    assert (logits.loss, logits.from_logits) == ("categorical_crossentropy", True)


def test_rows_of_one_number_cannot_be_told_apart_and_raise_no_suspicion() -> None:
    import numpy as np

    from grader.core.row_hashes import row_hashes
    from grader.sandbox.inside.fit_recorder import _share_seen

    x = np.linspace(-2.0, 2.0, 9).reshape(-1, 1)
    assert _share_seen((x[:3], None), row_hashes(x[3:])) == 0.0
    pairs = np.hstack([x, x**2])
    assert _share_seen((pairs[:3], None), row_hashes(pairs)) == 1.0
    assert _share_seen((pairs[:0], None), row_hashes(pairs)) == 0.0
