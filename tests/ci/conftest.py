"""What the tests share: a repository, and the promise that nothing is run."""

from pathlib import Path

import pytest

from grader.ci import pipeline
from tests.ci.repositories import Repo, with_course


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A course with the exercises `two` and `other`, and a branch."""
    return with_course(tmp_path / "repo")


@pytest.fixture
def nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts TensorFlow here is at the wrong place."""

    def started(*_: object, **__: object) -> None:
        raise AssertionError("nothing here is to be graded")

    monkeypatch.setattr(pipeline, "LocalPool", started)
