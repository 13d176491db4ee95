"""Test the isolation at every start: a self-test process tries to break each restriction from inside.

Outside, `plant` sets up targets that a submission must not reach: a secret file, a listening port, a process,
shared memory, an environment variable. Inside, after `walls.enter`, `probe` tries to reach them. Most attempts are
prevented by several isolation features, so an attempt that succeeds means that all of these have failed; for each
feature there is at least one attempt that only it prevents. All attempts are harmless where they succeed.
"""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from grader.core.temporary_folders import temporary_folder
from grader.protocol.verdict import WallState
from grader.protocol.worker_messages import Targets
from grader.sandbox.walls import syscalls
from grader.sandbox.walls.enter import Limits
from grader.sandbox.walls.escape_attempts import attempts, own_namespaces, succeeds

VARIABLE = "GRADER_SELF_TEST"
_IPC_CREAT, _IPC_RMID = 0o1000, 0


@contextlib.contextmanager
def plant(hidden: Sequence[str] = ()) -> Iterator[Targets]:
    """Set up the targets of the self-test, as long as the context lasts.

    To be called in a process that is not isolated and is not the worker.

    Args:
        hidden: folders that no submission may see, as real paths.
    """
    token = secrets.token_hex(16)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary_folder("self-test", 0o755))
        secret = folder / "secret"
        secret.write_text(token)
        secret.chmod(0o644)  # the isolation is tested, not the modes of files
        old_value = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = token
        stack.callback(_restore_variable, old_value)
        port = stack.enter_context(_open_listener(socket.AF_INET, ("127.0.0.1", 0)))
        name = f"grader-self-test-{token}"
        abstract = stack.enter_context(_open_listener(socket.AF_UNIX, "\0" + name))
        yield Targets(
            folder=str(folder),
            secret=str(secret),
            token=token,
            port=port.getsockname()[1] if port else 0,
            abstract=name if abstract else "",
            process=stack.enter_context(_start_sleeper()),
            memory_key=stack.enter_context(_make_shared_memory()),
            user=os.geteuid(),
            namespaces=own_namespaces(),
            hidden=tuple(hidden),
        )


def _restore_variable(value: str | None) -> None:
    os.environ.pop(VARIABLE, None)
    if value is not None:
        os.environ[VARIABLE] = value


@contextlib.contextmanager
def _open_listener(family: int, address: tuple[str, int] | str) -> Iterator[socket.socket | None]:
    try:
        listener = socket.socket(family)
        listener.bind(address)
        listener.listen()
    except OSError:
        yield None
        return
    with listener:
        yield listener


@contextlib.contextmanager
def _start_sleeper() -> Iterator[int]:
    command = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
        try:
            yield process.pid
        finally:
            process.kill()


@contextlib.contextmanager
def _make_shared_memory() -> Iterator[int]:
    key = secrets.randbelow(1 << 30) + 1
    try:
        number = syscalls.call("shmget", key, 4096, _IPC_CREAT | 0o666)
    except OSError:
        yield 0
        return
    try:
        yield key
    finally:
        syscalls.call("shmctl", number, _IPC_RMID, None)


def probe(targets: Targets, states: Iterable[WallState], limits: Limits, keep_fd: int) -> tuple[WallState, ...]:
    """Make every attempt to break out, and return the corrected states of the isolation features.

    To be called in the isolated process.

    Args:
        targets: what `plant` has set up.
        states: the states that `enter` returned.
        limits: the limits that `enter` was called with.
        keep_fd: the file descriptor that is meant to be open.
    """
    escapes: dict[str, list[str]] = {}
    for attempt in attempts(targets, limits, keep_fd):
        if succeeds(attempt):
            for wall in attempt.walls:
                escapes.setdefault(wall, []).append(attempt.what)
    return tuple(_correct_state(state, escapes.get(state.id, [])) for state in states)


def _correct_state(state: WallState, escapes: list[str]) -> WallState:
    if not escapes or not state.stands:
        return state  # a feature that was never in place has its reason already
    return msgspec.structs.replace(state, stands=False, detail=f"the self-test crossed it: {', '.join(escapes)}")
