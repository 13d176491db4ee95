"""Whatever names strangers choose: keys are unique and harmless, and nothing is written elsewhere."""

import json
import os
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.classroom.intake import Intake, UnusableHandInsError, open_hand_ins
from grader.classroom.intake.layouts.canvas import parse_name as canvas_mark
from grader.classroom.intake.layouts.clones import common_prefix
from grader.classroom.intake.layouts.moodle import parse_name as moodle_mark
from grader.classroom.intake.layouts.timestamps import parse_time
from grader.core.sanitize import display_name
from grader.submission.file_names import is_noise, make_unique_keys, normalise_name, stem, suffix
from tests.classroom.intake.raw_zip import Raw, raw_zip

texts = st.text(st.characters(), max_size=40) | st.text("aA.-_~/ \u0308ß\u202e", max_size=6)
ugly = st.text(st.sampled_from("ab/\\.:é\u0308\u202e\n"), min_size=1, max_size=12)


@given(st.sets(texts.map(normalise_name)))
@example({"", ".", "..", "~"})
@example({"a", "A", "ß", "ss", "SS"})
@example({"x", ""})
@example({"\ud800", "_"})
def test_keys_are_unique_and_harmless(identities: set[str]) -> None:
    made = make_unique_keys(identities)
    assert set(made) == identities
    assert max(Counter(normalise_name(key.casefold()) for key in made.values()).values(), default=1) == 1
    for key in made.values():
        assert key.isprintable()
        assert key[0].isalnum()
        assert not set(key) & set("/\\:*?\"<>|&;%$`'")
        assert 0 < len(key.encode()) <= 150
        assert key.rstrip(" .") == key


@given(texts)
def test_a_key_depends_on_nobody_else_unless_they_are_alike(identity: str) -> None:
    others = [f"{identity}{n}" for n in range(3)]
    assert (
        make_unique_keys([normalise_name(identity)])[normalise_name(identity)]
        == make_unique_keys(map(normalise_name, [identity, *others]))[normalise_name(identity)]
    )


def test_a_key_that_is_not_the_name_itself_bears_the_mark_of_the_name() -> None:
    assert make_unique_keys(["a/b"])["a/b"].startswith("a_b~")
    assert make_unique_keys(["a/b", "a_b"])["a_b"].startswith("a_b~")


def test_a_dot_in_front_begins_no_ending() -> None:
    assert (stem("a.b.PY"), suffix("a.b.PY")) == ("a.b", ".py")
    assert (stem(".py"), suffix(".py")) == (".py", "")


@pytest.mark.parametrize("name", ["._a.py", "._a.ipynb", ".DS_Store", ".git", ".py", "__MACOSX", "Desktop.ini"])
def test_what_systems_and_editors_make_is_noise(name: str) -> None:
    assert is_noise(name)


@pytest.mark.parametrize("name", ["a.py", ".a.py", ".a.ipynb", "a._b.py", "macosx", "data.csv"])
def test_what_students_make_is_no_noise(name: str) -> None:
    assert not is_noise(name)


def test_most_names_are_their_own_keys() -> None:
    names = ["anna", "Änne Müller", "o.k@example.org", "李雷", "Anna-Maria (2)", "12345"]
    assert make_unique_keys(names) == dict(zip(names, names, strict=True))


@given(texts)
def test_what_is_shown_is_one_line_of_valid_text(text: str) -> None:
    line = display_name(text, 20)
    assert line.isprintable()
    assert len(line) <= 20
    line.encode()


