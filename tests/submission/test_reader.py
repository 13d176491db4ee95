"""Every file becomes a plain record with the student's own line numbers, or one sentence."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import nbformat
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from grader.core import safe_files
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Translator
from grader.protocol.submission import Submission, line_of
from grader.submission import ipython_commands, reader
from grader.submission.reader import read
from tests.helpers.paths import ROOT

NOTE = "# IPython command, not run"
PASS = f"pass  {NOTE}"

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
slow_fixture = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)


def code(*sources: str) -> list[dict[str, Any]]:
    return [{"cell_type": "code", "source": s, "metadata": {}, "outputs": []} for s in sources]


def as_notebook(cells: list[dict[str, Any]], **metadata: object) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 2, "metadata": metadata, "cells": cells}


@pytest.fixture
def give(tmp_path: Path) -> Callable[[str, object], Path]:
    """Write a file: bytes, text, or an object as JSON."""

    def write(name: str, content: object) -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_bytes((content if isinstance(content, str) else json.dumps(content)).encode())
        return path

    return write


Give = Callable[[str, object], Path]


def refusal(path: Path) -> str:
    """Return the sentence with which `path` is refused, having checked that it is one for people."""
    with pytest.raises(UnreadableSubmission) as caught:
        read(path)
    sentence = Translator("en")(caught.value.text)
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert "\n" not in sentence
    assert len(sentence) < 300
    assert caught.value.__cause__ is None
    msgspec.json.encode(caught.value.text)
    return sentence


def one_cell(give: Give, source: str) -> str:
    """Return what is left to run of a code cell."""
    found = read(give("a.ipynb", as_notebook(code(source))))
    (unit,) = found.units
    assert unit.original == source
    assert unit.source.count("\n") == source.count("\n")
    return unit.source


# --- scripts


def test_a_script_is_one_unit_as_it_was_written(give: Give) -> None:
    text = "import os\n\nprint('ä')\n"
    assert read(give("solution.py", text)) == Submission(
        "solution.py", hashlib.sha256(text.encode()).hexdigest(), "script", (reader.Unit(text, text),)
    )


def test_the_record_survives_json(give: Give) -> None:
    found = read(give("a.ipynb", as_notebook([*code("x = 1"), {"cell_type": "markdown", "source": "why"}])))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Submission) == found


def test_a_byte_order_mark_is_no_part_of_the_program(give: Give) -> None:
    assert read(give("a.py", b"\xef\xbb\xbfx = 1\n")).units[0].source == "x = 1\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_gives_the_same_program(give: Give, end: str) -> None:
    assert read(give("a.py", f"a = 1{end}b = 2{end}".encode())).units[0].source == "a = 1\nb = 2\n"


def test_a_declared_encoding_is_honoured(give: Give) -> None:
    assert read(give("a.py", "# coding: latin-1\nx = 'ä'\n".encode("latin-1"))).units[0].source.endswith("'ä'\n")


def test_a_syntax_error_is_no_reason_to_refuse_a_script(give: Give) -> None:
    assert read(give("a.py", "def f(:\n")).units[0].source == "def f(:\n"


def test_suffixes_may_be_in_capitals(give: Give) -> None:
    assert read(give("A.PY", "x = 1")).kind == "script"
    assert read(give("A.IPYNB", as_notebook(code("x")))).kind == "notebook"


@pytest.mark.parametrize(
    ("name", "content", "modules"),
    [
        ("a.py", "x = 1", {"IPython", "nbformat"}),
        ("a.ipynb", as_notebook(code("x = 1  # why?!\ny = 5 % 3\n")), {"IPython", "nbformat"}),
        ("b.ipynb", as_notebook(code("%matplotlib inline")), {"nbformat"}),
    ],
)
def test_ipython_is_imported_for_commands_only(give: Give, name: str, content: object, modules: set[str]) -> None:
    path = give(name, content)
    program = (
        "import sys; from pathlib import Path; from grader.submission.reader import read; "
        "read(Path(sys.argv[1])); "
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(path)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert modules.isdisjoint(done.stdout.split())
    assert done.stderr == ""


# --- names


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses such names itself")
def test_a_name_of_any_bytes_becomes_valid_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.py"))
    path.write_text("x = 1")
    found = read(path)
    assert found.name == "��.py"
    msgspec.json.encode(found)


@posix
@pytest.mark.parametrize("name", ["a\nb.py", "\u202egnp.py", "<script>.py", "{name}.py", "-rf.py", "ä ö.py"])
def test_a_strange_name_is_kept_as_data(give: Give, name: str) -> None:
    assert read(give(name, "x = 1")).name == name


def test_braces_in_a_name_are_not_filled_in(give: Give) -> None:
    with pytest.raises(UnreadableSubmission) as caught:
        read(give("{x}.py", ""))
    assert Translator("en")(caught.value.text).startswith("{x}.py is empty")


def test_only_the_last_part_of_the_path_is_the_name(give: Give) -> None:
    path = give("a.py", "x = 1")
    assert read(path.parent / ".." / path.parent.name / "a.py") == read(path)


# --- what is not a file


def test_a_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.py") == "There is no file a.py. Check the spelling and the folder."
    assert "There is no file a.txt" in refusal(tmp_path / "a.txt")
    assert "There is no file b.py" in refusal(tmp_path / "a" / "b.py")
    assert "There is no file" in refusal(tmp_path / "a\0.py")


def test_a_path_through_a_file_is_a_missing_file(give: Give) -> None:
    assert "There is no file b.py" in refusal(give("a.py", "x") / "b.py")


def test_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").mkdir()
    assert "a.py is a folder" in refusal(tmp_path / "a.py")
    assert "is a folder" in refusal(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert ". is a folder" in refusal(Path())


def test_a_name_too_long_for_the_system(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSubmission) as caught:
        read(tmp_path / ("a" * 5000 + ".py"))
    assert "cannot be read" in Translator("en")(caught.value.text) or os.name == "nt"


@posix
def test_a_link_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x = 1")
    (tmp_path / "in").mkdir()
    for target in ("../secret.py", str(tmp_path / "secret.py"), "/etc/passwd", "/dev/zero"):
        link = tmp_path / "in" / "a.py"
        link.symlink_to(target)
        assert "a.py is a link that leads out of its folder" in refusal(link)
        link.unlink()


@posix
def test_a_link_that_passes_a_sibling_and_then_leads_out(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("x = 1")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.py").symlink_to("../secret.py")
    (tmp_path / "in" / "a.py").symlink_to("b.py")
    assert "leads out of its folder" in refusal(tmp_path / "in" / "a.py")


@posix
def test_a_link_to_a_sibling_is_followed(give: Give, tmp_path: Path) -> None:
    give("b.py", "x = 1")
    (tmp_path / "a.py").symlink_to("b.py")
    assert read(tmp_path / "a.py").name == "a.py"


@posix
def test_a_folder_may_be_reached_over_a_link(give: Give, tmp_path: Path) -> None:
    give("a.py", "x = 1")
    (tmp_path / "class").symlink_to(tmp_path)
    assert read(tmp_path / "class" / "a.py").name == "a.py"


@posix
def test_links_to_nowhere_in_a_circle_and_to_folders(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to("gone.py")
    assert "There is no file a.py" in refusal(tmp_path / "a.py")
    (tmp_path / "b.py").symlink_to("b.py")
    assert "b.py is a link that leads out" in refusal(tmp_path / "b.py")
    (tmp_path / "sub").mkdir()
    (tmp_path / "c.py").symlink_to("sub")
    assert "c.py is a folder" in refusal(tmp_path / "c.py")


@posix
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    assert "a.py is a pipe or a device" in refusal(tmp_path / "a.py")


@posix
def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("a.py")
        assert "a.py is a pipe or a device" in refusal(Path("a.py"))


@posix
def test_a_device() -> None:
    assert "null is a pipe or a device" in refusal(Path("/dev/null"))


@posix
def test_a_file_exchanged_for_a_pipe_after_the_look_does_not_keep_us_waiting(give: Give) -> None:
    path = give("a.py", "x = 1")
    file = safe_files.resolve_file(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(UnreadableSubmission) as caught:
        safe_files.read_file(file, 10)
    assert "is a pipe" in Translator("en")(caught.value.text)


@posix
def test_a_file_exchanged_for_a_link_after_the_look_is_not_followed(give: Give) -> None:
    path, secret = give("a.py", "x = 1"), give("secret", "s")
    file = safe_files.resolve_file(path)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(UnreadableSubmission) as caught:
        safe_files.read_file(file, 10)
    assert "is a link" in Translator("en")(caught.value.text)


def test_a_file_that_may_not_be_read(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    path = give("a.py", "x = 1")

    def forbid(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbid)  # as root, access rights forbid nothing
    assert "a.py may not be read" in refusal(path)


def test_a_failing_disk(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    path = give("a.py", "x = 1")

    def fail(*_: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "open", fail)
    assert "a.py cannot be read (Input/output error)" in refusal(path)


# --- what is a file, but not one to grade


@pytest.mark.parametrize("name", ["a.txt", "a.zip", "a", ".py", "a.py.bak", "a.ipynb~"])
def test_another_kind_of_file(give: Give, name: str) -> None:
    assert "is not a .py or .ipynb file" in refusal(give(name, "x = 1"))


@pytest.mark.parametrize("name", ["a.py", "a.ipynb"])
@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_file(give: Give, name: str, content: bytes) -> None:
    assert f"{name} is empty" in refusal(give(name, content))


def test_a_file_of_50_mb_is_refused_without_reading_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in (("a.py", "5 MB"), ("a.ipynb", "20 MB")):
        with (tmp_path / name).open("wb") as file:
            file.truncate(50_000_000)
        with monkeypatch.context() as patched:
            patched.setattr("builtins.open", lambda *a, **k: Unread(os.fdopen(*a, **k)))
            sentence = refusal(tmp_path / name)
        assert f"{name} " in sentence
        assert "50 MB" in sentence
        assert most in sentence


class Unread:
    """An open file that must not be read."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def __enter__(self) -> "Unread":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def fileno(self) -> int:
        return int(self.file.fileno())

    def read(self, size: int) -> bytes:
        raise AssertionError("must not be read")


