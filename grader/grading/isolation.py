"""Refuse to grade other people's code where an isolation feature is missing, and say what each is for."""

from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.grading.pool import GraderPool

# What each isolation feature prevents, by its id.
PREVENTED: dict[str, Message] = {
    "user_namespace": _("being your user, or root"),
    "pid_namespace": _("seeing, signalling and slowing down other programs"),
    "network_namespace": _("reaching the network and other programs through it"),
    "ipc_namespace": _("reading and changing memory that other programs share"),
    "mount_namespace": _("seeing your files and folders; writing to this disk"),
    "landlock": _("reading and writing files, as a second lock"),
    "seccomp": _("starting programs; using what the kernel offers beyond what computing needs"),
    "capabilities": _("having or gaining rights of root"),
    "limits": _("using up memory, processor, disk and what the whole machine shares"),
    "descriptors": _("using files and connections that the grader has open"),
    "environment": _("reading your environment variables, which often hold secrets"),
}


class MissingIsolationError(UserError):
    """Submissions would be less isolated here than they should be. `text` names what is missing."""


def require_isolation(pool: GraderPool) -> None:
    """Raise `MissingIsolationError` where the machines of a pool lack an isolation feature.

    Raises `InternalError` where that cannot be found out. In plain mode there are none that could be missing.
    """
    missing = [wall.id for wall in pool.walls() if not wall.stands]
    if missing:
        raise MissingIsolationError(
            _(
                "Isolation features missing on this machine: {names}. grader doctor says more. Grade on another "
                "machine, or pass --despite-missing-walls.",
                names=", ".join(missing),
            )
        )
