"""Train the base of the exercise `transfer_learning`: `python -m scripts.transfer_base`.

A small convolutional network learns the digits 0 to 4 of scikit-learn: which digit it is, and in which of eight
ways it was turned and flipped. To tell 40 classes apart it has to see strokes, corners and where they are, which
is of use for other digits, too. Its head is thrown away; the rest is written to
`exercises/transfer_learning/handout/base.npz`, always the same bytes on one machine with the same versions: one
thread, deterministic operations, fixed seeds.

`python -m scripts.transfer_base --mobilenet FILE` writes a MobileNetV2 without its top in the same format, for an
exercise of one's own on photographs. Its weights have to be downloaded; with `--random` they are not.
"""

import argparse
import io
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from grader.core.arrays import Array
from grader.core.atomic_files import replace_file
from grader.rubric.data.digit_scenes import SIDE, place_pictures

FILE = Path(__file__).parent.parent / "exercises" / "transfer_learning" / "handout" / "base.npz"
DIGITS = 5  # that the base learns: 0 to 4
WAYS = 8  # in which a picture can be turned by quarters and flipped
COPIES = 2  # of each picture in each of them, at different places
EPOCHS = 10
SEED = 0


def main() -> None:
    """Write the base, or a MobileNetV2."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--mobilenet", action="store_true", help="a MobileNetV2 for pictures of 96×96 in colour")
    parser.add_argument("--random", action="store_true", help="with random weights, so that nothing is downloaded")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of the training: fewer to try it out")
    options = parser.parse_args()
    _make_deterministic()
    if options.mobilenet:
        base = build_mobilenet(weights=None if options.random else "imagenet")
    else:
        base = train_base(options.epochs)
    replace_file(options.file, write_base(base))
    sys.stdout.write(f"{options.file}: {options.file.stat().st_size} bytes, {base.count_params()} parameters\n")


def _make_deterministic() -> None:
    os.environ |= {"CUDA_VISIBLE_DEVICES": "", "TF_ENABLE_ONEDNN_OPTS": "0", "TF_CPP_MIN_LOG_LEVEL": "2"}
    import keras
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(SEED)


def build_base() -> Any:
    """Return the base, not trained: three convolutions, from 16×16 pixels to 64 features of 2×2 places."""
    import keras

    picture = keras.Input(shape=(SIDE, SIDE, 1), name="picture")
    features = picture
    for number, filters in enumerate((16, 32, 64), start=1):
        convolution = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"convolution_{number}")
        features = convolution(features)
        features = keras.layers.BatchNormalization(momentum=0.9, name=f"normalisation_{number}")(features)
        features = keras.layers.ReLU(name=f"relu_{number}")(features)
        features = keras.layers.MaxPooling2D(name=f"pooling_{number}")(features)
    return keras.Model(picture, features, name="base")


def train_base(epochs: int) -> Any:
    """Return the base as it is after it has learned the digits 0 to 4."""
    import keras

    base = build_base()
    network = keras.Sequential(
        [
            base,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dropout(0.2, seed=SEED),
            keras.layers.Dense(DIGITS * WAYS, activation="softmax"),
        ]
    )
    network.compile(optimizer=keras.optimizers.Adam(3e-3), loss="sparse_categorical_crossentropy")
    network.fit(*_draw_pictures(), epochs=epochs, batch_size=64, verbose=0)
    return base


def _draw_pictures() -> tuple[Array, Array]:
    """Return pictures (n, 16, 16, 1) of the digits 0 to 4, and labels: the digit times 8 and the way."""
    from sklearn.datasets import load_digits

    pictures, digits = load_digits(return_X_y=True)
    is_known = digits < DIGITS
    pictures, digits = (pictures[is_known] / 16).reshape(-1, 8, 8), digits[is_known]
    random = np.random.default_rng(SEED)
    x, y = [], []
    for way in range(WAYS):
        turned = np.rot90(pictures[:, :, ::-1] if way >= 4 else pictures, way % 4, axes=(1, 2))
        for _copy in range(COPIES):
            x.append(place_pictures(turned, random))
            y.append(digits * WAYS + way)
    return np.concatenate(x), np.concatenate(y)


def build_mobilenet(weights: str | None) -> Any:
    """Return a MobileNetV2 without its top. `weights`: "imagenet", which is downloaded, or None: random ones."""
    import keras

    return keras.applications.MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights=weights)


def write_base(base: Any) -> bytes:
    """Return a network as a file for `grader.rubric.data.Base`: NumPy arrays, without pickle."""
    arrays: dict[str, Array] = {"architecture": np.frombuffer(base.to_json().encode(), dtype=np.uint8)}
    arrays |= {f"weight_{number:04}": weight for number, weight in enumerate(base.get_weights())}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


if __name__ == "__main__":
    main()
