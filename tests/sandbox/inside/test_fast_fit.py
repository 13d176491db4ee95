"""Training behind the walls leaves what plain Keras leaves, bit for bit, and costs half of it at most."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import pytest

from tests.helpers.proofs import RUN, VERDICT, Proof
from tests.sandbox.inside.fit_cases import CASES, GROUPS, SAMPLE, WITHOUT_PARTS

Twins = Callable[[str], dict[str, Any]]


def proof_of(case: str) -> Proof:
    """Return the proof that a case leaves what plain Keras leaves."""
    here = "tests/sandbox/inside"
    proof_itself = (f"{here}/test_fast_fit.py", f"{here}/fit_twins.py", f"{here}/fit_cases.py")
    return Proof(f"fast_fit/{case}", (*RUN, *proof_itself))


def proof_of_exercise(exercise: str) -> Proof:
    """Return the proof that the steps of an exercise leave what they leave with plain Keras."""
    proof_itself = proof_of(exercise)
    folders = (f"exercises/{exercise}", f"reference/{exercise}")
    return Proof(f"fast_fit/{exercise}", (*VERDICT, *folders, *proof_itself.inputs))


CHOSEN = [case for case in CASES if case in SAMPLE or not proof_of(case).is_made()]


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

        results: dict[str, dict[str, Any]] = {}

        def ask(name: str) -> dict[str, Any]:
            if name not in results:
                group = [one for one in next((g for g in GROUPS if name in g), [name]) if one in {*CHOSEN, name}]
                asked.write(json.dumps(group) + "\n")
                asked.flush()
                results.update({one: json.loads(answered.readline()) for one in group})
            return results[name]

        yield ask
        asked.close()


@pytest.mark.proof
@pytest.mark.parametrize("name", CHOSEN)
def test_it_leaves_what_plain_keras_leaves(twins: Twins, name: str) -> None:
    result = twins(name)
    assert result["plain"]
    assert result["fast"] == result["plain"]
    assert bool(result["pieces"]) is CASES[name].fast
    proof_of(name).note()


def test_a_call_does_an_epoch(twins: Twins) -> None:
    assert twins("plain")["pieces"] == 6  # three epochs, and each validated


@pytest.mark.proof
@pytest.mark.parametrize("exercise", ["wine", *(["digits"] if not proof_of_exercise("digits").is_made() else [])])
def test_the_evidence_of_a_reference_solution_is_the_same(twins: Twins, exercise: str) -> None:
    result = twins(exercise)
    assert result["plain"]
    assert result["fast"] == result["plain"]
    assert result["pieces"]
    proof_of_exercise(exercise).note()


def test_it_is_on_with_the_keras_that_is_installed() -> None:
    from grader.sandbox.inside import fast_fit

    assert fast_fit.find_tested_keras() == f"Keras {version('keras')}"


def test_with_another_keras_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    from keras.src.backend.tensorflow import trainer

    from grader.sandbox.inside import fast_fit

    monkeypatch.setattr(fast_fit, "_TESTED_VERSIONS", {})
    plain = trainer.TFEpochIterator
    fast_fit.install()
    assert trainer.TFEpochIterator is plain


def test_without_the_parts_of_keras_that_it_needs_a_run_is_done_all_the_same(twins: Twins) -> None:
    assert twins(WITHOUT_PARTS) == {"serves": True, "fast_fit": "None"}