def students(intake: Intake) -> list[str]:
    """Return the keys of all students, graded or not."""
    left_out = [left.hand_in for left in intake.left_out if left.hand_in is not None]
    return [hand_in.student for hand_in in (*(g.hand_in for g in intake.hand_ins), *left_out)]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(ugly, st.sampled_from([".py", ".ipynb", ".zip", ".txt", "/"])), max_size=8), st.booleans()
)
def test_a_zip_of_any_names_writes_nothing_elsewhere(names: list[tuple[str, str]], utf8: bool) -> None:
    with tempfile.TemporaryDirectory() as home:
        members = [Raw((name + end).encode(), b"x = 1", 0x800 if utf8 else 0) for name, end in names]
        file = raw_zip(Path(home) / "class.zip", members)
        before = sorted(Path(home).rglob("*"))
        try:
            with open_hand_ins(file, "digits") as intake:
                rows = students(intake)
                assert len(set(rows)) == len(rows)
                for gradable in intake.hand_ins:
                    assert gradable.path.read_bytes() == b"x = 1"
                    assert gradable.path.name.startswith("submission-")
                json.dumps([x.where for x in intake.left_out]).encode()
        except UnusableHandInsError:
            pass
        assert sorted(Path(home).rglob("*")) == before


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(min_size=1, max_size=30), max_size=6))
@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are not any bytes there")
def test_a_folder_of_any_names_is_read(names: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as home:
        written = set()
        for name in names:
            plain = name.replace(b"/", b"_").replace(b"\0", b"_") + b".py"
            Path(home, os.fsdecode(plain)).write_text("x = 1")
            written.add(plain)
        Path(home, "anna.py").write_text("x = 1")
        with open_hand_ins(Path(home), "digits") as intake:
            rows = students(intake)
            assert len(set(rows)) == len(rows)
            for text in rows:
                text.encode()


@given(texts)
def test_any_name_is_taken_apart_or_not(text: str) -> None:
    canvas_mark(text)
    moodle_mark(text, True)
    moodle_mark(text, False)
    parse_time(text)


@pytest.mark.parametrize(
    "name", ["_assignsubmission_file", "Anna_1_assignsubmission_", "Anna_1_assignsubmission_File", "Anna_1_file"]
)
def test_what_moodle_did_not_make_is_not_taken_apart(name: str) -> None:
    assert moodle_mark(name, True) is None


def test_a_name_may_look_like_a_number() -> None:
    found = moodle_mark("A B_\u0663_assignsubmission_file", True)  # an Arabic digit
    assert found is not None
    assert (found.name, found.number) == ("A B_\u0663", "")


@pytest.mark.parametrize(
    ("folders", "around", "expected"),
    [
        (("hw-anna", "hw-anton"), "x", "hw-"),
        (("anna", "anton"), "x", ""),
        (("hw-a-1", "hw-a-2"), "hw-submissions", "hw-"),
        (("hw-a-1", "hw-a-2"), "lab-submissions", "hw-"),  # logins may begin alike
        (("model-styles-anna",), "x", "model-styles-"),
        (("model-styles-",), "x", ""),
    ],
)
def test_what_clones_have_in_common(folders: tuple[str, ...], around: str, expected: str) -> None:
    assert common_prefix(folders, around, "model_styles") == expected


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2015-02-02 15:58:23.948203 UTC", "2015-02-02T15:58:23.948203+00:00"),
        ("2015-02-02 15:58:23.948203 America/Los_Angeles", "2015-02-02T23:58:23.948203+00:00"),
        ("2015-02-02T15:58:23.948203000 -08:00", "2015-02-02T23:58:23.948203+00:00"),
        ("2015-02-02 15:58:23 +0530\n", "2015-02-02T10:28:23+00:00"),
        ("2015-02-02 15:58", "2015-02-02T15:58:00+00:00"),
        ("2015-02-02 15:58:23Z", "2015-02-02T15:58:23+00:00"),
        ("2015-02-02 15:58:23.9", "2015-02-02T15:58:23.900000+00:00"),
    ],
)
def test_points_in_time(text: str, iso: str) -> None:
    moment = parse_time(text)
    assert moment is not None
    assert moment.isoformat() == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2015-02-30 15:58:23 UTC",
        "2015-02-02 15:58:23 Nowhere/City",
        "2015-02-02 15:58:23 ../../etc/passwd",
        "2015-02-02 15:58:23 America",
        "2015-02-02 15:58:23 +99:00",
        "0001-01-01 00:00:00 +14:00",
        "2015-02-02 ::::: UTC",
    ],
)
def test_what_is_no_point_in_time(text: str) -> None:
    assert parse_time(text) is None