def test_a_file_that_claims_to_be_short_is_read_up_to_the_limit(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = give("a.py", "x" * 100)
    real = os.fstat

    def lie(descriptor: int) -> os.stat_result:
        return os.stat_result((*real(descriptor)[:6], 0, *real(descriptor)[7:10]))

    monkeypatch.setattr(os, "fstat", lie)
    assert safe_files.read_file(path, 10) == 11


@pytest.mark.parametrize(
    "content", [b"x = 1\ny = '\xe4'\n", b"# ok\n\xff\xfe", "x = 1".encode("utf-16"), b"# coding: utf-8\n'\xe4'"]
)
@pytest.mark.parametrize("name", ["a.py", "a.ipynb"])
def test_bytes_that_are_not_utf_8(give: Give, name: str, content: bytes) -> None:
    assert f"{name} is not text in UTF-8: line" in refusal(give(name, content))


def test_the_line_that_is_not_utf_8_is_named(give: Give) -> None:
    assert "line 3 cannot be read" in refusal(give("a.py", b"a = 1\nb = 2\nc = '\xe4'\n"))


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "zlib", "punycode", "undefined", "utf-7", "utf-16"])
def test_a_declared_encoding_that_is_not_read(give: Give, encoding: str) -> None:
    sentence = refusal(give("a.py", f"# -*- coding: {encoding} -*-\nx = 1\n"))
    assert "a.py declares an encoding" in sentence
    assert "Remove that line" in sentence


