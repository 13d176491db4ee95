"""What the sandbox's environment and its warm worker send each other, on one socket."""

from grader.protocol.parcels import Record, Tagged

MAX_MESSAGE = 1 << 16  # bytes


class Targets(Record, frozen=True):
    """What the self-test puts outside the walls, and tries to reach from inside.

    Numbers are 0 and texts empty where this machine does not allow such a thing.
    """

    folder: str
    secret: str
    """A file in `folder`."""
    token: str
    """What is in the file and in the environment."""
    port: int
    """On 127.0.0.1."""
    abstract: str
    """The name of an abstract UNIX socket."""
    process: int
    """The leader of its own process group."""
    memory_key: int
    """Of System V shared memory."""
    user: int
    namespaces: dict[str, int]
    """Inodes in /proc/self/ns."""
    hidden: tuple[str, ...]
    """Folders that a submission must not see."""


class ChildSettings(Record, frozen=True):
    """Where a child runs, what it can read, and what it may use."""

    scratch: str
    """Its own folder, which it may write to."""
    readable: tuple[str, ...]
    """Files and folders that it may read besides."""
    hidden: tuple[str, ...]
    """Folders that it must not see, even where they lie below `readable`: real paths."""
    cpu_seconds: int
    memory_mib: int
    scratch_mib: int


class StartRun(Tagged, frozen=True, tag="StartRun"):
    """Fork a child for one run; its channel travels with the message."""

    id: int
    settings: ChildSettings


class StartSelfTest(Tagged, frozen=True, tag="StartSelfTest"):
    """Fork a child that tries to cross the walls; its channel travels with the message."""

    settings: ChildSettings
    targets: Targets


class EndRun(Tagged, frozen=True, tag="EndRun"):
    """End a run and everything that it started."""

    id: int


class RunStarted(Tagged, frozen=True, tag="RunStarted"):
    """A run has begun."""

    id: int
    pid: int
    """Of its outermost process."""
    base_kib: int
    """Anonymous memory that the child shares with the worker."""


class RunEnded(Tagged, frozen=True, tag="RunEnded"):
    """A run is over."""

    id: int
    code: int
    """As in `subprocess`: negative for a signal."""
    cpu_seconds: float


ToWorker = StartRun | StartSelfTest | EndRun
FromWorker = RunStarted | RunEnded
