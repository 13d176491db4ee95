"""Run by the tests as a program of its own: single-threaded, as the warm worker is.

`python inmate.py REQUEST`: does what the JSON says, prints the answer as JSON. It forks a child that goes behind
the walls and does one of `ACTS` there; what the act returns comes back through the pipe that the walls leave
open. A request to train names several machines: one import of Keras serves all of them.
"""

import asyncio
import contextlib
import ctypes
import importlib
import json
import mmap
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from grader.protocol.verdict import WallState
from grader.protocol.worker_messages import Targets
from grader.sandbox import visibility
from grader.sandbox.inside import semaphores
from grader.sandbox.walls import enter as walls
from grader.sandbox.walls import escape_attempts, forker, self_test
from tests.sandbox.walls import outside

for name in (
    "dummy",
    "queues",
    "resource_tracker",
    "synchronize",
):  # another user may be unable to read them later
    importlib.import_module(f"multiprocessing.{name}")

LIMITS = walls.Limits(cpu_seconds=20, memory_mib=300, file_mib=8)

Request = dict[str, Any]


def main() -> None:
    request = json.loads(sys.argv[1])
    if request["act"] == "train":
        import_tensorflow()
        answers = [answer_in_fork(request | {"without": without}) for without in request["each_without"]]
        print(json.dumps(answers))
    else:
        print(json.dumps(answer(request)))


