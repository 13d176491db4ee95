"""A class of three that is reviewed, a desk over it, and the browser that the tests of pages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.classroom.folder import ClassFolder, open_store
from grader.classroom.store import Store
from tests.helpers.review_class import Served, make_class, serve_desk


@pytest.fixture
def folder(tmp_path: Path) -> ClassFolder:
    """The folder of a class of three."""
    return make_class(tmp_path / "out", 3)


@pytest.fixture
def store(folder: ClassFolder) -> Iterator[Store]:
    """The store of that class."""
    with open_store(folder) as opened:
        yield opened


@pytest.fixture
def served(folder: ClassFolder, store: Store) -> Iterator[Served]:
    """A desk of eve's over that class."""
    with serve_desk(folder, store) as desk:
        yield desk
