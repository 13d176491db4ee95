"""TODO: grader/grading/versions.py."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from grader import __version__
from grader.protocol.verdict import Versions


@cache
def versions() -> Versions:
    """Return the versions that a verdict depends on; the examiner fills in the rubric's."""
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
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
