"""The path finding of the new root."""

from pathlib import Path

import pytest

from grader.sandbox.walls import mounts


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "real/inner").mkdir(parents=True)
    (tmp_path / "real/file").touch()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "absolute").symlink_to(tmp_path / "link/inner")
    (tmp_path / "up").symlink_to("real/inner/../file")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dead").symlink_to("nothing")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "real", "links"),
    [
        ("real/inner", "real/inner", {}),
        ("real/../real/./file", "real/file", {}),
        ("link/file", "real/file", {"link": "real"}),
        ("up", "real/file", {"up": "real/inner/../file"}),
        ("loop", None, {"loop": "loop"}),
        ("dead", None, {"dead": "nothing"}),
        ("missing", None, {}),
    ],
)
def test_links_are_followed_and_remembered(tree: Path, path: str, real: str | None, links: dict[str, str]) -> None:
    found: dict[str, str] = {}
    assert mounts.unfold(f"{tree}/{path}", found) == (real and f"{tree}/{real}")
    assert found == {f"{tree}/{link}": goal for link, goal in links.items()}


def test_absolute_links_are_followed(tree: Path) -> None:
    found: dict[str, str] = {}
    assert mounts.unfold(f"{tree}/absolute", found) == f"{tree}/real/inner"
    assert found == {f"{tree}/absolute": f"{tree}/link/inner", f"{tree}/link": "real"}


def test_the_root_is_its_own_real_path() -> None:
    assert mounts.unfold("/", {}) == "/"