def test_a_declared_encoding_that_the_bytes_do_not_have(give: Give) -> None:
    assert "line 2 cannot be read" in refusal(give("a.py", b"# coding: ascii\n'\xe4'"))


def test_a_nul_character(give: Give) -> None:
    assert "Line 2 of a.py holds a NUL" in refusal(give("a.py", "x = 1\ny = '\0'"))
    sentence = refusal(give("a.ipynb", as_notebook(code("", "x\n\0"))))
    assert "Line 2 in code cell 2 of a.ipynb holds a NUL" in sentence


def test_a_line_without_end(give: Give) -> None:
    line = "x = '" + "a" * reader.MAX_LINE + "'"
    assert "Line 2 of a.py has 100006 characters" in refusal(give("a.py", "\n" + line))
    assert "Line 1 in code cell 1 of a.ipynb has" in refusal(give("a.ipynb", as_notebook(code(line))))
    assert "holds 11 MB of code" in refusal(give("a.ipynb", as_notebook(code("x" * 10_000_001))))


def test_a_record_too_large_for_the_wall(give: Give) -> None:
    text = ("#" + "\x01" * 90_000 + "\n") * 50
    assert "MB of code and text" in refusal(give("a.py", text))
    page = {"cell_type": "markdown", "source": "x" * 15_000_000}
    assert "MB of code and text" in refusal(give("a.ipynb", as_notebook([page, *code("x")])))


