"""Move a process into namespaces of its own, of every kind that this machine allows. See namespaces(7).

The PID namespace, and usually the mount namespace, are made by the worker before it forks the process; see
`grader.sandbox.walls.forker`. The process enters the others by itself.
"""

import contextlib
import os
import signal
from collections.abc import Mapping, Sequence

from grader.sandbox.walls import syscalls

NOBODY = 65534

PARTS = {
    "user_namespace": syscalls.CLONE_NEWUSER,
    "mount_namespace": syscalls.CLONE_NEWNS,
    "pid_namespace": syscalls.CLONE_NEWPID,
    "network_namespace": syscalls.CLONE_NEWNET,
    "ipc_namespace": syscalls.CLONE_NEWIPC,
    # These two hide little (host name, names of control groups): used where this machine has them.
    "uts_namespace": syscalls.CLONE_NEWUTS,
    "cgroup_namespace": syscalls.CLONE_NEWCGROUP,
}
ALL = sum(PARTS.values())
_HOST_NAME = b"localhost"  # in place of the machine's own
_CAP_SYS_ADMIN = 21


class NotYetError(OSError):
    """The user namespace does not exist yet: `enter_last` makes it."""


NamespaceErrors = dict[str, OSError | None]  # by namespace: why it could not be entered; None where it was


def enter(tried: NamespaceErrors) -> NamespaceErrors:
    """Move this process into new namespaces of every kind that this machine allows.

    A process that has the right to it enters all but the user namespace first, as what it is: then mounts made in
    them cannot be undone from the user namespace, which follows by `enter_last`. Others enter a user namespace as
    well, as nobody, which gives them the right to the others.

    Args:
        tried: the kinds that the worker has made for it, or tried to make: the errors that prevented it, or None.

    Returns:
        For each kind of namespace, the error that prevented it, or None.
    """
    user, group = os.geteuid(), os.getegid()
    outcome: NamespaceErrors = dict.fromkeys(PARTS) | tried
    names = [name for name in PARTS if name not in tried]
    if syscalls.capabilities()[0] & 1 << _CAP_SYS_ADMIN:
        names.remove("user_namespace")
        outcome |= _unshare_each(names) | {"user_namespace": NotYetError()}
    else:
        outcome |= _unshare_each(names)
        if outcome["user_namespace"] is None:
            outcome["user_namespace"] = map_ids({NOBODY: user}, {NOBODY: group})
    if outcome["uts_namespace"] is None:
        _hide_host_name()
    return outcome


def _unshare_each(names: Sequence[str]) -> NamespaceErrors:
    """Enter new namespaces of these kinds: all at once, or one by one where one of them is not to be had."""
    if unshare(ALL & sum(PARTS[name] for name in names)) is None:
        return dict.fromkeys(names)
    return {name: unshare(PARTS[name]) for name in names}


def _hide_host_name() -> None:
    for function in ("sethostname", "setdomainname"):
        with contextlib.suppress(OSError):
            syscalls.call(function, _HOST_NAME, len(_HOST_NAME))


def unshare(flags: int) -> OSError | None:
    """Move this process into new namespaces. Returns the error that prevented it, or None."""
    try:
        syscalls.unshare(flags)
    except OSError as error:
        return error
    return None


def map_ids(users: Mapping[int, int], groups: Mapping[int, int], process: int | None = None) -> OSError | None:
    """Give ids to the users and groups of the new user namespace of this process, see user_namespaces(7).

    Args:
        users: ids outside, by id inside.
        groups: the same of groups.
        process: a descriptor of the folder /proc/self, where that path no longer leads to it.

    Returns:
        The error that prevented it, or None.
    """
    maps = [("".join(f"{inside} {outside} 1\n" for inside, outside in ids.items())) for ids in (users, groups)]
    try:
        for name, text in (("setgroups", "deny"), ("uid_map", maps[0]), ("gid_map", maps[1])):
            path = name if process is not None else f"/proc/self/{name}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=process)
            try:
                os.write(descriptor, text.encode())
            finally:
                os.close(descriptor)
    except OSError as error:
        return error
    return None


def leave_root(needed: Sequence[str]) -> bool:
    """Change from root to the user nobody, for good, but keep the capabilities for the steps that follow.

    Args:
        needed: files that the user nobody must be able to read; root may have installed them for itself only.

    Returns:
        Whether this process is nobody now. It stays root where nobody cannot read all of `needed`, or where
        `needed` is empty. The capabilities are dropped later in either case.
    """
    groups, identity = os.getgroups(), (os.getegid(), os.geteuid())
    os.setgroups([])
    os.setresgid(NOBODY, -1, -1)
    os.setresuid(NOBODY, -1, -1)
    # access(2) asks as the real user, which is nobody now.
    if not needed or not all(os.access(path, os.R_OK) for path in needed):
        os.setresuid(identity[1], -1, -1)
        os.setresgid(identity[0], -1, -1)
        os.setgroups(groups)
        return False
    syscalls.prctl(syscalls.PR_SET_KEEPCAPS, 1)  # some systems let only capable processes make user namespaces
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    syscalls.prctl(syscalls.PR_SET_KEEPCAPS, 0)
    _, permitted, _ = syscalls.capabilities()
    syscalls.set_capabilities(permitted, permitted)
    # A change of ids resets these two: without the first the maps in /proc would belong to root.
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    return True


def enter_last(process: int) -> OSError | None:
    """Enter a user namespace after all others, as root has to.

    Args:
        process: a descriptor of the folder /proc/self.

    Returns:
        The error that prevented it, or None.
    """
    user, group = os.geteuid(), os.getegid()  # in the new namespace they have no names at first
    return unshare(syscalls.CLONE_NEWUSER) or map_ids({NOBODY: user}, {NOBODY: group}, process)
