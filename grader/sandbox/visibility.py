"""Which files a submission can read: Python and its libraries, data sets, but nothing of the grader.

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
from grader.core.datasets import find_data_folder

PACKAGES = ("grader", "reports")
COURSE_FOLDERS = ("exercises", "reference", "private")
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
    """Return the paths that a submission may read: the system's libraries, the Python installation, data sets."""
    paths = dict.fromkeys((*SYSTEM_PATHS, sys.prefix, sys.base_prefix, *_list_data_folders()))
    # `Path.exists` raises where another user's folder is in the way.
    return tuple(path for path in paths if os.path.exists(path))  # noqa: PTH110


def _list_data_folders() -> list[str]:
    """Return the folders that hold data sets and nothing else, whatever folder GRADER_DATA names."""
    return [str(find_data_folder() / name) for name in ("datasets", "stand_ins")]


def hidden_folders(courses: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the folders that a submission must not see, as real paths.

    Args:
        courses: course folders, of which exercises, reference solutions and the secret are hidden.
    """
    folders = [Path(origin).parent for name in PACKAGES if (origin := _find_origin(name)) is not None]
    folders += [course / name for course in (SHIPPED_FOLDER, *courses) for name in COURSE_FOLDERS]
    folders += [folder for package in folders[:1] for folder in _list_checkout_folders(package.parent)]
    return tuple(dict.fromkeys(os.path.realpath(folder) for folder in folders if folder.is_dir()))


def _list_checkout_folders(root: Path) -> list[Path]:
    """Return the folders of a checkout of the grader, tests and history too; none where `root` is not one.

    pip puts a checkout that it makes itself below the environment, where everything can be read.
    """
    if not (root / "pyproject.toml").is_file():
        return []
    prefixes = [Path(os.path.realpath(prefix)) for prefix in (sys.prefix, sys.base_prefix)]
    folders = [path for path in root.iterdir() if path.is_dir()]
    return [path for path in folders if not any(prefix.is_relative_to(path.resolve()) for prefix in prefixes)]


def _find_origin(package: str) -> str | None:
    spec = importlib.util.find_spec(package)
    return spec.origin if spec is not None else None