# --- notebooks that cannot be graded


@pytest.mark.parametrize(
    "content", ["{", "x = 1", '{"nbformat": 4, "cells": [', "<html>", '{"nbformat": 4} {}', "<<<<<<< HEAD\n{}"]
)
def test_a_notebook_that_is_not_json(give: Give, content: str) -> None:
    assert "a.ipynb is not valid JSON" in refusal(give("a.ipynb", content))


@pytest.mark.parametrize(
    "content",
    [
        [], 1, "text", None, {}, {"cells": []}, {"nbformat": "4", "cells": []}, {"nbformat": 4}, {"nbformat": 3},
        {"nbformat": 4, "cells": {}}, {"nbformat": 4, "cells": [1]}, {"nbformat": 4, "cells": [{}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]},
        {"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]},
        {"nbformat": 3, "worksheets": [{"cells": 1}]},
    ],
)  # fmt: skip
def test_json_that_is_not_a_notebook(give: Give, content: object) -> None:
    assert "a.ipynb holds data, but is not a notebook" in refusal(give("a.ipynb", json.dumps(content)))


@pytest.mark.parametrize("version", [-1, 0, 1, 5, 10**18])
def test_a_notebook_format_that_is_not_known(give: Give, version: int) -> None:
    sentence = refusal(give("a.ipynb", {"nbformat": version, "cells": [], "worksheets": []}))
    assert f"a notebook of format {version};" in sentence


@pytest.mark.parametrize(
    "cells",
    [
        [], code(""), code(" \n", "\t"), [{"cell_type": "markdown", "source": "# Title"}],
        [{"cell_type": "raw", "source": "x = 1"}], [{"cell_type": "strange", "source": "x = 1"}],
    ],
)  # fmt: skip
def test_a_notebook_without_code(give: Give, cells: list[dict[str, Any]]) -> None:
    assert "a.ipynb has no code" in refusal(give("a.ipynb", as_notebook(cells)))


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}},
        {"language_info": {"name": "R"}},
        {"language_info": {"name": "R"}, "kernelspec": {"name": "python3", "language": "python"}},
        {"language": "R"},
    ],
)
def test_a_notebook_of_another_language(give: Give, metadata: dict[str, Any]) -> None:
    assert "is written for the language R, but Python" in refusal(
        give("a.ipynb", as_notebook(code("x"), **metadata))
    )


@pytest.mark.parametrize(
    "metadata",
    [
        {}, {"kernelspec": {"name": "xyz", "display_name": "My env"}}, {"language_info": {"name": "python"}},
        {"kernelspec": {"name": "python3", "language": "Python"}}, {"language_info": {"name": "ipython"}},
        {"kernelspec": None, "language_info": {"name": None}},
    ],
)  # fmt: skip
def test_a_python_notebook_by_whatever_kernel(give: Give, metadata: dict[str, Any]) -> None:
    assert len(read(give("a.ipynb", as_notebook(code("x"), **metadata))).units) == 1


@pytest.mark.parametrize("bomb", ["[" * 5_000_000, '{"nbformat":4,"x":' + "[" * 200_000 + "]" * 200_000 + "}"])
def test_json_nested_without_end(give: Give, bomb: str) -> None:
    sentence = refusal(give("a.ipynb", bomb))
    assert "nested too deeply" in sentence or "is not a notebook" in sentence


def test_too_many_cells(give: Give) -> None:
    assert "a.ipynb has 2001 cells; at most 2000" in refusal(give("a.ipynb", as_notebook(code(*["x"] * 2001))))


def test_too_much_code(give: Give) -> None:
    cells = code(*["x = 1\n" * 100_000] * 9)
    assert "MB of code and text; at most 5 MB" in refusal(give("a.ipynb", as_notebook(cells)))


