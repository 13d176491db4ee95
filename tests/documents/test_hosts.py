"""The table of hosts in docs/security.md: where what a host lacks is taken away, the same walls are missing."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from grader.grading.isolation import PREVENTED
from grader.protocol.worker_messages import Targets
from grader.sandbox.walls import enter, self_test
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

INMATE = ROOT / "tests/sandbox/walls/inmate.py"
STRANGER = 54321
BOTH = (0, STRANGER)

# By how a line begins: what is taken away, and from whom.
TAKEN_AWAY = {
    "Linux 5.13 or newer": ("", (STRANGER,)),
    "the same, as root": ("", (0,)),
    "Ubuntu 24.04 as installed": ("AppArmor", (STRANGER,)),
    "Landlock ABI 1 to 5": ("old Landlock", BOTH),
    "Linux before 5.13": ("landlock calls", BOTH),
    "Linux before 5.12": ("landlock calls+new mount calls", BOTH),
    "a container with": ("unshare", BOTH),
    "a container whose": ("unshare+landlock calls", BOTH),
    "a container or kernel": ("no seccomp", BOTH),
}


def read_table() -> dict[str, set[str]]:
    """Return the missing walls of each line of the table, by its first words."""
    text = (ROOT / "docs/security.md").read_text("utf-8")
    table = text.partition("| host | missing |")[2].partition("\n\n")[0]
    rows = [line.strip("|").split(" | ") for line in table.splitlines()[2:]]
    lines = {host.strip(): set(re.findall("`(.*?)`", missing)) for host, missing in rows}
    found = {begin: [names for host, names in lines.items() if host.startswith(begin)] for begin in TAKEN_AWAY}
    assert len(lines) == len(TAKEN_AWAY)
    assert all(len(names) == 1 for names in found.values()), found
    return {begin: names[0] for begin, names in found.items()}


@pytest.fixture(scope="module")
def targets() -> Iterator[Targets]:
    with self_test.plant() as planted:
        yield planted


def find_missing(without: str, user: int, targets: Targets) -> set[str]:
    """Return the walls that are missing, after the self-test."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        request = {"act": "probe", "folder": folder, "without": without, "user": user}
        request["targets"] = msgspec.to_builtins(targets)
        done = subprocess.run(
            [sys.executable, "-W", "error", str(INMATE), json.dumps(request)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    answer = json.loads(done.stdout)
    assert "fault" not in answer, answer["fault"]
    return {state["id"] for state in answer["act"] if not state["stands"]}


@pytest.mark.parametrize("line", TAKEN_AWAY)
def test_each_line_is_true(line: str, targets: Targets) -> None:
    without, users = TAKEN_AWAY[line]
    expected = read_table()[line]
    for user in users if os.geteuid() == 0 else {STRANGER}.intersection(users):
        assert find_missing(without, user if os.geteuid() == 0 else 0, targets) == expected, (line, user)


def test_each_wall_is_explained_in_the_docs_and_by_the_doctor() -> None:
    text = (ROOT / "docs/security.md").read_text("utf-8")
    explained = re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", text, re.MULTILINE)
    assert tuple(explained) == tuple(PREVENTED) == enter.WALLS
