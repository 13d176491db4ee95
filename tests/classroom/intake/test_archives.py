"""A zip may be broken or hostile: that costs whom it concerns, and nobody else."""

import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.intake import UnusableHandInsError, choose_file, file_tree, open_hand_ins, zip_tree
from tests.classroom.intake.handed import NOTEBOOK, as_folder, as_zip, opened, refusal, seen, zipped
from tests.classroom.intake.raw_zip import Raw, raw_zip

BERTA = Raw(b"berta/x.py", b"b")
CARL = Raw(b"carl/x.py", b"c")


# Names


@pytest.mark.parametrize(
    "name",
    [
        b"../evil.py",
        b"anna/../../evil.py",
        b"/etc/evil.py",
        b"C:/evil.py",
        b"C:\\evil.py",
        b"..\\evil.py",
        b"\\\\server\\evil.py",
    ],
)
def test_names_that_lead_out_are_told_and_not_written(tmp_path: Path, name: bytes) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(name, b"evil"), BERTA, CARL]))
    assert found.taken == {"berta": "b", "carl": "c"}
    [why] = found.left_out.values()
    assert why == "Its path leads out of the zip. Nobody's program does that by accident."
    assert [path.name for path in tmp_path.iterdir()] == ["class.zip"]


def test_files_are_unpacked_under_names_of_our_own(tmp_path: Path) -> None:
    file = raw_zip(tmp_path / "class.zip", [Raw(b"con/\x01\x1b[2J.py", b"a"), BERTA])
    with opened(file) as intake:
        assert {gradable.path.name for gradable in intake.hand_ins} == {"submission-1.py", "submission-2.py"}
        assert len({gradable.path.parent for gradable in intake.hand_ins}) == 1
        temporary = intake.hand_ins[0].path.parent
        assert {gradable.hand_in.file for gradable in intake.hand_ins} == {"berta/x.py", "con/\ufffd\ufffd[2J.py"}
    assert not temporary.exists()


def test_windows_separators_are_folders(tmp_path: Path) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(b"anna\\x.py", b"a"), BERTA]))
    assert found.taken == {"anna": "a", "berta": "b"}


def test_a_nul_in_a_name_is_told(tmp_path: Path) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(b"anna/x.py\0.txt", b"a"), BERTA]))
    assert found.taken == {"berta": "b"}
    assert list(found.left_out.values()) == ["Its name holds a NUL character."]


@pytest.mark.parametrize("name", [b"", b".", b"./."])
def test_a_member_without_a_name_is_told(tmp_path: Path, name: bytes) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(name), BERTA, CARL]))
    assert found.taken == {"berta": "b", "carl": "c"}
    assert found.left_out == {name.decode(): "It has no name."}


def test_a_folder_entry_without_a_name_is_the_whole(tmp_path: Path) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(b"./", b""), BERTA, CARL]))
    assert (found.taken, found.left_out) == ({"berta": "b", "carl": "c"}, {})


@pytest.mark.parametrize("name", [b"anna/" + b"x" * 1000 + b".py", b"d/" * 40 + b"x.py"])
def test_names_that_are_too_long_are_told(tmp_path: Path, name: bytes) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(name, b"a"), BERTA]))
    assert found.taken == {"berta": "b"}
    [(where, why)] = found.left_out.items()
    assert why == "Its path is too long."
    assert len(where) <= 200


def test_a_name_that_is_marked_as_utf8_is_not_decoded_twice(tmp_path: Path) -> None:
    twice = "ä".encode().decode("cp437")
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(f"{twice}/x.py".encode(), b"m", 0x800), BERTA]))
    assert [hand_in.name for hand_in in found.hand_ins if hand_in.name != "berta"] == [twice]


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("Müller".encode("cp437"), 0),
        (unicodedata.normalize("NFC", "Müller").encode(), 0x800),
        (unicodedata.normalize("NFD", "Müller").encode(), 0x800),
        (unicodedata.normalize("NFD", "Müller").encode(), 0),  # macOS
    ],
)
def test_umlauts_are_read_in_each_of_their_encodings(tmp_path: Path, name: bytes, flags: int) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(name + b"/x.py", b"m", flags), BERTA]))
    assert found.taken == {"M\u00fcller": "m", "berta": "b"}
    assert found.of("M\u00fcller").name == "M\u00fcller"