@pytest.mark.parametrize("cell", ["%m\n" * 2_000, "%m\n" + "\"\\'\\'" * 9_000, "x = 1\n" * 100_000 + "%m"])
def test_a_cell_made_to_keep_ipython_busy(give: Give, cell: str) -> None:
    assert "Code cell 1 of a.ipynb is too long to take" in refusal(give("a.ipynb", as_notebook(code(cell))))


# --- notebooks that can


def test_code_cells_are_counted_as_on_the_page(give: Give) -> None:
    cells = [
        {"cell_type": "markdown", "source": "top"}, *code("a", ""), {"cell_type": "raw", "source": "r"},
        {"cell_type": "markdown", "source": ["mid", "dle"]}, *code("b"),
        {"cell_type": "markdown", "source": "end"},
    ]  # fmt: skip
    found = read(give("a.ipynb", as_notebook(cells)))
    assert [(u.cell, u.source) for u in found.units] == [(1, "a"), (3, "b")]
    assert [(m.after, m.text) for m in found.markdown] == [(0, "top"), (2, "middle"), (3, "end")]


def test_pictures_in_markdown_are_left_out(give: Give) -> None:
    page = {"cell_type": "markdown", "source": "see ![x](data:image/png;base64," + "A" * 15_000_000 + "==) here"}
    assert read(give("a.ipynb", as_notebook([page, *code("x")]))).markdown[0].text == "see ![x](data:) here"


def test_lines_may_be_a_list_and_end_as_on_windows(give: Give) -> None:
    cell = {"cell_type": "code", "source": ["a = 1\r\n", "b = 2\r\n", "c = 3"]}
    assert read(give("a.ipynb", as_notebook([cell]))).units[0].source == "a = 1\nb = 2\nc = 3"


def test_a_notebook_with_a_byte_order_mark(give: Give) -> None:
    data = b"\xef\xbb\xbf" + json.dumps(as_notebook(code("x"))).encode()
    assert read(give("a.ipynb", data)).units[0].source == "x"


def test_outputs_of_python_tools_may_hold_nan(give: Give) -> None:
    cell = code("x = 'NaN: -Infinity \\\" NaN'")[0]
    cell["outputs"] = [{"data": {"application/json": [float("nan"), float("-inf"), float("inf"), 'a"NaN']}}]
    path = give("a.ipynb", as_notebook([cell]))
    assert "NaN," in path.read_text()
    assert read(path).units[0].source == "x = 'NaN: -Infinity \\\" NaN'"


@pytest.mark.parametrize("version", [3, 4])
def test_old_formats_are_read_as_nbformat_converts_them(give: Give, version: int) -> None:
    new = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Title\n\ntext"),
            nbformat.v4.new_code_cell("x = 1\n\n%time y = 2\n"),
            nbformat.v4.new_raw_cell("raw"),
            nbformat.v4.new_markdown_cell(""),
            nbformat.v4.new_code_cell(""),
            nbformat.v4.new_code_cell("z = 'ä'"),
        ]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = nbformat.writes(nbformat.convert(new, version))
    found = read(give("a.ipynb", text))
    assert [(u.cell, u.original) for u in found.units] == [(1, "x = 1\n\n%time y = 2\n"), (3, "z = 'ä'")]
    assert [(m.after, m.text) for m in found.markdown] == [(0, "# Title\n\ntext"), (1, "")]


def test_format_3_with_headings_worksheets_and_lines_without_ends(give: Give) -> None:
    old = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
        "worksheets": [
            {"cells": [{"cell_type": "heading", "level": 2, "source": ["Head"], "metadata": {}}], "metadata": {}},
            {"cells": [
                {"cell_type": "code", "input": ["a = 1", "b = 2"], "outputs": [], "language": "python",
                 "collapsed": False, "metadata": {}},
                {"cell_type": "html", "source": "<b>", "metadata": {}},
            ], "metadata": {}},
        ],
    }  # fmt: skip
    found = read(give("a.ipynb", old))
    upgraded = nbformat.reads(json.dumps(old), as_version=4)
    assert [u.source for u in found.units] == [upgraded.cells[1].source] == ["a = 1\nb = 2"]
    assert [m.text for m in found.markdown] == [upgraded.cells[0].source, upgraded.cells[2].source]


