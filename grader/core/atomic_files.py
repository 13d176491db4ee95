"""Write files in one step: whoever reads meanwhile, or after a crash, finds the old content or the new one.

Each is written under a temporary name in the target's folder, hence on the same disk, and then renamed. A crash
leaves at most a file or folder whose name begins with `.new-`, which `remove_abandoned` finds. All functions raise
`OSError`, and remove the temporary file when they do.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.core.process_marks import is_abandoned, own_mark

PREFIX = ".new-"  # of temporary names


def replace_file(target: Path, data: bytes, mode: int = 0o644) -> None:
    """Put a file with these bytes in the place of whatever file is there."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{PREFIX}{own_mark()}-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def create_file(target: Path, data: bytes, mode: int = 0o644) -> bool:
    """Write a file that is not there yet; return False, and change nothing, where another process was faster.

    On a file system without hard links, the file of the slower process stays.
    """
    temporary = target.with_name(f"{PREFIX}{own_mark()}-{secrets.token_hex(8)}")
    replace_file(temporary, data, mode)
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except OSError:
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def remove_abandoned(folder: Path) -> None:
    """Remove the temporary files and folders that killed processes have left in a folder, as far as possible."""
    for path in folder.glob(f"{PREFIX}*"):
        try:
            is_left = is_abandoned(path.name.split("-")[1], path.lstat().st_mtime)
        except OSError:  # another process removes it as well
            continue
        if is_left and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif is_left:
            with suppress(OSError):
                path.unlink()


@contextmanager
def staging_folder(target: Path) -> Iterator[Path]:
    """Give a new folder beside the target, whose content can be renamed to it; remove it afterwards."""
    parent = target.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    remove_abandoned(parent)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{PREFIX}{own_mark()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
