"""What other processes do to a store in tests. Each says through a pipe what it was told is kept."""

import ctypes
import os
import random
import resource
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from grader.classroom.store import Judgement, Store, StoredEvidence, StoreError
from grader.core.i18n import Translator
from tests.classroom.store.made import EXERCISE, adjustment, hand, kept, verdict
from tests.helpers.store_tables import add_hand_in, add_verdict, history

# Functions written in C that change files or the database.
STEPS = {"connect", "execute", "executemany", "commit", "mkdir", "open", "write", "flush", "fsync", "replace"}
CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
NOBODY = 65534
Said = tuple[str, int]


def operate(store: Store, seed: int, say: Callable[[Said], None], count: int = 5) -> None:
    """Do one thing after the other, and say which is done. `seed` makes all names, so that nobody shares them."""
    dice = random.Random(seed)
    run = store.begin_run(EXERCISE, str(seed))
    for number in range(count):
        student = f"{seed}-{number}"
        (hand_in,) = store.add_hand_ins(EXERCISE, [hand(student, f"x = {seed}, {number}\n")], run)
        say(("hand_in", number))
        store.keep_evidence(student, body_of(seed, number))
        say(("keep", number))
        store.add_verdicts(
            [Judgement(number=hand_in, key=student, verdict=verdict(points), by="w") for points in (1, 2)]
        )
        say(("judge", number))
        if dice.random() < 0.5:
            store.add_adjustment(EXERCISE, student, adjustment(3.0))
            say(("adjust", number))
        store.set_default_setting(student, student)
        say(("set", number))


def body_of(seed: int, number: int) -> StoredEvidence:
    """Return evidence that no other writer has: of 40 KB, of 80 KB, and so on."""
    return kept(random.Random(f"{seed} {number}").randbytes(40_000 * (number + 1)))


def write(folder: Path, url: str | None, seed: int, pipe: Connection, start: object = None) -> None:
    """Open the store and operate."""
    if start is not None:
        start.wait()  # type: ignore[attr-defined]
    with Store.open(folder, url) as store:
        operate(store, seed, pipe.send)
    pipe.send(("end", 0))


def write_until(folder: Path, url: str | None, seed: int, pipe: Connection, steps: int) -> None:
    """Do the same, and be killed right before one of the steps that change files or the database."""
    taken = killed_at(steps, lambda: write(folder, url, seed, pipe))
    pipe.send(("steps", taken))


def keep_again_until(folder: Path, url: str | None, key: str, pipe: Connection, steps: int) -> None:
    """Keep what is kept already, and be killed at a step."""
    with Store.open(folder, url) as store:
        killed_at(steps, lambda: store.keep_evidence(key, kept()))
        killed_at(steps, lambda: add_hand_in(store, EXERCISE, hand(), 99))
    pipe.send(("end", 0))


def killed_at(steps: int, act: Callable[[], object]) -> int:
    """Do something, and be killed at a step; return how many there were."""
    left = steps

    def count(_: FrameType, event: str, function: object) -> None:
        nonlocal left
        of_text = isinstance(getattr(function, "__self__", None), str)  # str.replace
        if event == "c_call" and getattr(function, "__name__", "") in STEPS and not of_text:
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(count)  # those to come
    sys.setprofile(count)
    act()
    sys.setprofile(None)
    threading.setprofile(None)
    return steps - left


def fill(folder: Path, room: Path, what: str, pipe: Connection) -> None:
    """Mount a small file system of our own at `room`, fill the store on it, and look what is left."""
    if not mount_small(room):
        pipe.send("cannot mount")
        return
    ballast = room / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    pipe.send(fill_store(folder, what, ballast.unlink))


def fill_limited(folder: Path, limit: int, what: str, pipe: Connection) -> None:
    """Let no file grow beyond a limit, fill the store, and look what is left."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def release() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    pipe.send(fill_store(folder, what, release))


def fill_store(folder: Path, what: str, release: Callable[[], None]) -> tuple[str, str, int]:
    """Write until it is refused; then look; then make room and write again. Return the sentences and how much."""
    say, done = Translator("en"), 0
    with Store.open(folder) as store:
        number = add_hand_in(store, EXERCISE, hand(), store.begin_run(EXERCISE, "me"))

        def put(index: int) -> None:
            if what == "evidence":
                store.keep_evidence(str(index), body_of(1, index))
            else:
                add_verdict(store, number, str(index), verdict(float(index), criteria=60), "me")

        refused = ""
        while not refused:
            try:
                put(done)
            except StoreError as error:
                refused = say(error.text)
            else:
                done += 1
        again = ""
        try:
            put(done)
        except StoreError as error:
            again = say(error.text)
        _require(store, what, done)
        release()
        put(done)
        _require(store, what, done + 1)
    with Store.open(folder) as store:
        _require(store, what, done + 1)
    return refused, again, done


def _require(store: Store, what: str, count: int) -> None:
    if what == "evidence":
        assert all(store.find_evidence(str(index)) == body_of(1, index) for index in range(count))
        assert store.find_evidence(str(count)) is None
    else:
        given = [past.verdict.points for past in history(store, EXERCISE, "ada") if past.verdict is not None]
        assert given == [float(index) for index in range(count)]


def mount_small(room: Path) -> bool:
    """Mount 4 MB of memory where only this process sees it; tell whether that went well."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNS):
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    return bool(libc.mount(b"none", bytes(room), b"tmpfs", 0, b"size=4m") == 0)


def open_as_nobody(folder: Path, kind: str, _: None, pipe: Connection) -> None:
    """Open a store, and write to it, without the rights of root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    stage = "open"
    try:
        place = (folder.parent / "own", None, str(folder)) if kind == "files" else (folder,)
        with Store.open(*place) as store:
            stage = "write"
            store.keep_evidence("a", kept())
    except StoreError as error:
        pipe.send((stage, Translator("en")(error.text)))
