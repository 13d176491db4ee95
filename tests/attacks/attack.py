"""What an attack on the walls is, and what it may find outside."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from grader.sandbox.walls import namespaces
from tests.sandbox.walls import outside as sabotage


class Outside(NamedTuple):
    """What lies outside of the walls, of the user who grades. Attacks try to reach it."""

    folder: str  # a folder of the user's, with `secret` in it
    secret: str  # a private file, with `token` in it
    shown: str  # a folder of the user's that may be read inside, with the files "one" and "two"
    token: str
    pid: int  # a process of the user, with `token` in its memory and its environment
    address: int  # where in its memory
    port: int  # on 127.0.0.1, listening
    abstract: str  # name of an abstract socket, listening
    socket: str  # path of a socket, listening
    memory_key: int  # of System V shared memory with `token` in it
    host_name: str


Act = Callable[[Outside], bool]


class Attack(NamedTuple):
    """An attack, what it tries, and what has to be missing for it to succeed."""

    name: str
    act: Act  # returns whether it succeeded; False or an exception where it did not
    ways: tuple[frozenset[str], ...]  # of `WEAKENED`: where all of one way are missing, it succeeds, else it fails
    is_last: bool  # nothing else can run in its process afterwards: it is ended, or has used up what there is
    as_root: bool  # whether root has to grade for it to succeed; else an ordinary user
    abi: int  # of Landlock, from which on that wall stops it

    @property
    def tries(self) -> str:
        """What it tries, in words."""
        return (self.act.__doc__ or "").strip()


ATTACKS: dict[str, Attack] = {}

# What can be taken away: a wall or a bound, by what the tests of the walls do for it.
WEAKENED = {
    "user namespace": "user_namespace",
    "pid namespace": "no pid_namespace",
    "network namespace": "no network_namespace",
    "ipc namespace": "no ipc_namespace",
    "mount namespace": "mount calls",
    "all namespaces": "+".join(f"no {name}" for name in namespaces.PARTS),
    "landlock": "no landlock",
    "seccomp": "seccomp",
    "capabilities": "capabilities",
    "limits": "limits",
    "descriptors": "descriptors",
    "environment": "environment",
    "host name": "host name",
    "processes only": "no subset of proc",
    "init inside": "init outside",  # the first process of the PID namespace
    "watch": "",  # the supervisor's: not begun
}
_NAMESPACES = {f"{name} namespace" for name in ("user", "pid", "network", "ipc", "mount")}


def attack(
    *without: str, also: Sequence[str] = (), is_last: bool = False, as_root: bool = False, abi: int = 1
) -> Callable[[Act], Act]:
    """Add a function to the corpus. Its docstring says what it tries.

    Args:
        without: what has to be missing, all at once, for it to succeed; names of `WEAKENED`.
        also: another way: what else could be missing, all at once, for it to succeed.
        is_last: whether its process can do nothing else afterwards.
        as_root: whether it can succeed only where root grades.
        abi: the version of Landlock that it takes to stop it.
    """
    ways = tuple(frozenset(way) for way in (without, also) if way)
    assert frozenset().union(*ways) <= set(WEAKENED)

    def add(act: Act) -> Act:
        assert act.__doc__
        assert act.__name__ not in ATTACKS
        ATTACKS[act.__name__] = Attack(act.__name__, act, ways, is_last, as_root, abi)
        return act

    return add


def succeeds_without(one: Attack, missing: frozenset[str]) -> bool:
    """Return whether an attack has to succeed where some of `WEAKENED` are missing."""
    missing |= _NAMESPACES if "all namespaces" in missing else set()
    return any(way <= missing for way in one.ways)


def take_away(missing: frozenset[str]) -> None:
    """Weaken this process before it goes behind the walls."""
    for name in sorted(missing):
        sabotage.take_away(WEAKENED[name])


def attempt(one: Attack, outside: Outside) -> bool:
    """Return whether an attack succeeds now."""
    try:
        return one.act(outside)
    except (OSError, MemoryError, ValueError):
        return False


def list_missing(attacks: Iterable[Attack]) -> list[frozenset[str]]:
    """Return what is taken away together: nothing, what an attack needs, and that but for one thing each."""
    needed = {way for one in attacks for way in one.ways}
    almost = {without - {name} for without in needed for name in without}
    return sorted(needed | almost | {frozenset()}, key=lambda names: (len(names), sorted(names)))
