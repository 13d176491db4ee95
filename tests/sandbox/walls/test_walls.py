"""The walls, tried for real: from programs of their own, because a process with threads must not fork."""

import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader.protocol.worker_messages import Targets
from grader.sandbox.walls import enter, self_test
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

INMATE = Path(__file__).with_name("inmate.py")


@pytest.fixture(scope="module")
def targets() -> Iterator[Targets]:
    with self_test.plant() as planted:
        yield planted


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that ordinary users reach, which pytest's are not."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o777)
        yield Path(made)


@pytest.fixture
def ask(folder: Path) -> Any:
    """Run the inmate and return its answer."""

    def asking(act: str, **request: Any) -> Any:
        request = {"act": act, "folder": str(folder)} | request
        warnings = [] if act == "train" else ["-W", "error"]  # Keras has some of its own
        result = subprocess.run(
            [sys.executable, *warnings, str(INMATE), json.dumps(request)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        answer = json.loads(result.stdout)
        for one in answer if isinstance(answer, list) else [answer]:
            assert "fault" not in one, one["fault"]
        return answer

    return asking


def fallen(states: list[dict[str, Any]]) -> dict[str, str]:
    return {state["id"]: state["detail"] for state in states if not state["stands"]}


def test_all_walls_stand_here_and_the_self_test_crosses_none(ask: Any, targets: Targets) -> None:
    answer = ask("probe", targets=msgspec.to_builtins(targets))
    assert tuple(state["id"] for state in answer["states"]) == enter.WALLS
    assert fallen(answer["states"]) == {}
    assert fallen(answer["act"]) == {}
    assert answer["status"] == 0
    assert answer["left"] == []  # what is written inside is not outside


STRANGER = 54321
USERS = pytest.mark.parametrize(
    "user",
    [
        pytest.param(0, id="as started"),
        pytest.param(
            STRANGER,
            id="as an ordinary user",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="the tests run as one anyway"),
        ),
    ],
)


@USERS
def test_the_world_behind_the_walls(ask: Any, folder: Path, user: int) -> None:
    shown = folder / "shown"
    shown.mkdir()
    (shown / "file").write_text("text")
    (folder / "alias").symlink_to("shown")
    (folder / "hidden").write_text("text")
    answer = ask("look", user=user, readable=[f"{folder}/alias/file", str(shown)])
    assert fallen(answer["states"]) == {}
    world = answer["act"]
    assert world["pid"] == 2
    assert world["processes"] == ["1", "2"]
    assert world["user"] == 65534
    assert world["scratch"] == []
    assert world["null"]
    assert world["host name"] == "localhost"
    assert world["kernel command line"] == str(errno.ENOENT)
    assert world["read"] == ["text", "file"]
    assert world["environment"]["HOME"] == world["environment"]["TMPDIR"] == world["folder"]
    assert world["environment"]["KERAS_HOME"] == "/data"
    assert "SECRET" not in world["environment"]


CLOSED = (
    "/etc/passwd",
    "/etc/hostname",
    "/proc/cmdline",
    "/proc/net/unix",
    "/proc/self/net/unix",
    "/proc/1/status",
)
OPEN = ("/proc/self/status", "/proc/self/maps", "/proc/meminfo")


@USERS
def test_landlock_alone_opens_of_proc_and_etc_what_python_needs(ask: Any, user: int) -> None:
    read = ask("look", user=user, without="unshare", looked_at=[*CLOSED, *OPEN])["act"]["read"]
    assert read[: len(CLOSED)] == [str(errno.EACCES)] * len(CLOSED)
    assert all(len(text) > 20 for text in read[len(CLOSED) :])


@USERS
def test_the_self_test_crosses_nothing(ask: Any, targets: Targets, user: int) -> None:
    answer = ask("probe", targets=msgspec.to_builtins(targets), user=user)
    assert fallen(answer["act"]) == {}


@USERS
@pytest.mark.parametrize("wall", [wall for wall in enter.WALLS if wall != "user_namespace"])
def test_the_self_test_finds_each_missing_wall(ask: Any, targets: Targets, wall: str, user: int) -> None:
    """Each wall claims to have gone up and has not."""
    answer = ask("probe", targets=msgspec.to_builtins(targets), without=wall, user=user)
    assert fallen(answer["states"]) == {}
    down = fallen(answer["act"])
    assert "the self-test crossed it" in down.pop(wall)
    # Where the root is believed to be new, Landlock lets /tmp be written and seccomp lets modes be changed.
    assert not down or (wall == "mount_namespace" and set(down) <= {"landlock", "seccomp"})


@USERS
@pytest.mark.parametrize(
    ("without", "words"),
    [("no proc", "no /proc: "), ("no subset of proc", "/proc shows the whole machine")],
)
def test_the_walls_hold_where_proc_may_not_be_mounted(
    ask: Any, targets: Targets, without: str, words: str, user: int
) -> None:
    answer = ask("probe", targets=msgspec.to_builtins(targets), without=without, user=user)
    assert fallen(answer["act"]) == {}
    assert {state["id"]: state["detail"] for state in answer["states"]}["mount_namespace"].startswith(words)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user gets the other namespaces from this one")
def test_the_self_test_finds_that_it_is_still_the_same_user(ask: Any, targets: Targets) -> None:
    answer = ask("probe", targets=msgspec.to_builtins(targets), without="user_namespace")
    assert fallen(answer["states"]) == {}
    assert set(fallen(answer["act"])) == {"user_namespace"}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs an ordinary user besides the one of these tests")
def test_the_self_test_finds_an_init_that_stands_outside(ask: Any, targets: Targets) -> None:
    """Of an ordinary user, and without Landlock: then nothing else keeps the submission from it."""
    request = {"targets": msgspec.to_builtins(targets), "user": STRANGER}
    answer = ask("probe", **request, without="no landlock+init outside+user_namespace")
    down = fallen(answer["act"])
    assert set(down) >= {"landlock", "mount_namespace", "pid_namespace"}
    assert "through /proc/1/cwd" in down["mount_namespace"]
    assert "an open file in /proc/1/fd" in down["mount_namespace"]
    assert "the memory of process 1" in down["pid_namespace"]
    assert set(fallen(ask("probe", **request, without="no landlock")["act"])) == {"landlock"}


def test_attempts_of_the_self_test_succeed_outside(ask: Any, targets: Targets) -> None:
    """An attempt that fails where there is no wall at all proves nothing."""
    answer = ask("attempts", targets=msgspec.to_builtins(targets), without="everything")
    for_root = {
        "became root",
        "had some",
        "could drop one",
        "traced a process",
        "wrote into the Python installation",
    }
    # The first process of a machine may be out of reach of all users: its own test is above.
    failed = {what for what, crossed in answer["act"].items() if not crossed and "1" not in what}
    assert failed <= {"read /proc"} | (for_root if os.geteuid() else set())


@USERS
@pytest.mark.parametrize(
    ("refused", "missing"),
    [
        ("unshare", {wall for wall in enter.WALLS if wall.endswith("_namespace")}),
        ("mount calls", {"mount_namespace"}),
        ("new mount calls", {"mount_namespace"}),
        ("landlock calls", {"landlock"}),
        ("no landlock", {"landlock"}),
        ("unknown machine", {"seccomp"}),
    ],
)
def test_what_this_machine_does_not_have_is_reported(
    ask: Any, targets: Targets, refused: str, missing: set[str], user: int
) -> None:
    """And all other walls still stand, and hold."""
    answer = ask("probe", targets=msgspec.to_builtins(targets), without=refused, user=user)
    down = fallen(answer["states"])
    assert set(down) == missing
    assert all(down.values())
    assert fallen(answer["act"]) == down
    assert answer["status"] == 0


def test_honest_work_works_and_the_rest_fails_as_it_should(ask: Any) -> None:
    done = ask("use")["act"]
    assert done == {
        "lazy import": "1",
        "files": "ok",
        "temporary folder": True,
        "thread": True,
        "asyncio": True,
        "random": 3,
        "subprocess": "PermissionError",
        "system": "ZeroDivisionError",
        "disk": "OSError",
        "long file": "OSError",
        "memory": "MemoryError",
        "shared memory": "PermissionError",
        "many files": "OSError",
        "limit": "ValueError",
        "devices": "PermissionError",
        "program": "OSError",
    }


@USERS
@pytest.mark.parametrize("without", ["", "unshare"])
def test_honest_work_with_locks_works_with_and_without_namespaces(ask: Any, user: int, without: str) -> None:
    """Landlock alone closes /dev/shm, where semaphores are, and seccomp makes no locks on files."""
    assert ask("lock", user=user, without=without)["act"] == {"total": 3, "squares": [0, 1, 4, 9]}


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("exit", 7),
        *((name, -signal.Signals[name]) for name in ("SIGKILL", "SIGTERM", "SIGABRT", "SIGSEGV", "SIGXCPU")),
    ],
)
@pytest.mark.parametrize("without", ["", "unshare"])
def test_the_worker_hears_how_the_submission_ended(ask: Any, how: str, status: int, without: str) -> None:
    assert ask("end", how=how, limits={"cpu_seconds": 1}, without=without)["status"] == status