def test_two_members_of_one_name_are_two_files(tmp_path: Path) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(b"anna/x.py", b"1"), Raw(b"anna/x.py", b"2"), BERTA]))
    assert found.taken == {"berta": "b"}
    assert "2 files" in found.refused["anna"]


def test_names_that_differ_only_in_case_are_two_files(tmp_path: Path) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [Raw(b"anna/x.py", b"1"), Raw(b"anna/X.py", b"2"), BERTA]))
    assert found.taken == {"berta": "b"}
    assert "2 files" in found.refused["anna"]


def test_a_file_and_a_folder_may_have_one_name(tmp_path: Path) -> None:
    members = [
        Raw(b"all", b"?"),
        Raw(b"all/anna/x.py", b"a"),
        Raw(b"all/berta/x.py", b"b"),
        Raw(b"all/berta", b"?"),
    ]
    found = seen(raw_zip(tmp_path / "class.zip", members))
    assert found.taken == {"anna": "a", "berta": "b"}
    assert set(found.left_out) == {"all", "all/berta"}


# Members


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (Raw(b"anna/x.py", b"../berta/x.py", mode=stat.S_IFLNK | 0o777), "It is a link"),
        (Raw(b"anna/x.py", mode=stat.S_IFIFO | 0o644), "It is a pipe or a device, not a file."),
        (Raw(b"anna/x.py", mode=stat.S_IFCHR | 0o644), "It is a pipe or a device, not a file."),
        (Raw(b"anna/x.py", mode=stat.S_IFDIR | 0o755), "It is a pipe or a device, not a file."),
        (Raw(b"anna/x.py", flags=1), "It is encrypted."),
        (Raw(b"anna/x.py", method=14), "It is compressed in an unusual way (method 14)."),
        (Raw(b"anna/x.py", crc=1), "It is damaged in the zip."),
        (Raw(b"anna/x.py", packed=b"\xff\xff\xff"), "It is damaged in the zip."),
        (Raw(b"anna/x.py", b"a" * 30_000_000), "It is longer than 20 MB."),
        (Raw(b"anna/x.py", b"a" * 30_000_000, claimed=3), "It is damaged in the zip."),
    ],
    ids=lambda value: "",
)
def test_a_bad_member_costs_only_its_student(tmp_path: Path, member: Raw, why: str) -> None:
    found = seen(raw_zip(tmp_path / "class.zip", [member, BERTA, CARL]))
    assert found.taken == {"berta": "b", "carl": "c"}
    assert found.refused["anna"].startswith(why)
    assert found.row("anna").file == "anna/x.py"


def test_a_bad_file_is_not_replaced_by_another(tmp_path: Path) -> None:
    link = Raw(b"anna/submission.py", b"x", mode=stat.S_IFLNK)
    found = seen(raw_zip(tmp_path / "class.zip", [link, Raw(b"anna/helper.py"), BERTA]))
    assert found.taken == {"berta": "b"}
    assert found.refused["anna"].startswith("It is a link")


def test_of_what_was_too_long_nothing_stays(tmp_path: Path) -> None:
    with opened(raw_zip(tmp_path / "class.zip", [Raw(b"anna/x.py", b"a" * 30_000_000), BERTA])) as intake:
        [berta] = intake.hand_ins
        assert list(berta.path.parent.iterdir()) == [berta.path]


def test_members_that_share_their_bytes_cost_only_their_students(tmp_path: Path) -> None:
    """Many entries of the list may name one member: each looks as long as all of it."""
    file = raw_zip(tmp_path / "class.zip", [Raw(b"anna/x.py", b"a" * 1000), BERTA])
    data = file.read_bytes()
    start = data.index(b"PK\x01\x02")
    entry = data[start : data.index(b"PK\x01\x02", start + 1)]
    end = data.index(b"PK\x05\x06")
    data = data[:start] + entry.replace(b"anna", b"carl") + data[start:end] + data[end:]
    end = data.index(b"PK\x05\x06")
    data = data[: end + 8] + b"\3\0\3\0" + (end - start).to_bytes(4, "little") + data[end + 16 :]
    file.write_bytes(data)
    found = seen(file)
    assert found.taken["berta"] == "b"
    assert found.refused["carl"].startswith("It is damaged in the zip.")


# The whole


def test_a_bomb_is_stopped_while_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_tree, "MAX_UNPACKED", 20_000_000)
    members = [Raw(f"student{n}/x.py".encode(), b"a" * 9_000_000, claimed=9_000_000) for n in range(3)]
    assert refusal(raw_zip(tmp_path / "class.zip", members)).startswith("Unpacked, the zip would take more than")