def test_the_same_file_makes_the_same_record(give: Give) -> None:
    path = give("a.ipynb", as_notebook(code("%time x = 1\n!ls", "y = 2")))
    assert msgspec.json.encode(read(path)) == msgspec.json.encode(read(path))


# --- commands


@pytest.mark.parametrize(
    "command",
    [
        "!pip install keras", "%matplotlib inline", "model.fit?", "?model", "np.a??", "!!ls", "%load_ext x",
        "%timeit f()", "%run other.py", "%%time?",
    ],
)  # fmt: skip
def test_a_command_is_taken_out_and_later_lines_keep_their_numbers(give: Give, command: str) -> None:
    assert one_cell(give, f"a = 1\n{command}\nb = 2\n") == f"a = 1\n{PASS}\nb = 2\n"
    assert one_cell(give, command) == PASS


def test_a_command_over_several_lines_keeps_their_number(give: Give) -> None:
    assert (
        one_cell(give, "!pip install \\\n   keras \\\n   numpy\nraise ValueError")
        == f"{PASS}\n\n\nraise ValueError"
    )


def test_a_command_in_a_block_leaves_a_block(give: Give) -> None:
    source = one_cell(give, "if colab:\n    !pip install x\nelse:\n\t%cd y\n")
    assert source == f"if colab:\n    {PASS}\nelse:\n\t{PASS}\n"
    compile(source, "cell", "exec")


@pytest.mark.parametrize(
    ("command", "value"), [("!ls", "[]"), ("! ls -l | grep x", "[]"), ("%timeit -o f()", "None")]
)
def test_what_a_command_would_return_is_nothing(give: Give, command: str, value: str) -> None:
    assert one_cell(give, f"files = {command}\nb = 2") == f"files = {value}  {NOTE}\nb = 2"


def test_commands_in_a_script_are_taken_out(give: Give) -> None:
    """Colab and editors leave them in what they export."""
    script = "\n".join(
        [
            "'''", "%matplotlib inline", "'''", "!pip install keras", "%matplotlib inline", "%%time", "x = (5",
            "% 3)", "files = !ls", "%time y = 1  # why?", "if x:", "    !cd x", "np.array?", "z = 7 % 2",
        ]
    )  # fmt: skip
    [unit] = read(give("a.py", script)).units
    assert unit.original == script
    assert unit.source.split("\n") == [
        "'''", "%matplotlib inline", "'''", PASS, PASS, PASS, "x = (5", "% 3)", f"files = []  {NOTE}",
        "y = 1  # why?", "if x:", f"    {PASS}", PASS, "z = 7 % 2",
    ]  # fmt: skip


def test_a_script_of_plain_python_stays_as_it_is(give: Give) -> None:
    script = "x = 1 if y else 2  # why?\ns = ('%d'\n     % x)\nt = '''\n!ls\nwhat?\n'''\n"
    assert read(give("a.py", script)).units[0].source == script
    endless = "!ls " + "x" * 99_000 + "\n"
    assert read(give("a.py", endless)).units[0].source == endless


def test_what_stands_in_a_string_or_in_brackets_is_no_command(give: Give) -> None:
    source = "s = '''\n%matplotlib inline\n!ls\nwhat?\n'''\nx = (5\n% 3)\nprint(f'{x=!r}')  # why?\n"
    assert one_cell(give, source) == source
    assert one_cell(give, source + "%m\n") == source + PASS + "\n"


def test_a_timed_statement_belongs_to_the_solution(give: Give) -> None:
    assert one_cell(give, "%time history = model.fit(x)\n") == "history = model.fit(x)\n"
    assert one_cell(give, "if True:\n  %time  fit(x, \\\n    y)\nz") == "if True:\n  fit(x, \\\n    y)\nz"
    assert one_cell(give, "h = %time fit(x)") == "h = fit(x)"
    assert one_cell(give, "%time !ls") == PASS
    assert one_cell(give, "%time\n%time --no-raise-error  f()") == f"{PASS}\n{PASS}"