@USERS
def test_nothing_is_left_of_a_submission_that_was_killed(ask: Any, user: int) -> None:
    answer = ask("swarm", attack="kill", without="seccomp", user=user)
    assert answer["family"] == 2 + 3 + 3  # it and its init, and what it has forked
    assert answer["alive"] == 0
    assert answer["status"] == -signal.SIGKILL


@USERS
@pytest.mark.parametrize("without", ["", "unshare"])
def test_killing_the_worker_kills_the_run(ask: Any, without: str, user: int) -> None:
    answer = ask("live", attack="kill worker", without=without, user=user)
    has_own_namespaces = (user or os.geteuid()) != 0 and not without  # then a process stands in for it
    assert answer["family"] == 2 - bool(without) + has_own_namespaces
    assert answer["alive"] == 0


def test_the_end_of_the_init_is_the_end_of_all(ask: Any) -> None:
    assert ask("live", attack="kill init")["status"] == -signal.SIGKILL


def test_keras_trains_behind_the_walls_that_a_machine_has(ask: Any) -> None:
    machines = ["", "no proc", "unshare"]
    answers = ask("train", limits={"memory_mib": 1500, "file_mib": 64}, each_without=machines)
    for without, answer in zip(machines, answers, strict=True):
        assert bool(fallen(answer["states"])) is (without == "unshare")
        assert answer["act"] == {"epochs": 3, "png": pytest.approx(20_000, rel=0.9), "10 GB": "MemoryError"}


