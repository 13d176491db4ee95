"""The action, run as GitHub runs it: pull requests in real repositories, its own steps, real walls."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.protocol.change_result import ChangeResult, decode, result
from tests.ci.github_runner import Machine, Ran, plain_variables, run_action
from tests.ci.host_repositories import RIGHT, WRONG, github_variables, pull_request
from tests.helpers.paths import ROOT

ACTION = ROOT / "action.yml"
linux = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

# A name of a file that would be two lines and a command, if anybody printed it as it is.
HOSTILE_NAME = "submissions/functions/a\n::error file=x::forged ##[add-mask]forged `touch owned`.py"
HOSTILE_SUBMISSION = """
import os
print("::error::forged")
print("##[add-mask]forged", flush=True)
print("::stop-commands::", "::add-path::/forged", sep="\\n")
for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"):
    if name in os.environ:
        open(os.environ[name], "a").write("FORGED=1\\n")
def one_hot(y):
    raise ValueError("::error::forged\\n::set-env name=FORGED::1\\n##[set-output name=x]@teacher <img src=x>")
def scale(x):
    raise RuntimeError("\\r::warning::forged")
def class_counts(y):
    return "File \\"owned.py\\", line 1, in x"
"""
# What Python would import from the folder that it is started in, and what git would run, if they were let.
TRAPS = {
    f"{name}.py": "import pathlib; pathlib.Path(__file__).with_name('owned').touch(); raise SystemExit(0)\n"
    for name in ("pip", "venv", "secrets", "typer", "numpy", "tensorflow", "sitecustomize", "grader/__init__")
}


@dataclass
class Graded:
    """What running the action did."""

    ran: Ran
    temporary: Path
    checkout: Path

    @property
    def answer(self) -> ChangeResult:
        """What the action uploads for the workflow that comments."""
        return decode((self.temporary / "keras-grader-answer/answer.json").read_bytes())


def grade(
    tmp_path: Path, checkout: Path, event: dict[str, Any], inputs: Mapping[str, str] | None = None
) -> Graded:
    """Run the action on a checkout. The environment is kept from an earlier run: this one."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (temporary / "keras-grader").symlink_to(sys.prefix)
    variables = plain_variables(RUNNER_TEMP=str(temporary), **github_variables(tmp_path, checkout, event))
    uses = {
        "actions/setup-python": lambda _: {"python-path": sys.executable, "python-version": "3.11.2"},
        "actions/cache/restore": lambda _: {"cache-hit": "true"},
        "actions/upload-artifact": lambda _: {},
    }
    machine = Machine(checkout, temporary, variables, uses, {"runner.environment": "self-hosted"})
    ran = run_action(ROOT, inputs or {}, machine)
    assert ran.environment == ""
    assert not list(tmp_path.rglob("owned"))
    return Graded(ran, temporary, checkout)


@linux
def test_a_right_submission_is_a_green_run(tmp_path: Path) -> None:
    done = grade(tmp_path, *pull_request(tmp_path, {"functions/submission.py": RIGHT} | TRAPS))
    assert done.ran.code == 0, done.ran.log
    assert done.ran.outputs["result"] == "passed"
    assert (done.ran.outputs["points"], done.ran.outputs["max-points"]) == ("100", "100")
    assert done.ran.outputs["exit-code"] == "0"
    assert "Three functions" in done.ran.summary
    assert done.ran.errors == ""
    assert done.ran.skipped == ["Install the grader", "Save the environment", "Allow walls"]
    uploaded = done.ran.used["Upload the answer"]["path"], done.ran.used["Upload the reports"]["path"]
    assert all(Path(path).exists() for path in uploaded)
    reports = list(Path(done.ran.outputs["folder"]).glob("reports/*.html"))
    assert [report.name for report in reports] == ["1-functions.html"]


@linux
def test_whatever_a_pull_request_holds_only_the_graders_own_commands_take_effect(tmp_path: Path) -> None:
    files = {
        "functions/submission.py": WRONG,
        HOSTILE_NAME: HOSTILE_SUBMISSION,
        "exercises/functions/rubric.py": "raise SystemExit(0)\n",
        ".github/workflows/grade.yml": "on: push\n",
    } | TRAPS
    done = grade(tmp_path, *pull_request(tmp_path, files))
    assert done.ran.code == 1, done.ran.log
    assert done.ran.outputs["result"] == "not_passed"
    names = [command.name for command in done.ran.commands]
    assert names[:2] == ["remove-matcher", "stop-commands"]
    assert set(names[2:]) <= {"error", "warning", "notice"}
    assert not [command for command in done.ran.commands if command.data.startswith("forged")]
    assert all("forged" not in command.properties.split("title=")[0] for command in done.ran.commands[2:])
    assert "@teacher" not in done.ran.summary
    assert "<img" not in done.ran.summary
    assert {outcome.path: result(outcome, None) for outcome in done.answer.outcomes} == {
        "functions/submission.py": "not_passed",
        HOSTILE_NAME: "not_passed",
    }
    assert done.answer.course == "base"
    notes = " ".join(note.text for note in done.answer.notes)
    assert "exercises/functions/rubric.py" in notes
    assert ".github/workflows/grade.yml" in notes


def test_a_pull_request_that_touches_no_exercise_is_green_and_says_so(tmp_path: Path) -> None:
    done = grade(tmp_path, *pull_request(tmp_path, {"README.md": "Another text.\n"}))
    assert done.ran.code == 0, done.ran.log
    assert done.ran.outputs["points"] == "0"
    assert "othing to grade" in done.ran.summary


