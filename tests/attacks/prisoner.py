"""Run by the tests as a program of its own: makes the attacks behind walls, some of which are taken away.

`python -m tests.attacks.prisoner USER`: prints as JSON which attacks succeeded for the user with that number. For
each set of what is missing, one child makes all attacks, one after the other; those after which nothing else can
run have a child of their own. The children are forked, so that all of this takes seconds.
"""

import contextlib
import ctypes
import json
import os
import secrets
import signal
import socket
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from grader.protocol.plan import Limits
from grader.sandbox import scratch, visibility
from grader.sandbox.memory_watch import MemoryWatch, private_kib
from grader.sandbox.walls import enter, syscalls
from grader.sandbox.walls.forker import Forked, Forker, end_init, find_outer_pid
from tests.attacks.attack import ATTACKS, Attack, Outside, attempt, list_missing, take_away
from tests.attacks.escaping import acts as escaping
from tests.attacks.exhausting import acts as exhausting
from tests.attacks.limits import LIMITS
from tests.attacks.reading import acts as reading
from tests.attacks.writing import acts as writing
from tests.sandbox.walls.outside import become

FAMILIES = {"reading": reading, "writing": writing, "escaping": escaping, "exhausting": exhausting}

Result = dict[str, list[str]]  # by what was missing, with commas: the attacks that succeeded


def main() -> None:
    """Make all attacks as the user of the command line, and print the result."""
    user = int(sys.argv[1])
    as_root = user == 0
    private_kib("self")  # imports what another user may not read
    if os.geteuid() != user:
        become(user)
    tempfile.gettempdir()  # settles on one, as libraries do when they are imported
    attacks = [one for one in ATTACKS.values() if one.as_root == as_root]
    result: Result = {}
    with _plant() as outside:
        for missing in list_missing(attacks):
            # Behind all walls, the attacks of the other users are made too.
            made = attacks if missing else list(ATTACKS.values())
            groups = [[one for one in made if not one.is_last]]
            groups += [[one] for one in made if one.is_last and _is_worth_it(one, missing)]
            succeeded = [name for group in groups for name in _attack(group, missing, outside)]
            result[",".join(sorted(missing))] = succeeded
    print(json.dumps(result))


def _is_worth_it(one: Attack, missing: frozenset[str]) -> bool:
    """Return whether nothing else is missing than what concerns an attack that needs a process of its own."""
    return any(missing <= way for way in one.ways)


@contextlib.contextmanager
def _plant() -> Iterator[Outside]:
    """Put outside what attacks may try to reach."""
    token = secrets.token_hex(16)
    os.environ["SECRET"] = token
    with contextlib.ExitStack() as stack:
        folder, shown = (
            stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-attacks-")) for _ in range(2)
        )
        port = stack.enter_context(_listen(socket.AF_INET, ("127.0.0.1", 0)))
        abstract, path = f"grader-attacks-{token}", f"{folder}/socket"
        for address in ("\0" + abstract, path):
            stack.enter_context(_listen(socket.AF_UNIX, address))
        in_memory = ctypes.create_string_buffer(token.encode())
        key = secrets.randbelow(1 << 30) + 1
        number = syscalls.call("shmget", key, 4096, 0o1666)
        stack.callback(lambda: syscalls.call("shmctl", number, 0, None))
        _write_shared(number, token)
        yield Outside(
            folder=folder,
            secret=f"{folder}/secret",
            shown=shown,
            token=token,
            pid=stack.enter_context(_sleeper()),
            address=ctypes.addressof(in_memory),
            port=port.getsockname()[1],
            abstract=abstract,
            socket=path,
            memory_key=key,
            host_name=os.uname().nodename,
        )


def _fill_folder(outside: Outside) -> None:
    """Make the files outside as they were before an attack."""
    folder = Path(outside.folder)
    (folder / "inner").mkdir(exist_ok=True)
    Path(outside.secret).write_text(outside.token)
    Path(outside.secret).chmod(0o600)
    (folder / "spare").touch()
    for name in ("one", "two"):
        Path(outside.shown, name).write_text("text")


def _listen(family: int, address: tuple[str, int] | str) -> socket.socket:
    listener = socket.socket(family)
    listener.bind(address)
    listener.listen(64)
    return listener


def _write_shared(number: int, token: str) -> None:
    attach = ctypes.CDLL(None).shmat
    attach.restype = ctypes.c_void_p
    place = attach(number, None, 0)
    ctypes.memmove(place, token.encode(), len(token))
    ctypes.CDLL(None).shmdt(ctypes.c_void_p(place))


@contextlib.contextmanager
def _sleeper() -> Iterator[int]:
    pid = os.fork()
    if pid == 0:
        threading.Event().wait()
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _attack(attacks: Sequence[Attack], missing: frozenset[str], outside: Outside) -> list[str]:
    """Return the names of the attacks that succeed in a process behind the walls that are left.

    In a fork of this process, which is changed by what is taken away.
    """
    _fill_folder(outside)
    reader, writer = os.pipe()
    worker = os.fork()
    if worker == 0:
        os.close(reader)
        try:
            os.write(writer, json.dumps(_run(attacks, missing, outside)).encode())
        except BaseException:  # noqa: BLE001 - reported, whatever it is
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read()
    os.waitpid(worker, 0)
    names: list[str] = json.loads(text)
    return names


def _run(attacks: Sequence[Attack], missing: frozenset[str], outside: Outside) -> list[str]:
    take_away(missing)
    folder = tempfile.mkdtemp(prefix="grader-attack-")
    left_open = os.open(outside.secret, os.O_RDONLY)  # for the walls to close
    reader, writer = os.pipe()
    base = private_kib("self")
    terminal = os.dup(2)
    os.dup2(os.open(f"{outside.folder}/log", os.O_WRONLY | os.O_CREAT), 2)  # as if it were a terminal
    forked = Forker().fork()
    os.dup2(terminal, 2)
    if forked.pid == 0:
        os.close(reader)
        _go_behind_walls(attacks, folder, outside, writer, forked)
    os.close(writer)
    os.close(left_open)
    limits = Limits(memory_mib=LIMITS.memory_mib, scratch_mib=LIMITS.file_mib)
    watch = None
    if "watch" not in missing and all(one.is_last for one in attacks):
        pid = find_outer_pid(forked.pid)
        watch = MemoryWatch(pid, base, limits, lambda: os.kill(forked.pid, signal.SIGKILL), folder)
    with os.fdopen(reader) as pipe:
        succeeded = pipe.read().split()
    os.waitpid(forked.pid, 0)
    if forked.init:
        end_init(forked.init)
    if watch is not None:
        watch.stop()
    scratch.remove(folder)
    return [*succeeded, *(["folder left"] if Path(folder).exists() else [])]


def _go_behind_walls(
    attacks: Iterable[Attack], folder: str, outside: Outside, writer: int, forked: Forked
) -> NoReturn:
    try:
        readable = (*visibility.readable_paths(), outside.shown)
        enter.enter(folder, readable, (), LIMITS, writer, forked.errors)
        for one in attacks:
            if attempt(one, outside):
                os.write(writer, f"{one.name}\n".encode())
    except BaseException:  # noqa: BLE001 - reported, whatever it is
        os.write(writer, "\n".join(traceback.format_exc().split()).encode())
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
