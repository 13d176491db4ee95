"""Reads the versions of Python, the grader and the packages that a verdict depends on."""

import platform
from functools import cache

from grader import __version__
from grader.core.installed_version import find_version
from grader.protocol.verdict import Versions


@cache
def versions() -> Versions:
    """Return the versions that a verdict depends on, without the rubric's hash, which the examiner fills in."""
    return Versions(
        python=platform.python_version(),
        tensorflow=find_version("tensorflow-cpu", "tensorflow"),
        keras=find_version("keras"),
        numpy=find_version("numpy"),
        scikit_learn=find_version("scikit-learn"),
        grader=__version__,
        rubric="",
    )
