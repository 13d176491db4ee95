"""`docs/tutorial.md` is followed to the letter: its files are written, its commands run, its outcomes compared.

Where nothing has changed since that was done, `grader validate` is left out, which grades the mutants of the page.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.commands import TERMINAL, run_here
from tests.helpers.paths import ROOT
from tests.helpers.proofs import VERDICT, Proof
from tests.helpers.shared_worker import share_worker

__all__ = ["share_worker"]

PAGE = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^(?:`([^`\n]+)`:\n\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GRADES = re.compile(r"grader (validate|check) ")
VALIDATES = "grader validate "
PROOF = Proof(
    "tutorial",
    (
        *(*VERDICT, "grader/authoring", "grader/commands", "reports", "docs/tutorial.md"),
        *("tests/documents/test_tutorial.py", "tests/helpers/commands.py"),
    ),
)


@dataclass(frozen=True)
class Block:
    """A fenced block, and the file that the line before it names, if any."""

    file: str
    kind: str
    text: str


def blocks() -> Iterator[Block]:
    for file, kind, text in _BLOCK.findall(PAGE.read_text("utf-8")):
        yield Block(file, kind, text)


class Reader:
    """Somebody who does what the page says, in a folder."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        commands = home / "bin"
        commands.mkdir()
        for name, words in {"grader": "-m grader", "python": ""}.items():
            (commands / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {words} "$@"\n')
            (commands / name).chmod(0o755)
        self.terminal = TERMINAL | {"COLUMNS": "160", "XDG_CACHE_HOME": str(home)}
        self.environment = os.environ | self.terminal | {"PATH": f"{commands}:{os.environ['PATH']}"}

    def run(self, line: str) -> str:
        """Run a command line; a comment says the exit code where it is not 0."""
        if line.startswith("cd "):
            self.folder /= line.removeprefix("cd ")
            return ""
        expected = int(code[1]) if (code := re.search(r"# exit code (\d)$", line)) else 0
        if _GRADES.match(line):  # with the worker that tests share
            words = shlex.split(line, comments=True)[1:]
            graded = run_here(*words, folder=self.folder, **self.terminal)
            assert graded.exit_code == expected, f"{line}: {graded.exit_code}\n{graded.output}"
            return graded.stdout + graded.stderr
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=600,
            check=False,
        )
        assert done.returncode == expected, f"{line}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def write(self, file: str, text: str) -> None:
        """Write a file of the page over the one that is there, or a new one in a folder that is."""
        (self.folder / file).write_text(text, encoding="utf-8")


def in_order(said: str, output: str) -> str | None:
    """Return the first line of the page that does not come in the output after the one before it."""
    rest = output
    for line in said.splitlines():
        _, found, rest = rest.partition(line)
        if not found:
            return line
    return None


@pytest.mark.proof
def test_what_the_page_says_is_what_happens(tmp_path: Path) -> None:
    is_proven = PROOF.is_made()
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    reader = Reader(tmp_path / "work", tmp_path / "home")
    output, followed, is_whole = "", [], True
    for block in blocks():
        followed.append(block.kind)
        if block.kind == "sh":
            assert not block.file
            lines = block.text.splitlines()
            followed_lines = [line for line in lines if not (is_proven and line.startswith(VALIDATES))]
            output = "".join(map(reader.run, followed_lines))
            is_whole = followed_lines == lines
        elif block.kind == "text":
            lacking = in_order(block.text, output) if is_whole else None
            assert lacking is None, f"not said: {lacking}\n{output}"
        else:
            assert block.file, f"this block names no file:\n{block.text}"
            reader.write(block.file, block.text)
    assert followed.count("sh") >= 6
    assert followed.count("text") >= 4
    assert (reader.folder / "report.html").is_file()
    PROOF.note()


def test_the_rubric_has_fewer_than_forty_lines() -> None:
    (rubric,) = (block.text for block in blocks() if block.file.endswith("rubric.py"))
    assert len(rubric.splitlines()) < 40


def test_every_fence_of_the_page_is_read() -> None:
    assert len(list(blocks())) * 2 == len(re.findall(r"^```", PAGE.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize(("output", "lacking"), [("a b\nc", None), ("c\na", "c"), ("a", "c")])
def test_an_outcome_that_is_not_there_would_be_found(output: str, lacking: str | None) -> None:
    assert in_order("a\nc\n", output) == lacking
