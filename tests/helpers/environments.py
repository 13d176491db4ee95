"""Environments with nothing in them but what a wheel or a zip holds, and the packages that this one has."""

import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT


def python_for_everyone() -> str:
    """Return a Python of this version that the user nobody may run as well; else this one."""
    mine = os.path.realpath(sys.executable)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (mine, f"/usr/bin/python{version}", f"/usr/local/bin/python{version}"):
        if Path(candidate).exists() and all(p.stat().st_mode & 0o005 == 0o005 for p in Path(candidate).parents):
            return candidate
    return mine


def environment(folder: Path) -> Path:
    """Make a virtual environment that sees the packages of this one, but not the grader; return its site-packages.

    Files that end in .pth are read in an environment's own folder only, so the link to this checkout is not.
    """
    subprocess.run([python_for_everyone(), "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "these.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return packages


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and from it the wheel, as `python -m build` does."""
    return built(tmp_path_factory.mktemp("dist"))


def built(folder: Path) -> Path:
    """Build into a folder; return the wheel."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@contextmanager
def folder_for_everyone() -> Iterator[Path]:
    """Give a folder that nobody may look into: pytest closes its own to all others, whenever one starts."""
    with tempfile.TemporaryDirectory(prefix="for-everyone-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