@pytest.mark.parametrize("magic", ["%%time", "%%timeit", "%%capture", "%%capture out --no-stderr", "%%prun -l 5"])
def test_a_cell_magic_that_runs_python_leaves_its_body(give: Give, magic: str) -> None:
    line = f"out = display(display_id=True)  {NOTE}" if "out" in magic else NOTE
    assert one_cell(give, f"{magic}\nmodel.fit(x)\n!ls\n") == f"{line}\nmodel.fit(x)\n{PASS}\n"
    assert one_cell(give, f"\n\n{magic}\n%%time\n  fit()\n  x") == f"\n\n{line}\n{NOTE}\nfit()\nx"


@pytest.mark.parametrize(
    "magic", ["%%bash", "%%html", "%%javascript", "%%writefile a.py", "%%unheard", "%%", "%%R -i x"]
)
def test_the_body_of_another_cell_magic_is_left_out(give: Give, magic: str) -> None:
    assert one_cell(give, f"{magic}\nrm -rf x\n<b>\n") == f"{PASS}\n\n\n"
    assert one_cell(give, f"%%capture\n{magic}\nrm -rf x") == f"{NOTE}\n{PASS}\n"


def test_a_cell_magic_below_a_comment_takes_nothing_with_it(give: Give) -> None:
    assert one_cell(give, "# train\n%%time\nfit()") == f"# train\n{PASS}\nfit()"


def test_what_ipython_forgives_is_forgiven(give: Give) -> None:
    assert one_cell(give, "\n  x = 1\n  !ls\n") == f"\nx = 1\n{PASS}\n"
    assert one_cell(give, ">>> for i in x:\n...     y\n") == "for i in x:\n    y\n"
    assert one_cell(give, "In [3]: x = 1\n   ...: y = 2") == "x = 1\ny = 2"
    assert one_cell(give, "/print x y") == "print(x, y)"
    assert one_cell(give, "pip install -q keras\n") == f"{PASS}\n"
    assert one_cell(give, "pip install keras\nx = 1") == "pip install keras\nx = 1"


@pytest.mark.parametrize("source", ["def f(:\n  x", "x = 'abc\ny", "foo(\n!ls\n", "x = y = !ls", "for i in x: !ls",
                                    "0b12\n1__2", "a $ b", "  x\ny", "y ? z", "é\u2028ü\x0c"])  # fmt: skip
def test_a_syntax_error_stays_for_python_to_report(give: Give, source: str) -> None:
    assert one_cell(give, source) == source


def test_commands_above_a_wrong_indentation_are_taken_out(give: Give) -> None:
    # Else Python would report the command, which is no mistake.
    wrong = "if x:\n    a\n  b\n"
    assert one_cell(give, f"%m\n!ls\n{wrong}!ls") == f"{PASS}\n{PASS}\n{wrong}!ls"