def test_more_members_than_anybody_hands_over_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = as_zip(tmp_path / "class.zip", {f"{n}.py": "" for n in range(50)})
    limit = zip_tree.open_zip.__defaults__
    assert limit == (file_tree.MAX_FILES,)
    zip_tree.open_zip(file, 50).close()
    monkeypatch.setattr(zip_tree.open_zip, "__defaults__", (49,))
    assert refusal(file).endswith("It holds more than 49 files.")
    monkeypatch.setattr(zipfile, "ZipFile", None)  # even before the list is read
    assert refusal(file).endswith("It holds more than 49 files.")


def test_members_are_counted_even_where_their_list_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_tree, "_ENTRY_BYTES", 1_000_000)
    monkeypatch.setattr(zip_tree.open_zip, "__defaults__", (49,))
    file = as_zip(tmp_path / "class.zip", {f"{n}.py": "" for n in range(50)})
    assert refusal(file).endswith("It holds more than 49 files.")


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    file = raw_zip(tmp_path / "class.zip", [Raw(b"anna.py", flags=1), Raw(b"berta.py", flags=1)])
    assert refusal(file) == (
        "class.zip cannot be used; a folder or a zip of hand-ins is expected. It is encrypted. Pack it again "
        "without a password."
    )


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_a_zip_that_is_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    file = raw_zip(tmp_path / "class.zip", [BERTA, CARL], cut=cut)
    assert refusal(file).endswith("It is damaged or cut off. Download it or pack it again.")


def test_a_zip_whose_list_is_damaged_is_refused(tmp_path: Path) -> None:
    file = raw_zip(tmp_path / "class.zip", [BERTA, CARL])
    file.write_bytes(file.read_bytes().replace(b"PK\x01\x02", b"XX\x01\x02"))
    assert refusal(file).endswith("It is damaged or cut off. Download it or pack it again.")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"just text", "It is no zip."),
        (b"", "It is no zip."),
        (b"7z\xbc\xaf\x27\x1c", "It is packed as 7z, which is not read. Unpack it, or pack it as a zip."),
        (b"Rar!\x1a\x07", "It is packed as rar, which is not read. Unpack it, or pack it as a zip."),
        (b"BZh91AY", "It is packed as tar.bz2, which is not read. Unpack it, or pack it as a zip."),
    ],
)
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "class.zip"
    file.write_bytes(content)
    assert refusal(file) == f"class.zip cannot be used; a folder or a zip of hand-ins is expected. {why}"


def test_a_tar_is_refused_by_its_name(tmp_path: Path) -> None:
    root = as_folder(tmp_path / "class", {"anna.py": ""})
    for name, kind in (("tar.gz", "gztar"), ("tar", "tar")):
        packed = shutil.make_archive(str(tmp_path / "packed"), kind, root)
        assert f"It is packed as {name}, which is not read." in refusal(Path(packed))


def test_a_zip_without_work_is_refused(tmp_path: Path) -> None:
    assert refusal(as_zip(tmp_path / "class.zip", {"readme.txt": "", "anna/": ""})) == (
        "class.zip holds no hand-ins: no .py, no .ipynb and no .zip file."
    )
    assert refusal(as_zip(tmp_path / "empty.zip", {})).startswith("empty.zip holds no hand-ins")


def test_a_zip_of_nothing_but_bad_names_says_so(tmp_path: Path) -> None:
    file = raw_zip(tmp_path / "class.zip", [Raw(b"../x.py")])
    assert refusal(file).endswith(
        "../x.py: Its path leads out of the zip. Nobody's program does that by accident."
    )


