"""What the tests do to a run from outside: attacks while it lives, and sabotage before it begins.

Sabotage is either a wall that claims to have gone up and has not, or a kernel that refuses what a wall needs.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.sandbox.walls import enter, landlock, mounts, namespaces, seccomp, syscalls


def kill(child: int, reader: int) -> dict[str, object]:
    """Kill the launcher, or the worker, and say how many processes there were below it, and how many are left."""
    os.read(reader, 2)
    time.sleep(0.2)
    family = descendants(child)
    os.kill(child, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while (left := [pid for pid in family if alive(pid)]) and time.monotonic() < deadline:
        for pid in family:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.01)
    return {"family": len(family), "alive": len(left)}


def kill_init(child: int, reader: int) -> dict[str, object]:
    """Kill the first process of the PID namespace."""
    os.read(reader, 2)
    os.kill(min(descendants(child)), signal.SIGKILL)
    return {}


def descendants(pid: int) -> list[int]:
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in descendants(child)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


ATTACKS: dict[str, Callable[[int, int], dict[str, object]]] = {
    "kill": kill,
    "orphan": kill,
    "kill init": kill_init,
}


# Taken away before.


def pretend(module: Any, name: str) -> Callable[[], None]:
    """Replace the function that puts a wall up by one that does nothing and says that all is well."""
    return lambda: setattr(module, name, lambda *_, **__: "")


def leave_out(namespace: str) -> Callable[[], None]:
    def without() -> None:
        if namespace == "user_namespace":
            namespaces.leave_root = lambda *_: True
            namespaces.enter_last = lambda *_: None
        else:
            namespaces._ALL -= namespaces._PARTS[namespace]

    return without


def refuse(*calls: int) -> Callable[[], None]:
    """Come under a filter that refuses `calls`, as containers do."""

    def under_filter() -> None:
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
        architecture = seccomp.ARCHITECTURES[os.uname().machine]
        code = [seccomp.load_word(0)]
        for number in calls:
            code += [seccomp.jump_if_equal(number, 0, 1), seccomp.give(seccomp.REFUSE)]
        seccomp.load([*code, seccomp.give(seccomp.ALLOW)], architecture)

    return under_filter


def hide_proc(*refused: str) -> Callable[[], None]:
    """Refuse new mounts of /proc with these options, as the kernel does where parts of the old one are hidden."""

    def under_cover() -> None:
        mount = syscalls.mount

        def some(kind: str, target: str, flags: int, options: str = "") -> None:
            if kind == "proc" and options in refused:
                raise OSError(1, "mount: Operation not permitted")
            mount(kind, target, flags, options)

        syscalls.mount = some

    return under_cover


def no_landlock() -> None:
    landlock.abi = lambda: 0


def become(user: int) -> None:
    """Be an ordinary user from now on."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # as if the program had been started by that user


def unknown_machine() -> None:
    seccomp.ARCHITECTURES.clear()


SABOTAGE: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "everything": lambda: None,
    "user_namespace": leave_out("user_namespace"),
    "pid_namespace": leave_out("pid_namespace"),
    "network_namespace": leave_out("network_namespace"),
    "ipc_namespace": leave_out("ipc_namespace"),
    "mount_namespace": pretend(mounts, "enter"),
    "landlock": pretend(landlock, "restrict"),
    "seccomp": pretend(seccomp, "install"),
    "capabilities": pretend(enter, "_drop_capabilities"),
    "limits": pretend(enter, "_set_limits"),
    "descriptors": pretend(enter, "_close_descriptors"),
    "environment": pretend(enter, "_replace_environment"),
    "unshare": refuse(272 if os.uname().machine == "x86_64" else 97),
    "mount calls": refuse(165 if os.uname().machine == "x86_64" else 40),
    "new mount calls": refuse(428, 429, 442),
    "landlock calls": refuse(444, 445, 446),
    "no landlock": no_landlock,
    "no proc": hide_proc("", "subset=pid"),
    "no whole proc": hide_proc(""),
    "unknown machine": unknown_machine,
}
