"""Where a verdict goes: files, the terminal, and a browser where there is one."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from grader.commands import output
from grader.commands.options import describe_write_error, print_to_stderr
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from grader.protocol.verdict import decode
from tests.commands.test_app import COURSE, grader

OPENED = (
    "import sys; from pathlib import Path; from grader.commands.output import open_in_browser; "
    "print(open_in_browser(Path(sys.argv[1])))"
)
WRITTEN = """
import sys
from grader.protocol.messages import Evidence
from grader.grading.results import Graded
from grader.commands.output import Outputs
from grader.core.i18n import Translator
from tests.reports import samples
held = Evidence(imported=b"", import_stop=None, import_unit=None, bodies={}, stops={}, replays={})
outputs = Outputs(None, None, True, Translator("en"))
for _ in range(2):
    outputs.write(Graded(*samples.good("en"), held))
"""
PRINTED = """
import msgspec
from grader.commands.options import replace_unprintable_characters
from grader.commands.output import _print_json
from grader.protocol.verdict import encode
from tests.reports import samples
replace_unprintable_characters()
_print_json(encode(msgspec.structs.replace(samples.good("en")[0], title="\u2264 \u65e5\u672c \x81")))
"""


def program(folder: Path, name: str) -> Path:
    """Make a program that notes what it was called with."""
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "$1" >> {folder}/called\n')
    path.chmod(0o755)
    return path


def run(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python where no browser is known but for what `environment` says."""
    kept = {
        key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    }
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=COURSE.parents[2],
        env=kept | {"NO_COLOR": "1", "TERM": "xterm", "PATH": ""} | environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )


def test_the_browser_gets_the_address_of_the_file(tmp_path: Path) -> None:
    browser = program(tmp_path, "browser")
    page = tmp_path / "a report#1?.html"
    assert run(OPENED, str(page), BROWSER=f"{browser} %s").stdout == "True\n"
    assert (tmp_path / "called").read_text().strip() == page.as_uri()


def test_a_browser_for_the_terminal_is_none(tmp_path: Path) -> None:
    for name in ("www-browser", "w3m", "lynx"):
        program(tmp_path, name)
    assert run(OPENED, str(tmp_path / "page.html"), PATH=str(tmp_path)).stdout == "False\n"
    assert not (tmp_path / "called").exists()


def test_a_browser_that_cannot_be_started_is_none(tmp_path: Path) -> None:
    assert run(OPENED, str(tmp_path / "page.html"), BROWSER="/no/such/browser %s").stdout == "False\n"


def test_the_report_to_open_is_private_stays_and_is_opened_once(tmp_path: Path) -> None:
    browser = program(tmp_path, "browser")
    done = run(WRITTEN, BROWSER=f"{browser} %s", TMPDIR=str(tmp_path))
    (page,) = tmp_path.glob("*/report.html")
    assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "called").read_text() == f"{page.as_uri()}\n"
    assert done.stdout.count(f"Report: {page}") == 2
    assert done.stderr == ""


def test_without_a_browser_it_says_where_the_report_is(tmp_path: Path) -> None:
    done = run(WRITTEN, TMPDIR=str(tmp_path))
    (page,) = tmp_path.glob("*/report.html")
    assert done.stderr == f"No browser could be opened. Open the report yourself: {page}\n"


def test_json_is_utf_8_whatever_the_pipe_knows() -> None:
    done = run(PRINTED, PYTHONIOENCODING="cp1252")
    assert decode(done.stdout).title == "≤ 日本 \x81"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_a_report_that_cannot_be_written_is_a_sentence_and_code_2() -> None:
    right = COURSE / "reference" / "functions" / "submission.py"
    done = grader("check", "functions", right, "--course", COURSE, "--html", "/dev/full", "--plain")
    assert done.returncode == ExitCode.USAGE
    assert "/dev/full could not be written: there is no room left on the disk." in done.stderr
    assert "Traceback" not in done.stderr


def test_a_report_that_is_not_written_whole_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "report.html"
    page.write_text("old")

    def fill_up(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fdopen", fill_up)
    with pytest.raises(OSError, match=r"report\.html") as caught:
        output._write_whole(page, "new")
    assert Translator("de")(describe_write_error(caught.value)).endswith(": auf der Platte ist kein Platz mehr.")
    assert page.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_link_stays_a_link_and_gets_the_report(tmp_path: Path) -> None:
    (tmp_path / "link.html").symlink_to(tmp_path / "real.html")
    output._write_whole(tmp_path / "link.html", "new")
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "real.html").read_text() == "new"


def test_text_that_utf_8_does_not_have_is_no_reason_to_lose_a_report(tmp_path: Path) -> None:
    output._write_whole(tmp_path / "report.html", "a\udc80b")
    assert (tmp_path / "report.html").read_text() == "a?b"


def test_what_is_no_result_is_printed_as_it_is_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    line = "[red]submissions[/red] 12 " + "a name " * 40 + "."
    print_to_stderr(line)
    assert capsys.readouterr() == ("", line + "\n")
