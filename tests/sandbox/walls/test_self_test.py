"""A self-test that dies with its worker is an error for everybody who waits for it, at once."""

import os
import signal
import sys

import pytest

from grader.core.errors import SandboxError
from grader.sandbox.walled import WalledEnvironment


@pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")
def test_a_dead_self_test_is_not_waited_for_a_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with WalledEnvironment() as workshop:
        os.kill(workshop._worker.pid, signal.SIGKILL)
        with pytest.raises(SandboxError, match="the self-test of the walls died"):
            workshop.walls()
        monkeypatch.setattr("grader.sandbox.walled.SELF_TEST_SECONDS", 1.0)
        with pytest.raises(SandboxError, match="the self-test of the walls died"):  # and not: it did not come back
            workshop.walls()