def answer_in_fork(request: Request) -> Request:
    """Return the answer to a request, which changes this process: so a fork of it does it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writer, "w") as file:
                json.dump(answer(request), file)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        text = file.read()
    os.waitpid(child, 0)
    result: Request = json.loads(text)
    return result


def answer(request: Request) -> Request:
    """Do what a request says and return the answer."""
    if user := request.get("user"):
        outside.become(user)
    outside.take_away(request.get("without", ""))
    tempfile.gettempdir()  # settles on one, as libraries do when they are imported
    scratch = tempfile.mkdtemp(dir=request["folder"])
    Path(scratch).chmod(0o777)
    os.environ["SECRET"] = "of the parent"
    reader, writer = os.pipe()
    left_open = os.open("/dev/zero", os.O_RDONLY)  # for the walls to close
    if request.get("attack") == "kill worker":
        return kill_worker(request, scratch, reader, writer)
    forked = start(request, scratch, reader, writer)
    os.close(writer)
    os.close(left_open)
    attack = outside.ATTACKS.get(request.get("attack", ""))
    seen = attack(forked, reader) if attack is not None else {}
    with os.fdopen(reader, "rb") as file:
        text = file.read() if attack is None else b""
        status = os.waitstatus_to_exitcode(os.waitpid(forked.pid, 0)[1])
    if forked.init:
        forker.end_init(forked.init)
    ended = outside.count_left(seen) | {"status": status, "left": names(scratch)}
    return (json.loads(text) if text else {}) | ended


def start(request: Request, scratch: str, reader: int, writer: int) -> forker.Forked:
    """Fork a process that acts, and return in this one, which is the worker."""
    walls_are_gone = request.get("without") == "everything"
    worker = None if walls_are_gone else forker.Forker()
    before = escape_attempts.own_namespaces()
    forked = forker.Forked(os.fork(), 0, {}) if worker is None else worker.fork()
    if forked.pid:
        assert escape_attempts.own_namespaces() == before  # it has gone back
    else:
        os.close(reader)
        if walls_are_gone:
            run_without_walls(request, scratch, writer)
        run(request, scratch, writer, forked)
    return forked


def kill_worker(request: Request, scratch: str, reader: int, writer: int) -> Request:
    """Kill the worker, which is a fork of this process, while the submission lives."""
    worker = os.fork()
    if worker == 0:
        start(request, scratch, reader, writer)
        time.sleep(60)
    seen = outside.list_family(worker, reader)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    return dict(outside.count_left(seen))


def run_without_walls(request: Request, scratch: str, writer: int) -> NoReturn:
    """Act out in the open, but with nothing left open, so that what is found is found by the attempts."""
    os.chdir(scratch)
    answer = {"act": ACTS[request["act"]](request, (), LIMITS, writer)}
    os.write(writer, json.dumps(answer).encode())
    os._exit(0)


def run(request: Request, scratch: str, writer: int, forked: forker.Forked) -> NoReturn:
    """Go behind the walls and act there."""
    try:
        limits = msgspec.structs.replace(LIMITS, **request.get("limits", {}))
        readable = (*visibility.readable_paths(), *request.get("readable", ()))
        began = time.perf_counter()
        hidden, extra = request.get("hidden", ()), {"KERAS_HOME": "/data"}
        states = walls.enter(scratch, readable, hidden, limits, writer, forked.errors, extra)
        answer = {"milliseconds": 1000 * (time.perf_counter() - began), "states": msgspec.to_builtins(states)}
        if request["act"] in {"live", "swarm"}:
            os.write(writer, b"{}")
        answer["act"] = ACTS[request["act"]](request, states, limits, writer)
        os.write(writer, json.dumps(answer).encode())
        os._exit(0)
    except BaseException:  # noqa: BLE001 - reported, whatever it is
        os.write(writer, json.dumps({"fault": traceback.format_exc()}).encode())
    finally:
        os._exit(99)


# What is done behind the walls.


def probe(request: Request, states: tuple[WallState, ...], limits: walls.Limits, writer: int) -> object:
    targets = msgspec.convert(request["targets"], Targets)
    return msgspec.to_builtins(self_test.probe(targets, states, limits, writer))


def attempt_all(request: Request, _: object, limits: walls.Limits, writer: int) -> object:
    targets = msgspec.convert(request["targets"], Targets)
    return {a.what: escape_attempts.succeeds(a) for a in escape_attempts.attempts(targets, limits, writer)}


def end(request: Request, *_: object) -> object:
    """End in one of the ways in which submissions end."""
    match request["how"]:
        case "exit":
            os._exit(7)
        case "SIGXCPU":
            while True:
                pass
        case "SIGSEGV":
            ctypes.string_at(8)
        case "SIGKILL" | "SIGTERM" | "SIGABRT" as name:
            os.kill(os.getpid(), signal.Signals[name])
            time.sleep(5)
    return None


def live(*_: object) -> object:
    """Live on, with threads."""
    for _number in range(3):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    time.sleep(60)
    return None


def swarm(*_: object) -> object:
    """Live on with children and grandchildren in sessions of their own: only where the filter is off."""
    for _number in range(3):
        if os.fork() == 0:
            os.setsid()
            os.fork()
            time.sleep(60)
    time.sleep(60)
    return None


def look(request: Request, *_: object) -> object:
    """Tell what the world looks like from here."""
    return {
        "pid": os.getpid(),
        "user": os.getuid(),
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "scratch": names("."),
        "umask": os.umask(0o022),
        "processes": [name for name in readable("/proc").split(",") if name.isdigit()] if own_proc() else [],
        "read": [readable(path) for path in [*request.get("looked_at", ()), *request.get("readable", ())]],
        "null": os.path.samestat(os.fstat(0), Path("/dev/null").stat()),
        "host name": os.uname().nodename,
        "kernel command line": readable("/proc/cmdline"),
    }


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def own_proc() -> bool:
    with contextlib.suppress(OSError):
        return Path("/proc/self").readlink() == Path(str(os.getpid()))
    return False


def readable(path: str) -> str:
    try:
        return Path(path).read_text() if Path(path).is_file() else ",".join(names(path))
    except OSError as error:
        return str(error.errno)


def use(request: Request, *_: object) -> object:
    """Do what honest submissions do, and what they only try."""
    import decimal

    results: dict[str, object] = {"lazy import": str(decimal.Decimal(1))}
    Path("kept.txt").write_text("ok")
    Path("/tmp/here").write_text("ok")
    results["files"] = Path("kept.txt").read_text()
    with tempfile.NamedTemporaryFile() as file:
        results["temporary folder"] = Path(file.name).parent == Path.cwd()
    thread = threading.Thread(target=lambda: results.update(thread=True))
    thread.start()
    thread.join()
    asyncio.run(asyncio.sleep(0))
    results["asyncio"] = True
    Path("/dev/null").write_text("x")
    results["random"] = len(os.urandom(3))
    library = copied_library()
    acts: dict[str, Callable[[], object]] = {
        "subprocess": lambda: subprocess.run(["/bin/true"], check=True),
        "system": lambda: 1 / (os.system("true") == 0),
        "disk": lambda: [Path(f"big{i}").write_bytes(bytes(1 << 20)) for i in range(20)],
        "long file": lambda: Path("long").write_bytes(bytes(20 << 20)),
        "memory": lambda: bytearray(1 << 30),
        "shared memory": lambda: mmap.mmap(-1, 1 << 20),
        "many files": lambda: [os.open("/dev/null", 0) for _ in range(2000)],
        "limit": lambda: resource.setrlimit(resource.RLIMIT_DATA, (1 << 40, 1 << 40)),
        "devices": lambda: os.mknod("device", 0o20600, os.makedev(1, 1)),
        "program": lambda: ctypes.CDLL(library),
    }
    for name, act in acts.items():
        try:
            act()
            results[name] = "done"
        except (OSError, MemoryError, ValueError, ArithmeticError, subprocess.SubprocessError) as error:
            results[name] = type(error).__name__
    return results


def lock(*_: object) -> object:
    """Do what takes locks in honest submissions: a database in a file, threads in a pool."""
    semaphores.install_where_refused()
    with contextlib.closing(sqlite3.connect("marks.db")) as database:
        database.execute("create table marks (name, points)")
        database.executemany("insert into marks values (?, ?)", [("a", 1), ("b", 2)])
        database.commit()
        total = database.execute("select sum(points) from marks").fetchone()[0]
    with ThreadPool(3) as pool:
        return {"total": total, "squares": pool.map(lambda x: x * x, range(4))}


def copied_library() -> str:
    """Write a shared library. It is not to be loaded: what a submission can write must not be executed."""
    import _ctypes

    Path("own.so").write_bytes(Path(_ctypes.__file__).read_bytes())
    return str(Path("own.so").resolve())


def train(*_: object) -> object:
    """Train a small network, draw a picture."""
    import keras
    import numpy as np
    from matplotlib import pyplot as plt

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(np.eye(4).repeat(20, axis=0), np.arange(80) % 3, epochs=3, verbose=0)
    model.save("model.keras")
    plt.plot(history.history["loss"])
    plt.title("Verlust")
    plt.savefig("figure.png")
    try:
        np.zeros(10 << 27)
        greedy = "got it"
    except MemoryError:
        greedy = "MemoryError"
    return {"epochs": len(history.history["loss"]), "png": Path("figure.png").stat().st_size, "10 GB": greedy}


ACTS: dict[str, Callable[..., object]] = {
    "probe": probe,
    "attempts": attempt_all,
    "end": end,
    "live": live,
    "swarm": swarm,
    "probe_nothing": lambda *_: None,
    "look": look,
    "use": use,
    "lock": lock,
    "train": train,
}


def import_tensorflow() -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    importlib.import_module("keras")
    importlib.import_module("matplotlib.pyplot")


if __name__ == "__main__":
    main()
