"""Landlock: what is asked of kernels of every age."""

from pathlib import Path

import pytest

from grader.sandbox.walls import landlock


@pytest.mark.parametrize(
    ("abi", "files", "network", "scopes"),
    [
        (1, (1 << 13) - 1, 0, 0),
        (2, (1 << 14) - 1, 0, 0),  # moving files between folders
        (3, (1 << 15) - 1, 0, 0),  # truncating
        (4, (1 << 15) - 1, 3, 0),  # TCP
        (5, (1 << 16) - 1, 3, 0),  # ioctl on devices
        (6, (1 << 16) - 1, 3, 3),  # signals, abstract sockets
        (7, (1 << 16) - 1, 3, 3),
        (99, (1 << 16) - 1, 3, 3),
    ],
)
def test_no_kernel_is_asked_for_what_it_does_not_know(abi: int, files: int, network: int, scopes: int) -> None:
    assert landlock.rights(abi) == (files, network, scopes)


def test_nothing_may_be_executed() -> None:
    assert not (landlock.READ | landlock.WRITE) & landlock.EXECUTE


def test_no_devices_are_made() -> None:
    assert not landlock.WRITE & (
        landlock.MAKE_CHAR | landlock.MAKE_BLOCK | landlock.IOCTL_DEV | landlock.MAKE_SOCK
    )


def test_a_kernel_without_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(OSError, match="no Landlock"):
        landlock.restrict([], [])


def test_what_is_hidden_gets_no_right_and_what_lies_beside_it_does(tmp_path: Path) -> None:
    for name in ("lib/packages/grader/rubric", "lib/packages/numpy", "bin"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "lib" / "packages" / "module.py").touch()
    hidden = str(tmp_path / "lib" / "packages" / "grader")
    rules = dict(landlock.readable_rules([str(tmp_path)], [hidden]))
    listed = {path for path, right in rules.items() if right == landlock.READ_DIR}
    read = {path for path, right in rules.items() if right == landlock.READ}
    assert listed == {str(tmp_path / name) for name in (".", "lib", "lib/packages")}
    assert read == {str(tmp_path / name) for name in ("bin", "lib/packages/numpy", "lib/packages/module.py")}


def test_a_folder_without_anything_hidden_has_one_rule(tmp_path: Path) -> None:
    assert list(landlock.readable_rules([str(tmp_path)], ["/nowhere"])) == [(str(tmp_path), landlock.READ)]
    assert list(landlock.readable_rules([str(tmp_path)], [str(tmp_path)])) == []
