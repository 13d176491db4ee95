"""Training behind the walls leaves what plain Keras leaves, bit for bit, and costs half of it at most."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.sandbox.fit_cases import CASES

Twins = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def twins() -> Iterator[Twins]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox.fit_twins"],
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
