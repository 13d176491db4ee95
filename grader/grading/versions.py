"""Reads the versions of Python, the grader and the packages that a verdict depends on."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from grader import __version__
from grader.protocol.verdict import Versions


@cache
def versions() -> Versions:
    """Return the versions that a verdict depends on, without the rubric's hash, which the examiner fills in."""
    return Versions(
        python=platform.python_version(),
        tensorflow=_installed("tensorflow-cpu") or _installed("tensorflow"),
        keras=_installed("keras"),
        numpy=_installed("numpy"),
        scikit_learn=_installed("scikit-learn"),
        grader=__version__,
        rubric="",
    )


def _installed(package: str) -> str:
    """Return the version of an installed package, or an empty string."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
