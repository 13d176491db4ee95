"""What an installed grader lets a submission read of itself: asked of its own Python, without TensorFlow.

A program runs there, which looks for files of the grader and of courses, first as it is, then behind walls.
"""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_PROGRAM = """
import json, os, sys, tempfile
from pathlib import Path

import grader, reports
from grader.sandbox import visibility
from grader.sandbox.walls import enter, forker, syscalls

courses = json.loads(sys.argv[1])
tops = [sys.prefix, *(os.path.dirname(package.__file__) for package in (grader, reports)), *courses]
OURS = {"grader", "reports", "exercises", "reference", "private", "tests", "scripts", ".git"}


def search():
    found = set()
    for top in tops:
        for folder, _, names in os.walk(top):
            if OURS.isdisjoint(folder.split("/")):
                continue
            for name in names:
                try:
                    with open(f"{folder}/{name}", "rb") as file:
                        if file.read(1):
                            found.add(f"{folder}/{name}")
                except OSError:
                    pass
    return sorted(found)


def search_behind_walls(refuses_namespaces):
    reader, writer = os.pipe()
    if refuses_namespaces:
        def refuse(flags):
            raise OSError(1, "refused")
        syscalls.unshare = refuse
    forked = forker.Forker().fork()
    if forked.pid == 0:
        scratch = tempfile.mkdtemp()
        hidden = visibility.hidden_folders([Path(course) for course in courses])
        limits = enter.Limits(cpu_seconds=60, memory_mib=500, file_mib=8)
        states = enter.enter(scratch, visibility.readable_paths(), hidden, limits, writer, forked.errors)
        sees_python = os.access(os.__file__, os.R_OK) and len(open(os.__file__).read()) > 0
        found = search() if sees_python else ["nothing of Python can be read"]
        missing = [state.id for state in states if not state.stands]
        os.write(writer, json.dumps([found[:20], missing]).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(forked.pid, 0)
    if forked.init:
        forker.end_init(forked.init)
    return json.loads(text)


open(os.__file__).read()  # imports what reads text
print(json.dumps([search(), search_behind_walls(False), search_behind_walls(True)]))
"""


class View(NamedTuple):
    """The files of the grader and of courses that can be read, and the walls that were missing."""

    outside: list[str]
    inside: list[str]  # behind all walls
    missing: list[str]
    inside_container: list[str]  # where there are no namespaces: behind Landlock, or as another user
    missing_in_container: list[str]


def look(python: Path, courses: Sequence[Path], *options: str) -> View:
    """Search with the Python of an installed grader, that grades with `courses`."""
    done = subprocess.run(
        [python, *options, "-c", _PROGRAM, json.dumps([str(course) for course in courses])],
        capture_output=True,
        text=True,
        cwd="/",
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outside, (inside, missing), (in_container, missing_in_container) = json.loads(done.stdout)
    return View(outside, inside, missing, in_container, missing_in_container)
