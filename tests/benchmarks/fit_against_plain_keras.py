"""CPU time of `fit` behind the walls, against that of plain Keras on the same data.

Digits with validation, a network of two layers. Each training is a process of its own, forked from one in which
TensorFlow is imported; the two kinds in turn. Printed are the medians and their ratio.

    python -m tests.benchmarks.fit_against_plain_keras [PAIRS]
"""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}

import keras
from keras import layers

from grader.rubric.data import digits
from grader.sandbox.inside import fast_fit
from grader.sandbox.inside.determinism import make_deterministic

EPOCHS = (1, 10, 30)


def seconds(epochs: int, *, fast: bool) -> float:
    """Return the CPU time of one training."""
    make_deterministic()
    if fast:
        fast_fit.install()
    keras.utils.set_random_seed(0)
    data = digits().inside
    x, y = data["x_train"], keras.utils.to_categorical(data["y_train"])
    held = data["x_val"], keras.utils.to_categorical(data["y_val"])
    outputs = layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((64,)), layers.Dense(64, activation="relu"), outputs])
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    began = time.process_time()
    model.fit(x, y, epochs=epochs, verbose=0, validation_data=held)
    return time.process_time() - began


def forked(epochs: int, *, fast: bool) -> float:
    """Return the CPU time of one training in a process of its own."""
    with TemporaryDirectory() as folder:
        answer = Path(folder, "seconds")
        pid = os.fork()
        if pid == 0:
            try:
                answer.write_text(str(seconds(epochs, fast=fast)))
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        return float(answer.read_text())


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    pairs = int(arguments[0]) if arguments else 5
    for epochs in EPOCHS:
        measured = [(forked(epochs, fast=False), forked(epochs, fast=True)) for _ in range(pairs)]
        plain, fast = (statistics.median(kind) for kind in zip(*measured, strict=True))
        print(f"{epochs} epochs: plain {plain:.2f} s, here {fast:.2f} s, ratio {fast / plain:.2f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
