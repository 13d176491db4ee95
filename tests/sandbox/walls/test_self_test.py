"""A canary that dies with its worker is told to everybody who waits for it, at once."""

import os
import signal
import sys

import pytest

from grader.core.errors import SandboxError
from grader.sandbox.walled import WalledEnvironment


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_who_asks_second_does_not_wait_for_a_canary_that_is_known_to_be_dead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with WalledEnvironment() as workshop:
        os.kill(workshop._worker.pid, signal.SIGKILL)
        with pytest.raises(SandboxError, match="the canary died"):
            workshop.walls()
        monkeypatch.setattr("grader.sandbox.walled.CANARY_SECONDS", 1.0)
        with pytest.raises(SandboxError, match="the canary died"):  # and not: it did not come back
            workshop.walls()