def test_a_cell_that_ipython_trips_over_is_kept(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("IPython.core.inputtransformer2.make_tokens_by_line", trip)
    assert one_cell(give, "%m\nx") == "%m\nx"


def test_a_clean_up_that_moves_lines_is_not_accepted() -> None:
    assert ipython_commands._same_length(["", "a", "b"], lambda old: old[1:]) == ["", "a", "b"]


def test_what_python_warns_of_is_not_said_while_reading(give: Give) -> None:
    # From Python 3.12 on, splitting into words warns of `1if`; here warnings are errors.
    source = "x = 1if y else 2\ns = '\\d'\n"
    assert one_cell(give, source + "%m") == source + PASS


def test_separators_that_python_does_not_know_start_no_line(give: Give) -> None:
    assert (
        one_cell(give, "  x = '\x0b\x0c\x1c\x85\u2028\u2029'\n  %m\n")
        == "x = '\x0b\x0c\x1c\x85\u2028\u2029'\n" + PASS + "\n"
    )


def test_a_prompt_that_is_quoted_stays(give: Give) -> None:
    source = 'x = """\n>>> a\n... b\n"""\n'
    assert one_cell(give, source + "!ls") == source + PASS


# --- excerpts


def test_an_excerpt_is_what_the_student_wrote(give: Give) -> None:
    script, book = read(give("a.py", "a\nb\n")), read(give("a.ipynb", as_notebook(code("", "x\n!ls"))))
    assert [line_of(script, None, n) for n in (0, 1, 2, 3, 4, -1)] == ["", "a", "b", "", "", ""]
    assert line_of(book, 2, 2) == "!ls"
    assert [line_of(book, 1, 1), line_of(book, 9, 1), line_of(book, None, 1), line_of(script, 1, 1)] == [""] * 4


def test_an_excerpt_is_short(give: Give) -> None:
    found = read(give("a.py", "x" * 301 + "\n" + "y" * 300))
    assert line_of(found, None, 1) == "x" * 299 + "…"
    assert line_of(found, None, 2) == "y" * 300


# --- whatever comes

PROMPTS = st.sampled_from([">>> x", ">>> if x:", "... y", "In [1]: x", "   ...: y"])
FRAGMENTS = st.sampled_from(
    [
        "%time x = 1", "!ls", "x = !ls \\", "y = %who", "x?", "??x", "%%time", "%%bash", "%%capture o", "if x:",
        "else:", "def f():", "    pass", "  %m \\", "\ty", "'''", '"', "(", ")", "x = 1", "# c?", "\\", "/f x",
        ",f x", "f'{x=!r}'", "", "   ", "@", "0b2", "$", "await f()", "pip install x",
    ]
)  # fmt: skip
# Without the separators that IPython takes for line ends and Python does not.
PLAIN = st.text(st.characters(exclude_characters="\r\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=8)
PLAIN_CELLS = st.lists(FRAGMENTS | PLAIN, max_size=8).map("\n".join)
CELLS = PLAIN_CELLS | st.lists(FRAGMENTS | PROMPTS | st.text(max_size=8), max_size=8).map("\n".join)


def outcome(path: Path, data: bytes) -> Submission | str:
    path.write_bytes(data)
    try:
        found = read(path)
    except UnreadableSubmission as error:
        return Translator("en")(error.text)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Submission) == found
    for unit in found.units:
        assert unit.source.count("\n") == unit.original.count("\n")
        assert "\r" not in unit.source
        assert "\0" not in unit.source
    return found


@slow_fixture
@given(st.binary() | st.text().map(str.encode) | st.text(alphabet="# coding:-utf8latin1\n=").map(str.encode))
def test_any_bytes_are_a_script_or_a_sentence(tmp_path: Path, data: bytes) -> None:
    assert outcome(tmp_path / "a.py", data) == outcome(tmp_path / "a.py", data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KIND = st.sampled_from(["code", "markdown", "raw", "heading", "html"])
CELL = st.fixed_dictionaries(
    {"cell_type": KIND | JSON},
    optional={
        "source": CELLS | st.lists(CELLS, max_size=3) | JSON,
        "input": CELLS | JSON,
        "level": JSON,
        "x": JSON,
    },
)
BOOK = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([2, 3, 4]) | JSON},
    optional={
        "cells": st.lists(CELL, max_size=3) | JSON,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELL, max_size=3)}), max_size=2) | JSON,
        "metadata": JSON,
    },
)


@slow_fixture
@given(st.binary() | JSON.map(json.dumps).map(str.encode) | BOOK.map(json.dumps).map(str.encode))
def test_any_bytes_are_a_notebook_or_a_sentence(tmp_path: Path, data: bytes) -> None:
    assert outcome(tmp_path / "a.ipynb", data) == outcome(tmp_path / "a.ipynb", data)


@settings(deadline=None, max_examples=300)
@given(PLAIN_CELLS)
def test_nothing_is_left_that_ipython_would_run(source: str) -> None:
    python = ipython_commands.CommandRemover()(source)
    assert python.count("\n") == source.count("\n")
    try:
        left = TransformerManager().transform_cell(python)
    except SyntaxError:
        return  # IPython would not run it either
    try:
        compile(python, "cell", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return
    assert "get_ipython()" not in left


@settings(deadline=None, max_examples=300)
@given(PLAIN_CELLS)
def test_what_is_python_to_ipython_is_python_to_us(source: str) -> None:
    assume("%time" not in source)  # IPython makes a string of what follows, be it Python or not
    assume("%%c" not in source)
    python = ipython_commands.CommandRemover()(source)
    try:
        compile(TransformerManager().transform_cell(source), "cell", "exec")
    except (SyntaxError, ValueError):
        return
    compile(python, "cell", "exec")
