"""What the tests do to a run from outside: attacks while it lives, and sabotage before it begins.

Sabotage is either a wall that claims to have gone up and has not, or a kernel that refuses what a wall needs.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.sandbox.walls import enter, forker, landlock, mounts, namespaces, seccomp, syscalls
from grader.sandbox.walls.forker import Forked


def list_family(worker: int, reader: int) -> dict[str, list[int]]:
    """Wait until the submission lives, and return the processes below the worker."""
    os.read(reader, 2)
    time.sleep(0.2)
    return {"family": descendants(worker)}


def kill(forked: Forked, reader: int) -> dict[str, list[int]]:
    """Kill the submission."""
    family = list_family(int(Path("/proc/self").readlink().name), reader)
    os.kill(forked.pid, signal.SIGKILL)
    return family


def kill_init(forked: Forked, reader: int) -> dict[str, list[int]]:
    """Kill the first process of the PID namespace."""
    os.read(reader, 2)
    os.kill(forked.init, signal.SIGKILL)
    return {}


def count_left(seen: dict[str, list[int]]) -> dict[str, int]:
    """Return how many processes of the family are alive in the end."""
    family = seen.get("family", [])
    deadline = time.monotonic() + 5
    while (left := [pid for pid in family if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.01)
    return {"family": len(family), "alive": len(left)}


def descendants(pid: int) -> list[int]:
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [below for child in children for below in descendants(child)]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


ATTACKS: dict[str, Callable[[Forked, int], dict[str, list[int]]]] = {"kill": kill, "kill init": kill_init}


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
            namespaces.ALL -= namespaces.PARTS[namespace]

    return without


def refuse_namespace(name: str) -> Callable[[], None]:
    """Refuse new namespaces of one kind, as a kernel does that was built without them."""

    def without() -> None:
        unshare = syscalls.unshare

        def some(flags: int) -> None:
            if flags & namespaces.PARTS[name]:
                raise OSError(22, "unshare: Invalid argument")
            unshare(flags)

        syscalls.unshare = some

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


def leave_init_outside() -> None:
    """Start the first process of the PID namespace as a program started by hand: where one stands, with what is
    open."""

    def start_init(worker: Any) -> int:
        shell = "/bin/sh"
        os.chdir("/usr")
        actions = [(os.POSIX_SPAWN_DUP2, worker._reader, 0)]
        return os.posix_spawn(shell, [shell, "-c", "read end"], {}, file_actions=actions)

    setattr(forker.Forker, "_start_init", start_init)  # noqa: B010 - the type checker forbids the other way


def restrict_as_apparmor() -> None:
    """Have user namespaces without any capability in them, as Ubuntu 24.04 gives them to ordinary users."""
    unshare = syscalls.unshare

    def unshare_without_rights(flags: int) -> None:
        if flags != syscalls.CLONE_NEWUSER:
            raise OSError(1, "unshare: Operation not permitted")
        unshare(flags)
        syscalls.set_capabilities(0, 0)

    syscalls.unshare = unshare_without_rights


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


def take_away(names: str) -> None:
    """Sabotage one thing of `SABOTAGE`, or several with a plus sign between them."""
    for name in names.split("+"):
        SABOTAGE[name]()


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
    "init outside": leave_init_outside,
    "no subset of proc": hide_proc("subset=pid"),
    "no proc": hide_proc("", "subset=pid"),
    "AppArmor": restrict_as_apparmor,
    "old Landlock": lambda: setattr(landlock, "abi", lambda: 1),
    "no seccomp": refuse(317 if os.uname().machine == "x86_64" else 277),
    "unknown machine": unknown_machine,
    "host name": pretend(namespaces, "_hide_host_name"),
    **{f"no {name}": refuse_namespace(name) for name in namespaces.PARTS},
}
