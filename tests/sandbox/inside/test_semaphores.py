"""Semaphores for a process that may make none: they do what those of the system do."""

import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.pool import ThreadPool
from typing import Any

import pytest

from grader.sandbox.inside import semaphores

_multiprocessing = pytest.importorskip("_multiprocessing")
pytestmark = pytest.mark.skipif(not hasattr(_multiprocessing, "SemLock"), reason="no semaphores here")

SYSTEM = getattr(_multiprocessing, "SemLock", None)
MUTEX, SEMAPHORE = 0, 1
Act = Callable[[Any], object]
ACTS: dict[str, Act] = {
    "acquire": lambda lock: lock.acquire(),
    "try": lambda lock: lock.acquire(False),
    "wait a little": lambda lock: lock.acquire(True, 0.01),
    "wait for nothing": lambda lock: lock.acquire(True, -1.0),
    "release": lambda lock: lock.release(),
    "count": lambda lock: lock._count(),
    "is mine": lambda lock: lock._is_mine(),
    "value": lambda lock: lock._get_value(),
    "is zero": lambda lock: lock._is_zero(),
    "in another thread": lambda lock: in_another_thread(lambda: lock.acquire(False)),
    "release in another thread": lambda lock: in_another_thread(lock.release),
    "block": lambda lock: lock.__enter__(),
    "leave": lambda lock: lock.__exit__(None, None, None),
}
LOOK = ("count", "is mine", "value", "is zero")


def in_another_thread(act: Callable[[], object]) -> object:
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(attempt(act)))
    thread.start()
    thread.join()
    return results[0]


def attempt(act: Callable[[], object]) -> object:
    try:
        return act()
    except (AssertionError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(
    ("kind", "value", "most", "acts"),
    [
        (SEMAPHORE, 1, 1, ("acquire", "try", "wait a little", "in another thread", "leave", "release", "block")),
        (SEMAPHORE, 2, 3, ("try", "in another thread", "wait for nothing", *["release"] * 3, "leave")),
        (SEMAPHORE, 0, 1, ("try", "release in another thread", "in another thread", "release", "block", "leave")),
        (MUTEX, 1, 1, ("acquire", "block", "in another thread", "release in another thread", "leave", "release")),
        (MUTEX, 1, 1, ("release", "try", "try", "release", "release", "in another thread")),
    ],
)
def test_they_do_what_those_of_the_system_do(kind: int, value: int, most: int, acts: tuple[str, ...]) -> None:
    assert SYSTEM is not None
    theirs = SYSTEM(kind, value, most, f"/grader-test-{time.monotonic_ns()}", True)
    own = semaphores.SemLock(kind, value, most, "/name", True)
    assert (own.kind, own.maxvalue, own.name) == (theirs.kind, theirs.maxvalue, theirs.name)
    for act in acts:
        for what in (act, *LOOK):
            assert attempt(partial(ACTS[what], own)) == attempt(partial(ACTS[what], theirs)), what


def test_a_thread_that_waits_is_woken() -> None:
    lock = semaphores.SemLock(SEMAPHORE, 0, 1, "/name", True)
    threading.Timer(0.05, lock.release).start()
    assert lock.acquire(True, 10.0)


def test_a_pool_of_threads_works_where_none_may_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused:
        SEM_VALUE_MAX = 1 << 30

        def __init__(self, *_: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(_multiprocessing, "SemLock", Refused)
    with pytest.raises(PermissionError):
        ThreadPool(2)
    semaphores.install_where_refused()
    with ThreadPool(2) as pool:
        assert pool.map(abs, [-1, 2, -3]) == [1, 2, 3]


def test_those_of_the_system_stay_where_they_can_be_made() -> None:
    semaphores.install_where_refused()
    assert _multiprocessing.SemLock is SYSTEM