def test_a_checkout_without_its_base_is_red_and_says_what_to_write(tmp_path: Path) -> None:
    done = grade(tmp_path, *pull_request(tmp_path, {"functions/submission.py": RIGHT}, depth=1))
    assert done.ran.code == 2
    assert "fetch-depth" in done.ran.log
    assert done.ran.outputs["exit-code"] == "2"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"base": "--output=owned"}, "--output"),
        ({"base": "$(touch owned)"}, "touch"),
        ({"pass-mark": "120"}, "--pass-mark"),
        ({"language": "xx; touch owned"}, "--lang"),
        ({"course": "nowhere"}, "nowhere"),
    ],
)
def test_an_input_that_makes_no_sense_is_refused_and_is_never_a_word_of_the_shell(
    tmp_path: Path, inputs: dict[str, str], said: str
) -> None:
    done = grade(tmp_path, *pull_request(tmp_path, {"functions/submission.py": RIGHT}), inputs)
    assert done.ran.code == 2, done.ran.log
    assert said in re.sub(r"\x1b\[[0-9;]*m", "", done.ran.log)  # in colours


def step(name: str) -> dict[str, Any]:
    """Return a step of the action."""
    steps = yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]
    return next(each for each in steps if each["name"] == name)


def key(tmp_path: Path, **changes: str) -> str:
    """Return the key that the environment is kept under."""
    output = tmp_path / "output"
    output.write_text("")
    variables = {
        "GITHUB_OUTPUT": str(output),
        "ACTION": str(ROOT),
        "PYTHON_VERSION": "3.11.2",
        "RUNNER_TEMP": "/t",
    }
    variables |= {"RUNNER_OS": "Linux", "RUNNER_ARCH": "X64", "ImageOS": "ubuntu24"} | changes
    run_script(step("Name the environment")["run"], plain_variables(**variables))
    return output.read_text().partition("key=")[2].splitlines()[0]


def run_script(script: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step's script as the runner does."""
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(command, env=dict(variables), capture_output=True, text=True, timeout=60, check=True)


def test_the_environment_is_kept_for_the_same_machine_python_and_grader_only(tmp_path: Path) -> None:
    usual = key(tmp_path)
    assert usual == key(tmp_path)
    others = {
        key(tmp_path, PYTHON_VERSION="3.11.3"),
        key(tmp_path, ImageOS="ubuntu26"),
        key(tmp_path, RUNNER_ARCH="ARM64"),
    }
    copy = tmp_path / "action"
    for name in (
        "requirements.lock",
        "pyproject.toml",
        "grader/commands/app.py",
        "reports/common/markdown.py",
        "exercises/digits/rubric.py",
    ):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((ROOT / name).read_bytes())
    small = key(tmp_path, ACTION=str(copy))
    for name in ("requirements.lock", "pyproject.toml", "grader/commands/app.py"):
        with (copy / name).open("a") as file:
            file.write("\n")
        others.add(key(tmp_path, ACTION=str(copy)))
    assert len(others | {usual, small}) == 8
    assert "\n" not in usual
    assert "," not in usual  # the cache takes no key with a comma


def test_walls_are_allowed_where_the_machine_has_the_setting_and_only_there(tmp_path: Path) -> None:
    programs, settings = tmp_path / "bin", tmp_path / "sys/kernel"
    programs.mkdir()
    settings.mkdir(parents=True)
    sudo = programs / "sudo"
    sudo.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    sudo.chmod(0o755)
    script = step("Allow walls")["run"].replace("/proc/sys", str(tmp_path / "sys"))
    variables = plain_variables()
    variables["PATH"] = f"{programs}:{os.environ['PATH']}"
    run_script(script, variables)
    assert not (tmp_path / "asked").exists()
    (settings / "apparmor_restrict_unprivileged_userns").write_text("1\n")
    run_script(script, variables)
    assert "--write kernel.apparmor_restrict_unprivileged_userns=0" in (tmp_path / "asked").read_text()
    sudo.write_text("#!/bin/sh\nexit 1\n")
    assert "walls will be missing" in run_script(script, variables).stdout


def test_walls_are_allowed_on_machines_that_github_lends_only() -> None:
    assert step("Allow walls")["if"] == "runner.os == 'Linux' && runner.environment == 'github-hosted'"


def test_the_environment_is_kept_before_anything_of_the_change_has_run() -> None:
    names = [each["name"] for each in yaml.safe_load(ACTION.read_text("utf-8"))["runs"]["steps"]]
    assert names.index("Install the grader") < names.index("Save the environment") < names.index("Grade")


@pytest.mark.parametrize("file", ["action.yml", "comment/action.yml"])
def test_every_script_is_one_that_bash_can_read(file: str) -> None:
    for each in yaml.safe_load((ROOT / file).read_text("utf-8"))["runs"]["steps"]:
        if "run" in each:
            subprocess.run(["bash", "-n", "-c", each["run"]], check=True, timeout=10)


def test_the_event_that_github_sends_for_a_fork_is_enough(tmp_path: Path) -> None:
    checkout, event = pull_request(tmp_path, {"README.md": "Another text.\n"})
    assert json.loads(json.dumps(event))["pull_request"]["head"]["repo"]["fork"] is True
    assert grade(tmp_path, checkout, event).answer.base == event["pull_request"]["base"]["sha"]
