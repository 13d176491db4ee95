"""Training behind the walls leaves what plain Keras leaves, bit for bit, and costs half of it at most."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import pytest

from tests.sandbox.inside.fit_cases import CASES, WITHOUT_PARTS

Twins = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def twins() -> Iterator[Twins]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox.inside.fit_twins"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answered = process.stdin, process.stdout

        def ask(name: str) -> dict[str, Any]:
            asked.write(name + "\n")
            asked.flush()
            result: dict[str, Any] = json.loads(answered.readline())
            return result

        yield ask
        asked.close()


@pytest.mark.parametrize("name", CASES)
def test_it_leaves_what_plain_keras_leaves(twins: Twins, name: str) -> None:
    result = twins(name)
    assert result["plain"]
    assert result["fast"] == result["plain"]
    assert bool(result["pieces"]) is CASES[name].fast


def test_a_call_does_an_epoch(twins: Twins) -> None:
    assert twins("plain")["pieces"] == 6  # three epochs, and each validated


@pytest.mark.parametrize("exercise", ["digits", "wine"])
def test_the_evidence_of_a_reference_solution_is_the_same(twins: Twins, exercise: str) -> None:
    result = twins(exercise)
    assert result["plain"]
    assert result["fast"] == result["plain"]
    assert result["pieces"]


def test_it_is_on_with_the_keras_that_is_installed() -> None:
    from grader.sandbox.inside import fast_fit

    assert fast_fit.known() == f"Keras {version('keras')}"


def test_with_another_keras_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    from keras.src.backend.tensorflow import trainer

    from grader.sandbox.inside import fast_fit

    monkeypatch.setattr(fast_fit, "_KNOWN", {})
    plain = trainer.TFEpochIterator
    fast_fit.install()
    assert trainer.TFEpochIterator is plain


def test_without_the_parts_of_keras_that_it_needs_a_run_is_done_all_the_same(twins: Twins) -> None:
    assert twins(WITHOUT_PARTS) == {"serves": True, "fast_fit": "None"}
