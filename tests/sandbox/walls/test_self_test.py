"""The self-test: its attempts are on walls that exist and do no harm, and its end is waited for once."""

import os
import signal
import sys
from pathlib import Path

import pytest

from grader.core.errors import SandboxError
from grader.protocol.worker_messages import Targets
from grader.sandbox.walled import WalledEnvironment
from grader.sandbox.walls.enter import WALLS, Limits
from grader.sandbox.walls.escape_attempts import Attempt, attempts, own_namespaces, succeeds

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


def list_attempts(folder: Path) -> list[Attempt]:
    """Return all attempts, with targets of each kind; none is made. The file to reach is `folder`/secret."""
    targets = Targets(
        folder=str(folder),
        secret=str(folder / "secret"),
        token="x",
        port=1,
        abstract="x",
        process=1,
        user=1,
        memory_key=1,
        namespaces=own_namespaces(),
        hidden=("/hidden",),
    )
    return list(attempts(targets, Limits(cpu_seconds=1, memory_mib=1, file_mib=1), keep_fd=0))


def find_attempt(folder: Path, what: str) -> Attempt:
    return next(attempt for attempt in list_attempts(folder) if attempt.what == what)


def test_every_attempt_is_on_walls_that_exist_and_every_wall_has_one_that_only_it_prevents(tmp_path: Path) -> None:
    all_attempts = list_attempts(tmp_path)
    assert {wall for attempt in all_attempts for wall in attempt.walls} == set(WALLS)
    assert {attempt.walls[0] for attempt in all_attempts if len(attempt.walls) == 1} == set(WALLS)


def test_a_file_whose_mode_could_be_changed_has_its_mode_afterwards(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.touch()
    mode = secret.stat().st_mode
    assert succeeds(find_attempt(tmp_path, "changed a file outside"))
    assert secret.stat().st_mode == mode


def test_what_could_be_written_is_removed_again_and_no_file_that_was_there_before(tmp_path: Path) -> None:
    attempt = find_attempt(tmp_path, "wrote outside")
    assert succeeds(attempt)
    assert list(tmp_path.iterdir()) == []
    own = tmp_path / "self-test"
    own.write_text("of somebody else")
    assert not succeeds(attempt)
    assert own.read_text() == "of somebody else"


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