def test_a_folder_around_the_scratch_folder_is_not_shown(ask: Any, folder: Path) -> None:
    answer = ask("probe_nothing", readable=[str(folder)])
    assert set(fallen(answer["states"])) == {"mount_namespace"}
    assert "holds the scratch folder" in fallen(answer["states"])["mount_namespace"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave root")
def test_what_only_root_can_read_is_read_as_root_without_its_rights(
    ask: Any, targets: Targets, folder: Path
) -> None:
    (folder / "data").write_text("text")
    (folder / "data").chmod(0o600)
    readable = [f"{folder}/data"]
    assert ask("look", readable=readable)["act"]["read"] == ["text"]
    assert ask("use", readable=readable)["act"]["files"] == "ok"
    answer = ask("probe", readable=readable, targets=msgspec.to_builtins(targets))
    assert fallen(answer["act"]) == {}
    assert {state["id"]: state["detail"] for state in answer["states"]}["user_namespace"] == "with the id of root"


def test_what_is_planted_is_gone_afterwards() -> None:
    before = os.environ.get(self_test.VARIABLE)
    with self_test.plant() as planted:
        assert Path(planted.secret).read_text() == os.environ[self_test.VARIABLE] == planted.token
        os.kill(planted.process, 0)
    assert not Path(planted.folder).exists()
    assert os.environ.get(self_test.VARIABLE) == before
    with pytest.raises(ProcessLookupError):
        os.kill(planted.process, 0)


def test_these_modules_are_quick_to_import() -> None:
    code = "import sys, grader.sandbox.walls.self_test; print({'tensorflow', 'numpy', 'keras'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"
