"""`grader note`: what a trusted run says about a record that it does not trust."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.ci.comment import body
from grader.commands.app import app
from grader.core.errors import UserError
from grader.protocol.change_result import MAX_BYTES
from tests.ci.comment.results import HOSTILE, data


def note(tmp_path: Path, answer: bytes, changed: bytes | None = None, *more: str) -> Result:
    """Run the command."""
    file, names = tmp_path / "answer.json", tmp_path / "changed.json"
    file.write_bytes(answer)
    if changed is not None:
        names.write_bytes(changed)
        more = (*more, "--changed", str(names))
    return CliRunner().invoke(app, ["note", str(file), *more])


def test_a_record_becomes_a_note(tmp_path: Path) -> None:
    done = note(tmp_path, data())
    assert done.exit_code == 0
    assert "Handwritten digits" in done.stdout
    assert "5 of 5 points" in done.stdout


def test_files_that_decide_nothing_change_nothing(tmp_path: Path) -> None:
    names = json.dumps(["digits/submission.py", "exercises/digits/rubric.py"]).encode()
    assert note(tmp_path, data(), names).stdout == note(tmp_path, data()).stdout


def test_a_changed_workflow_takes_every_mark_out_of_the_note(tmp_path: Path) -> None:
    done = note(tmp_path, data(), json.dumps(["a.py", ".github/workflows/x.yml"]).encode())
    assert done.exit_code == 0
    assert "can be made up" in done.stdout
    assert "x.yml" in done.stdout
    assert "points" not in done.stdout
    assert "Handwritten" not in done.stdout


def test_the_record_of_a_changed_workflow_is_not_even_read(tmp_path: Path) -> None:
    done = note(tmp_path, b"nonsense", json.dumps(["action.yml"]).encode(), "--lang", "en")
    assert done.exit_code == 0
    assert "can be made up" in done.stdout


def test_many_deciding_files_are_counted_and_not_all_shown(tmp_path: Path) -> None:
    names = [f"grader/{number}.py" for number in range(40)]
    said = note(tmp_path, data(), json.dumps(names).encode(), "--lang", "en").stdout
    assert "and 30 more" in said
    assert "grader/9.py" in said.replace("&#47;", "/")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_name_of_a_deciding_file_is_text_and_nothing_else(tmp_path: Path, text: str) -> None:
    said = note(tmp_path, data(), json.dumps([f".github/{text}"]).encode()).stdout
    assert set(re.findall(r"<[^>]*>", said)) <= {"<code>", "</code>", "<br>", "<span>", "</span>"}
    assert "@teacher" not in said
    assert "](" not in said
    assert not [line for line in said.splitlines() if line.lstrip().startswith(("::", "##[", "/"))]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        data()[:-10],
        data() + b"{}",
        data().replace(b'"schema": 1', b'"schema": 2', 1),
        data().replace(b'"language": "en"', b'"language": "xx"', 1),
        data().replace(b'"language": "en"', b'"language": "../../x"', 1),
        data().replace(b'"notes"', b'"more": 1, "notes"', 1),
        b'{"a":' * 100_000,
        b"[" * 100_000,
    ],
    ids=range(13),
)
def test_anything_but_a_record_is_refused(tmp_path: Path, answer: bytes) -> None:
    done = note(tmp_path, answer)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert "no answer of grader ci" in done.stderr


@pytest.mark.parametrize("changed", [b"", b"{}", b"null", b'["a", 1]', b'{"filename": "a"}', b"[[]]", b"\xff"])
def test_anything_but_a_list_of_names_is_refused(tmp_path: Path, changed: bytes) -> None:
    done = note(tmp_path, data(), changed, "--lang", "en")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "JSON list of names" in done.stderr


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["note", str(tmp_path / "none.json"), "--lang", "en"])
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    with file.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    done = CliRunner().invoke(app, ["note", str(file), "--lang", "en"])
    assert done.exit_code == 2
    assert "is larger than" in done.stderr


def test_sentences_of_its_own_are_in_the_language_that_is_asked_for(tmp_path: Path) -> None:
    names = json.dumps(["action.yml"]).encode()
    assert note(tmp_path, data(), names, "--lang", "en").exit_code == 0
    assert note(tmp_path, data(), names, "--lang", "de").exit_code == 0


def test_a_lone_surrogate_is_no_record() -> None:
    with pytest.raises(UserError):
        body.decode_record(data().replace(b"Output layer", b"\\ud800", 1))