def test_a_full_disk_is_no_students_fault(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="only Unix limits the length of files")
    file = as_zip(tmp_path / "class.zip", {"anna.py": os.urandom(3_000_000), "berta.py": "b"})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        sentence = refusal(file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sentence.startswith("The zip cannot be unpacked into ")
    assert "(File too large). Make room there" in sentence


def test_a_machine_without_a_temporary_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    sentence = refusal(as_zip(tmp_path / "class.zip", {"anna.py": "a", "berta.py": "b"}))
    assert sentence.startswith("There is no room to unpack zips")


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_damaged_zip_is_read_or_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as home:
        file = raw_zip(Path(home) / "class.zip", [BERTA, CARL, Raw(b"dora/x.zip", zipped({"a.py": "d"}))])
        content = bytearray(file.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        file.write_bytes(content)
        with suppress(UnusableHandInsError), open_hand_ins(file, "digits") as intake:
            for gradable in intake.hand_ins:
                assert gradable.path.read_bytes() in (b"b", b"c", b"d")


# Zips of students


def test_a_students_zip_is_unpacked(tmp_path: Path) -> None:
    inner = zipped({"__MACOSX/._x": "", "project/work.ipynb": NOTEBOOK, "project/data.csv": ""})
    files: dict[str, str | bytes] = {"anna/work.zip": inner, "anna/notes.txt": "", "berta/x.py": "b"}
    for path in (as_folder(tmp_path / "class", files), as_zip(tmp_path / "class.zip", files)):
        found = seen(path)
        assert found.taken == {"anna": NOTEBOOK, "berta": "b"}
        assert found.places["anna"] == "anna/work.zip/project/work.ipynb"
        assert set(found.left_out) == {"anna/work.zip/project/data.csv", "anna/notes.txt"}


def test_one_zip_per_student(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{name}.zip": zipped({"work.py": name}) for name in ("anna", "berta")}
    assert seen(as_folder(tmp_path / "class", files)).taken == {"anna": "anna", "berta": "berta"}


def test_a_zip_beside_a_file_is_left_out(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"anna/x.py": "a", "anna/old.zip": zipped({"x.py": ""}), "berta/x.py": "b"}
    found = seen(as_folder(tmp_path / "class", files))
    assert found.taken == {"anna": "a", "berta": "b"}
    assert set(found.left_out) == {"anna/old.zip"}


def test_of_two_zips_none_is_guessed(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"anna/a.zip": zipped({}), "anna/b.zip": zipped({}), "berta/x.py": "b"}
    found = seen(as_folder(tmp_path / "class", files))
    assert found.refused["anna"].endswith("there are zips, which are not unpacked: a.zip, b.zip.")


def test_zips_within_zips_are_not_unpacked(tmp_path: Path) -> None:
    inner = zipped({"x.py": "a"})
    for _ in range(20):
        inner = zipped({"inner.zip": inner})
    found = seen(as_folder(tmp_path / "class", {"anna/a.zip": inner, "berta/x.py": "b"}))
    assert found.taken == {"berta": "b"}
    assert found.refused["anna"].endswith("there are zips, which are not unpacked: inner.zip.")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no zip", "It is no zip."),
        (zipped({"../x.py": "", "readme.txt": ""}), "There is no .py or .ipynb file."),
        (zipped({"a.py": "", "b.py": ""}), "There are 2 files"),
        (zipped({"a.py": "a" * 30_000_000}), "It is longer than 20 MB."),
    ],
    ids=["no zip", "unsafe", "two files", "long"],
)
def test_a_students_bad_zip_costs_only_that_student(tmp_path: Path, content: bytes, why: str) -> None:
    files: dict[str, str | bytes] = {"anna/a.zip": content, "berta/x.py": "b"}
    for path in (as_folder(tmp_path / "class", files), as_zip(tmp_path / "class.zip", files)):
        found = seen(path)
        assert found.taken == {"berta": "b"}
        assert found.refused["anna"].startswith(why)


def test_unsafe_names_in_a_students_zip_are_told(tmp_path: Path) -> None:
    found = seen(as_folder(tmp_path / "class", {"anna/a.zip": zipped({"../x.py": "", "y.py": "y"}), "b.py": "b"}))
    assert found.taken == {"anna": "y"}
    assert "anna/a.zip/../x.py" in found.left_out


def test_a_students_zip_of_too_many_files_costs_only_that_student(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose_file, "MAX_IN_ARCHIVE", 3)
    files: dict[str, str | bytes] = {"anna/a.zip": zipped(dict.fromkeys("abcd", "")), "berta/x.py": "b"}
    found = seen(as_folder(tmp_path / "class", files))
    assert found.taken == {"berta": "b"}
    assert found.refused["anna"] == "It holds more than 3 files."


def test_a_students_zip_that_is_too_long_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose_file, "MAX_ARCHIVE", 1_000)
    files: dict[str, str | bytes] = {"anna/a.zip": zipped({"a.py": os.urandom(2_000)}), "berta/x.py": "b"}
    found = seen(as_zip(tmp_path / "class.zip", files))
    assert found.taken == {"berta": "b"}
    assert found.refused["anna"].startswith("It is longer than")
