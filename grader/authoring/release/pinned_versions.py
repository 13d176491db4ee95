"""Requirements files with the exact versions that the grader runs with."""

import re
from importlib import metadata
from pathlib import Path

from grader.authoring.release.archives import PackingError
from grader.core.i18n import _
from grader.core.installed_version import find_version

# The two names of TensorFlow, with the markers of `pyproject.toml`: the one without CUDA is for Linux on x86-64.
_CPU = "sys_platform == 'linux' and platform_machine == 'x86_64'"
_OTHERS = "sys_platform != 'linux' or platform_machine != 'x86_64'"
STUDENT_PACKAGES = ("keras", "matplotlib", "numpy", "pandas", "scikit-learn")  # what students import besides
PROJECT = "keras-grader"

LOCK = Path(__file__).resolve().parents[3] / "requirements.lock"  # there in a checkout, not in a wheel

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def make_student_requirements() -> str:
    """Return a requirements file with what a submission may import. Raises `PackingError` where one is missing."""
    tensorflow = find_installed_version("tensorflow-cpu", "tensorflow")
    lines = [f"{name}=={find_installed_version(name)}" for name in STUDENT_PACKAGES]
    lines += [f"tensorflow-cpu=={tensorflow} ; {_CPU}", f"tensorflow=={tensorflow} ; {_OTHERS}"]
    return "\n".join(sorted(lines)) + "\n"


def find_installed_version(*names: str) -> str:
    """Return the version of the first of these that is installed. Raises `PackingError`."""
    if version := find_version(*names):
        return version.partition("+")[0]
    raise PackingError(
        _("{package} is not installed, so its version is not known. Install it, then try again.", package=names[0])
    )


def make_grader_requirements(lock: Path = LOCK) -> tuple[str, bool]:
    """Return a requirements file with what the grader needs, and whether it holds hashes.

    In a checkout that is its lock file: everything, with hashes, for all systems. Elsewhere the versions that are
    installed of what the grader itself asks for. Raises `PackingError`.
    """
    if lock.is_file():
        return lock.read_text(encoding="utf-8"), True
    lines = [_pinned(line) for line in metadata.requires(PROJECT) or () if "extra ==" not in line]
    if not lines:
        raise PackingError(_("What {package} needs is not known. Install it anew.", package=PROJECT))
    return "\n".join(sorted(lines)) + "\n", False


def _pinned(requirement: str) -> str:
    name = _NAME.match(requirement)
    assert name is not None
    marker = requirement.partition(";")[2].strip()
    names = ("tensorflow-cpu", "tensorflow") if name[0].startswith("tensorflow") else (name[0],)
    return f"{name[0]}=={find_installed_version(*names)}" + (f" ; {marker}" if marker else "")
