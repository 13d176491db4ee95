"""Versions in requirements files: those that are installed, of all packages or of those that are asked for."""

from importlib import metadata
from pathlib import Path

import pytest

from grader.authoring.release import pinned_versions
from grader.authoring.release.archives import PackingError
from grader.authoring.release.pinned_versions import find_installed_version, make_grader_requirements

NEEDED = [
    "keras>=3.10",
    "tensorflow-cpu>=2.18; sys_platform == 'linux'",
    "tensorflow>=2.18 ; sys_platform != 'linux'",
    "sqlalchemy>=2.0; extra == 'class'",
]
INSTALLED = {"keras": "3.15.1", "tensorflow-cpu": "2.21.0+local"}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have `INSTALLED` installed, and nothing else."""

    def find(*names: str) -> str:
        return next((INSTALLED[name] for name in names if name in INSTALLED), "")

    monkeypatch.setattr(pinned_versions, "find_version", find)


def needs(monkeypatch: pytest.MonkeyPatch, requirements: list[str] | None) -> None:
    monkeypatch.setattr(metadata, "requires", lambda _: requirements)


def test_without_a_lock_file_the_direct_packages_are_pinned_with_their_markers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs(monkeypatch, NEEDED)
    text, has_hashes = make_grader_requirements(tmp_path / "no.lock")
    assert text.splitlines() == [
        "keras==3.15.1",
        "tensorflow-cpu==2.21.0 ; sys_platform == 'linux'",
        "tensorflow==2.21.0 ; sys_platform != 'linux'",
    ]
    assert not has_hashes


@pytest.mark.parametrize("requirements", [None, []])
def test_a_grader_whose_needs_are_not_known_is_not_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requirements: list[str] | None
) -> None:
    needs(monkeypatch, requirements)
    with pytest.raises(PackingError, match="What keras-grader needs is not known"):
        make_grader_requirements(tmp_path / "no.lock")


def test_a_package_that_is_not_installed_has_no_version() -> None:
    with pytest.raises(PackingError, match="numpy is not installed, so its version is not known"):
        find_installed_version("numpy")
