"""Which files a process with a submission can read: Python and its libraries, and of the grader nothing.

All of the grader that such a process needs is in its memory already (`sandbox/inside`, `protocol`, `core`). Its
packages are hidden where they are installed among what is readable: in a wheel, the rubrics are there too.
"""

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.core.course import SHIPPED_FOLDER

PACKAGES = ("grader", "reports")
COURSE_FOLDERS = ("exercises", "reference")
# Of the system: shared libraries, time zones and fonts.
SYSTEM_PATHS = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/fonts",
    "/etc/mime.types",
)


def readable_paths() -> tuple[str, ...]:
    """Return what a submission may read: the system's libraries and the Python installation."""
    paths = dict.fromkeys((*SYSTEM_PATHS, sys.prefix, sys.base_prefix))
    # `Path.exists` raises where another user's folder is in the way.
    return tuple(path for path in paths if os.path.exists(path))  # noqa: PTH110


def hidden_folders(courses: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the folders that a submission must not see, as real paths.

    Args:
        courses: course folders, of which exercises and reference solutions are hidden.
    """
    folders = [Path(origin).parent for name in PACKAGES if (origin := _origin(name)) is not None]
    folders += [course / name for course in (SHIPPED_FOLDER, *courses) for name in COURSE_FOLDERS]
    return tuple(dict.fromkeys(os.path.realpath(folder) for folder in folders if folder.is_dir()))


def _origin(package: str) -> str | None:
    found = importlib.util.find_spec(package)
    return found.origin if found is not None else None
