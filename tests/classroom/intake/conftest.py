"""The same class handed over in two ways."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.classroom.intake.handed import Files, as_folder, as_zip

HandOver = Callable[[Files], Path]


@pytest.fixture(params=["folder", "zip"])
def hand_over(request: pytest.FixtureRequest, tmp_path: Path) -> HandOver:
    """Return what makes a class: once as a folder, once as a zip."""
    if request.param == "folder":
        return lambda files: as_folder(tmp_path / "class", files)
    return lambda files: as_zip(tmp_path / "class.zip", files)
