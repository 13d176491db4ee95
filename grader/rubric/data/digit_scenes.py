"""The digits 5 to 9 somewhere on a larger picture: data for a network that has learned 0 to 4 before."""

from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.declarations import Declared
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.data.base_network import Base
from grader.rubric.data.dataset import Data
from grader.rubric.data.dealing import deal_rows_by_class
from grader.rubric.data.dressing import PictureDressing, blend_rows, draw_label_order, draw_picture_dressing

SIDE = 16  # pixels of a picture; those of scikit-learn have 8
NOISE = 0.08  # standard deviation of what is added to each pixel
FIRST_DIGIT = 5
TRAIN_ROWS, VAL_ROWS = 300, 100  # of 896; all others are held out


@dataclass(frozen=True)
class LaterDigits(Declared):
    """The digits 5 to 9 of scikit-learn, each somewhere on a picture of 16×16 pixels with a little noise.

    Each has the label 0 to 4. `base`: a network that was trained on other digits, which `build_model` gets. With a
    secret, the pictures are dealt out, blended, bent, and all turned and flipped alike; where they lie and the
    noise are drawn for each, and the labels are permuted. Inside: `x_train` (300, 16, 16, 1) float32 in [0, 1],
    `x_val` (100, ...), labels `y_*` as integers, and what the base is built from. Outside: `x_test` (496, ...),
    `y_test`, and the weights of the base.

    >>> LaterDigits(Base(__file__, "base.npz"))
    """

    base: Base

    def __call__(self, seal: Seal = NO_SEAL) -> Data:
        """Return the data, changed by the secret of `seal`."""
        from sklearn.datasets import load_digits  # a second of imports that not everybody needs

        pictures, digits = load_digits(return_X_y=True)
        is_later = digits >= FIRST_DIGIT
        x, y = (pictures[is_later] / 16).astype(np.float32), digits[is_later] - FIRST_DIGIT
        # Fewer pictures train than are held out: so it is those to train with that are taken out evenly.
        inside, outside = deal_rows_by_class(x, y, VAL_ROWS, TRAIN_ROWS, seal)
        for kind in "xy":
            inside[f"{kind}_train"], outside[f"{kind}_test"] = outside[f"{kind}_test"], inside[f"{kind}_train"]
        blend_rows(seal, inside, outside)
        dressing, order = draw_picture_dressing(seal, 8, 8), draw_label_order(seal, 5)
        for side in (inside, outside):
            for name, part in list(side.items()):
                is_picture = name.startswith("x_")
                side[name] = (
                    place_pictures(dressing.apply(part).reshape(-1, 8, 8), seal.random(f"places {name}"))
                    if is_picture
                    else order.apply(part)
                )
        whole = PictureDressing(SIDE, SIDE, dressing.turn, dressing.flip, np.eye(1))
        return Data(
            inside | self.base.inside(),
            outside | self.base.outside(),
            class_names=tuple(str(own + FIRST_DIGIT) for own in order.own),
            picture=(SIDE, SIDE),
            class_order=order.positions(),
            undress=whole.undo,
        )


def place_pictures(pictures: Array, random: np.random.Generator) -> Array:
    """Return pictures (n, 8, 8) at random places of larger ones, with noise: (n, 16, 16, 1) float32 in [0, 1]."""
    scenes = np.zeros((len(pictures), SIDE, SIDE))
    height, width = pictures.shape[1:]
    tops = random.integers(0, SIDE - height + 1, len(pictures))
    lefts = random.integers(0, SIDE - width + 1, len(pictures))
    for scene, picture, top, left in zip(scenes, pictures, tops, lefts, strict=True):
        scene[top : top + height, left : left + width] = picture
    noisy = np.clip(scenes + random.normal(0.0, NOISE, scenes.shape), 0.0, 1.0)
    placed: Array = noisy[..., None].astype(np.float32)
    return placed
