"""Compare what is installed with what the package asks for, and name the command that mends it."""

import contextlib
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata

import msgspec

from grader.core.installed_version import find_version

DISTRIBUTION = "keras-grader"
# Builds of one library under several names: any of them will do.
SAME = {"tensorflow-cpu": ("tensorflow", "tensorflow-intel"), "tensorflow": ("tensorflow-cpu", "tensorflow-intel")}
NOTEBOOKS = ("jupyterlab", "notebook", "ipykernel", "google-colab")
# What is imported to grade; the name of the package, where it is another one.
IMPORTED = {"numpy": "numpy", "tensorflow": "tensorflow-cpu", "keras": "keras", "sklearn": "scikit-learn"}
IMPORT_SECONDS = 180.0


class MissingRequirement(msgspec.Struct, frozen=True):
    """A requirement that is not met."""

    requirement: str  # as pip takes it
    name: str
    needed: str  # the versions that would do, such as >=3.10; "" for any
    installed: str  # the version that is there; "" for none


def find_missing_requirements(lines: Sequence[str]) -> tuple[MissingRequirement, ...]:
    """Return which requirements are not met here. Raises `ImportError` where packaging is not installed."""
    from packaging.requirements import InvalidRequirement, Requirement

    requirements: list[Requirement] = []
    for line in lines:
        with contextlib.suppress(InvalidRequirement):
            requirements.append(Requirement(line))
    missing = []
    for each in requirements:
        if each.marker is not None and not each.marker.evaluate({"extra": ""}):
            continue
        installed = find_version(each.name, *SAME.get(each.name, ()))
        if not installed or not each.specifier.contains(installed, prereleases=True):
            specifier = str(each.specifier)
            missing.append(MissingRequirement(f"{each.name}{specifier}", each.name, specifier, installed))
    return tuple(missing)


def read_requirements() -> tuple[str, ...] | None:
    """Return what the package asks for; None where it is not installed, but only lies there."""
    try:
        return tuple(metadata.requires(DISTRIBUTION) or ())
    except metadata.PackageNotFoundError:
        return None


def check_python_version() -> tuple[bool, str]:
    """Whether this Python is one that the package is for, and which it is for."""
    try:
        needed = metadata.metadata(DISTRIBUTION)["Requires-Python"] or ""
        from packaging.specifiers import SpecifierSet
    except (metadata.PackageNotFoundError, KeyError, ImportError):
        return True, ""
    return SpecifierSet(needed).contains(platform.python_version(), prereleases=True), needed


def build_pip_command(*arguments: str) -> str:
    """Return the command that has this very Python's pip do something, as the shell of this system takes it."""
    words = [sys.executable, "-m", "pip", *arguments]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def find_notebook_program() -> str:
    """Return the first of the programs for notebooks that is there, "" for none."""
    return next((name for name in NOTEBOOKS if find_version(name)), "")


def find_import_failure(environment: dict[str, str]) -> tuple[str, str] | None:
    """Import what grading needs in a process of its own; return what fails and why, None if nothing does."""
    # Each name is said before it is tried: the last one said is the one that failed.
    program = (
        "import importlib, sys\nfor name in sys.argv[1:]: print(name, flush=True); importlib.import_module(name)"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", program, *IMPORTED],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=IMPORT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return _last(error.stdout), f"no answer within {IMPORT_SECONDS:g} s"
    if done.returncode == 0:
        return None
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return _last(done.stdout), lines[-1] if lines else f"exit code {done.returncode}"


def _last(output: bytes | None) -> str:
    module = (output or b"").decode(errors="replace").split()[-1:]
    return IMPORTED.get(module[0], module[0]) if module else "Python"
