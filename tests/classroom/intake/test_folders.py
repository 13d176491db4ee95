"""Folders hold links, pipes and names in any bytes; what is not there is said in a sentence."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.classroom.intake import Layout, file_tree
from grader.classroom.intake import folder_tree as folder
from tests.classroom.intake.handed import NOTEBOOK, as_folder, opened, refusal, seen

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def test_files_are_taken_where_they_are(tmp_path: Path) -> None:
    root = as_folder(tmp_path / "class", {"anna.py": "a", "berta/": "", "carl.py": "c"})
    with opened(root) as intake:
        assert [gradable.path for gradable in intake.hand_ins] == [root / "anna.py", root / "carl.py"]


def test_the_current_folder_may_be_the_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(as_folder(tmp_path / "class", {"anna.py": "a", "berta.py": "b"}))
    assert seen(Path()).taken == seen(Path("../class")).taken == {"anna": "a", "berta": "b"}


def test_a_folder_reached_over_a_link_is_read(tmp_path: Path) -> None:
    as_folder(tmp_path / "class", {"anna.py": "a", "berta.py": "b"})
    (tmp_path / "link").symlink_to("class")
    assert seen(tmp_path / "link").taken == {"anna": "a", "berta": "b"}


@posix
@pytest.mark.parametrize("target", ["../secret.py", "/etc/passwd", "../class/berta/x.py", "nowhere", "x.py"])
def test_links_are_not_followed(tmp_path: Path, target: str) -> None:
    root = as_folder(tmp_path / "class", {"anna/": "", "berta/x.py": "b", "carl/x.py": "c"})
    (tmp_path / "secret.py").write_text("secret")
    (root / "anna" / "x.py").symlink_to(target)
    found = seen(root)
    assert found.taken == {"berta": "b", "carl": "c"}
    assert found.refused["anna"] == "It is a link, and links are not followed. Put the file itself there."
    assert found.row("anna").file == "anna/x.py"


@posix
def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    root = as_folder(tmp_path / "class", {"anna/": "", "berta/x.py": "b", "carl/x.py": "c"})
    (root / "anna" / "work").symlink_to("../berta")
    (root / "dora").symlink_to("berta")
    (root / "carl" / "again").symlink_to("..")
    found = seen(root)
    assert found.taken == {"berta": "b", "carl": "c"}
    assert found.refused["anna"] == ("work: It is a link, and links are not followed. Put the file itself there.")
    assert {"dora", "carl/again"} <= set(found.left_out)


@posix
def test_a_link_in_the_flat_layout_costs_only_its_student(tmp_path: Path) -> None:
    root = as_folder(tmp_path / "class", {"berta.py": "b", "carl.py": "c"})
    (root / "anna.py").symlink_to("berta.py")
    found = seen(root)
    assert found.taken == {"berta": "b", "carl": "c"}
    assert found.refused["anna"].startswith("It is a link")


@posix
def test_pipes_and_sockets_are_not_opened(tmp_path: Path) -> None:
    root = as_folder(tmp_path / "class", {"anna/": "", "berta/": "", "carl/x.py": "c"})
    os.mkfifo(root / "anna" / "x.py")
    with socket.socket(socket.AF_UNIX) as plug:
        here = Path.cwd()
        os.chdir(root / "berta")  # a socket's name may not be long
        try:
            plug.bind("x.py")
        finally:
            os.chdir(here)
        found = seen(root)
    assert found.taken == {"carl": "c"}
    assert found.refused == dict.fromkeys(("anna", "berta"), "It is a pipe or a device, not a file.")


@posix
def test_a_folder_that_cannot_be_listed_costs_only_its_student(tmp_path: Path) -> None:
    # As root nothing is forbidden, but nobody may name a path of more than 4096 bytes in one piece.
    root = tmp_path
    while (missing := 3_900 - len(str(root))) > 1:
        root /= "x" * min(200, missing - 1)
    student = "anna" * 60
    here = Path.cwd()
    os.makedirs(root)  # noqa: PTH103
    os.chdir(root)
    try:
        as_folder(Path("berta"), {"x.py": "b"})
        as_folder(Path("carl"), {"x.py": "c"})
        os.mkdir(student)  # noqa: PTH102
    finally:
        os.chdir(here)
    found = seen(root)
    assert found.taken == {"berta": "b", "carl": "c"}
    [(anna, why)] = found.refused.items()
    assert anna.startswith("annaanna")
    assert why == "*: It cannot be listed (File name too long)."


def test_a_file_that_vanishes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(file_tree.UnusableFileError):
        folder.LocalFile(str(tmp_path / "gone")).read(100)


def test_folders_that_are_too_deep_are_told(tmp_path: Path) -> None:
    deep = "anna/" + "d/" * file_tree.MAX_DEPTH
    root = as_folder(tmp_path / "class", {f"{deep}x.py": "a", "berta/x.py": "b", "carl/x.py": "c"})
    found = seen(root)
    assert found.taken == {"berta": "b", "carl": "c"}
    assert "lies more than 30 folders deep" in found.refused["anna"]


@posix
def test_names_in_any_bytes_become_valid_text(tmp_path: Path) -> None:
    root = as_folder(tmp_path / "class", {"berta.py": "b"})
    names = [b"\xff\xfe", b"new\nline", "right\u202eto left".encode(), b"\x1b[31mred", b"<b>&amp;"]
    for name in names:
        (root / os.fsdecode(name + b".py")).write_text("a")
    found = seen(root)
    assert len(found.taken) == 6
    for hand_in in found.hand_ins:
        assert all(text.isprintable() for text in (hand_in.student, hand_in.name, hand_in.file))
        hand_in.file.encode()


@posix
def test_names_of_full_length_have_keys_that_fit_into_a_name(tmp_path: Path) -> None:
    root = as_folder(tmp_path / "class", {"ä" * 126 + ".py": "a", "ä" * 125 + "b.py": "b"})
    students = list(seen(root).taken)
    assert len(set(students)) == 2
    assert all(len(f"{student}.html".encode()) < 255 for student in students)


def test_more_files_than_anybody_hands_over_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_tree, "MAX_FILES", 3)
    root = as_folder(tmp_path / "class", {f"{name}.py": "" for name in "abcd"})
    assert refusal(root).startswith("There are more than 3 files.")


@pytest.mark.parametrize("folder", [".git/objects", "env/lib"])
def test_what_nobody_wrote_is_not_even_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setattr(file_tree, "MAX_FILES", 15)
    files = {f"anna/{folder}/{number}": "" for number in range(20)} | {"anna/env/pyvenv.cfg": ""}
    root = as_folder(tmp_path / "class", files | {"anna/x.py": "a", "berta/x.py": "b", "carl/x.py": "c"})
    assert seen(root).taken == {"anna": "a", "berta": "b", "carl": "c"}


@pytest.mark.parametrize("files", [{}, {"readme.txt": ""}, {"anna/": ""}, {".DS_Store": ""}])
def test_a_folder_without_work_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    assert refusal(as_folder(tmp_path / "class", files)) == (
        "class holds no hand-ins: no .py, no .ipynb and no .zip file."
    )


@pytest.mark.parametrize("name", ["gone", "gone/too", "nul\0l", "x" * 300])
def test_what_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path / name).startswith("There is no folder or zip ")


def test_a_folder_that_vanishes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = as_folder(tmp_path / "class", {"a.py": ""})
    listed = folder.list_folder

    def too_late(path: Path) -> file_tree.Tree:
        (root / "a.py").unlink()
        root.rmdir()
        return listed(path)

    monkeypatch.setattr(folder, "list_folder", too_late)
    assert refusal(root).endswith("class cannot be listed (No such file or directory).")


@posix
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "class.zip")
    assert refusal(tmp_path / "class.zip").endswith("It is a pipe or a device.")


def test_a_single_file_is_refused_with_the_command_for_it(tmp_path: Path) -> None:
    (tmp_path / "anna.ipynb").write_text(NOTEBOOK)
    assert refusal(tmp_path / "anna.ipynb") == (
        "anna.ipynb is a single file. Name the folder that holds it, or use grader check for it."
    )


@posix
def test_a_timestamp_that_is_a_link_or_long_is_not_read(tmp_path: Path) -> None:
    files = {f"{name}/digits/work.ipynb": name for name in ("anna", "berta")}
    root = as_folder(tmp_path / "submitted", files | {"anna/digits/timestamp.txt": "2026-01-01 00:00 UTC" * 100})
    (tmp_path / "time").write_text("2026-01-01 00:00:00 UTC")
    (root / "berta" / "digits" / "timestamp.txt").symlink_to(tmp_path / "time")
    found = seen(root, due=datetime(2020, 1, 1, tzinfo=UTC))
    assert found.layout is Layout.NBGRADER
    assert [(h.submitted, h.late) for h in found.hand_ins] == [(None, False)] * 2
    assert set(found.left_out) == {f"{name}/digits/timestamp.txt" for name in ("anna", "berta")}
