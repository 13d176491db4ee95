"""`--verbose` and `--log-file`: on every command and before its name; and the traceback of an unexpected error."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from grader.commands.app import app
from grader.core import logs
from grader.core.exit_codes import ExitCode
from grader.protocol.processes import worker_environment
from tests.commands.test_app import COURSE, grader
from tests.helpers.paths import ROOT


def list_commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each command with its name, those of groups under the group's name."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from list_commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


COMMANDS = dict(list_commands(typer.main.get_command(app)))
BROKEN = """
import sys
from grader.core import course
def find_course(folder=None):
    raise RuntimeError("the disk \\x1b[31m is on fire")
course.find_course = find_course
sys.argv = ["grader", *{arguments!r}]
from grader.commands.app import main
main()
"""


def broken(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that fails for a reason that nobody thought of."""
    return subprocess.run(
        [sys.executable, "-c", BROKEN.format(arguments=arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "1", "COLUMNS": "300"},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_takes_both_options(name: str) -> None:
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert {"--verbose", "-v", "--log-file"} <= options


@pytest.mark.parametrize("before", [True, False])
def test_the_log_file_is_written_to_its_end_wherever_the_option_stands(before: bool, tmp_path: Path) -> None:
    file = tmp_path / "grader.log"
    file.write_text("earlier\n")
    option, command = ("--log-file", file), ("list", "--course", ROOT)
    done = grader(*option, *command) if before else grader(*command, *option)
    assert done.returncode == ExitCode.PASSED, done.stderr
    lines = file.read_text("utf-8").splitlines()
    assert lines[0] == "earlier"
    assert any("command list_exercises" in line for line in lines)
    assert done.stderr == ""


@pytest.mark.parametrize("before", [True, False])
def test_verbose_writes_to_standard_error_and_leaves_standard_output_alone(before: bool) -> None:
    command = ("list", "--course", COURSE)
    done = grader("-v", *command) if before else grader(*command, "--verbose")
    assert done.stdout.split() == ["functions", "networks"]
    assert "INFO" in done.stderr
    assert "command list_exercises" in done.stderr


def test_a_log_that_cannot_be_written_is_refused_with_one_sentence(tmp_path: Path) -> None:
    done = grader("list", "--log-file", tmp_path / "nowhere" / "grader.log")
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("The log cannot be written to ")
    assert len(done.stderr.splitlines()) == 1


def test_an_unexpected_error_is_one_sentence_that_says_how_to_get_a_log() -> None:
    done = broken("list")
    assert done.returncode == ExitCode.NOT_GRADED
    assert done.stderr == (
        "This is the grader's fault, not yours (RuntimeError). Please report it, with the log that the same "
        "command writes with --log-file FILE.\n"
    )


def test_with_a_log_file_its_traceback_is_there_and_the_sentence_says_where(tmp_path: Path) -> None:
    file = tmp_path / "grader.log"
    done = broken("list", "--log-file", str(file))
    assert done.returncode == ExitCode.NOT_GRADED
    assert done.stderr.splitlines() == [
        f"This is the grader's fault, not yours (RuntimeError). Please report it, with the log: {file}"
    ]
    logged = file.read_text("utf-8")
    assert "Traceback (most recent call last)" in logged
    assert "is on fire" in logged


def test_with_verbose_the_traceback_is_on_standard_error() -> None:
    done = broken("-v", "list")
    assert done.returncode == ExitCode.NOT_GRADED
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.splitlines()[-1].endswith("with the log above.")


@pytest.fixture
def no_handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the loggers back as they were."""
    monkeypatch.setenv(logs.LEVEL_VARIABLE, "WARNING")
    loggers = [logging.getLogger(name) for name in logs.LOGGERS]
    before = [(logger.handlers[:], logger.level) for logger in loggers]
    for logger in loggers:
        logger.handlers = []
    yield
    for logger, (handlers, level) in zip(loggers, before, strict=True):
        for handler in logger.handlers:
            handler.close()
        logger.handlers, logger.level = handlers, level


@pytest.mark.usefixtures("no_handlers")
def test_without_being_asked_for_nothing_is_written_and_python_prints_no_warnings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure_logging()
    logging.getLogger("grader.somewhere").warning("nobody asked")
    assert capsys.readouterr().err == ""
    assert os.environ[logs.LEVEL_VARIABLE] == "WARNING"
    assert logs.log_file() is None


@pytest.mark.usefixtures("no_handlers")
def test_options_before_and_after_the_command_add_up_and_nothing_is_written_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "grader.log"
    for _ in range(2):
        logs.configure_logging(verbose=True)
        logs.configure_logging(file=file)
    logging.getLogger("reports.somewhere").debug("once")
    assert capsys.readouterr().err.count("once") == 1
    assert file.read_text("utf-8").count("once") == 1
    assert logs.log_file() == file
    assert logs.is_verbose()


@pytest.mark.usefixtures("no_handlers")
def test_the_processes_of_the_grader_are_told_the_level() -> None:
    assert worker_environment()[logs.LEVEL_VARIABLE] == "WARNING"
    logs.configure_logging(verbose=True)
    assert worker_environment()[logs.LEVEL_VARIABLE] == "DEBUG"
