"""Which files a submission can read: Python and its libraries, but nothing of the grader.

The modules of the grader that run beside a submission are in the memory of its process already (`sandbox/inside`,
`protocol`, `core`). The packages of the grader are hidden where they are installed in a readable folder: in a
wheel, the rubrics are there too.
"""

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.core.course import SHIPPED_FOLDER

PACKAGES = ("grader", "reports")
COURSE_FOLDERS = ("exercises", "reference")
# Of the operating system: shared libraries, time zones and fonts.
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
    """Return the paths that a submission may read: the system's libraries and the Python installation."""
    paths = dict.fromkeys((*SYSTEM_PATHS, sys.prefix, sys.base_prefix))
    # `Path.exists` raises where another user's folder is in the way.
    return tuple(path for path in paths if os.path.exists(path))  # noqa: PTH110


def hidden_folders(courses: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the folders that a submission must not see, as real paths.

    Args:
        courses: course folders, of which the exercises and reference solutions are hidden.
    """
    folders = [Path(origin).parent for name in PACKAGES if (origin := _find_origin(name)) is not None]
    folders += [course / name for course in (SHIPPED_FOLDER, *courses) for name in COURSE_FOLDERS]
    return tuple(dict.fromkeys(os.path.realpath(folder) for folder in folders if folder.is_dir()))


def _find_origin(package: str) -> str | None:
    spec = importlib.util.find_spec(package)
    return spec.origin if spec is not None else None
