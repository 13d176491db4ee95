"""GitHub's runner, as far as our actions need it: runs the steps of an action for real, and reads their log.

The rules are those of github.com/actions/runner: `ScriptHandler` (how bash is started), `ActionCommandManager` and
`ActionCommand` (what in a log is a command), `FileCommandManager` (files for outputs). What an action uses that is
not here is an error, not a guess.
"""

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

# `##[...]` works anywhere in a line, `::...::` at its start.
_LEVELS = ("debug", "notice", "warning", "error")
_OTHERS = ("set-env", "set-output", "save-state", "add-mask", "add-path", "add-matcher", "remove-matcher")
COMMANDS = frozenset((*_LEVELS, *_OTHERS, "group", "endgroup", "echo", "stop-commands"))
_NEW = re.compile(r"\s*::([^ :]*)(?: (.*?))?::(.*)", re.DOTALL)
_OLD = re.compile(r"##\[([^ \]]*)(?: ([^\]]*))?\](.*)", re.DOTALL)
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")

Uses = Mapping[str, Callable[[Mapping[str, str]], Mapping[str, str]]]


@dataclass(frozen=True)
class Command:
    """A command that took effect. `data` as it is written, escapes and all."""

    name: str
    properties: str
    data: str


def effects(log: str) -> list[Command]:
    """Return the commands of a log that the runner obeys."""
    found: list[Command] = []
    token = ""
    for line in re.split(r"\r\n|\r|\n", log):
        known = COMMANDS | ({token.lower()} if token else set())
        command = _parsed(_NEW.match(line), known) or _parsed(_OLD.search(line), known)
        if command is None:
            continue
        if token:
            token = "" if command.name == token.lower() else token
            continue
        found.append(command)
        if command.name == "stop-commands":
            token = command.data
    return found


def _parsed(match: re.Match[str] | None, known: frozenset[str] | set[str]) -> Command | None:
    if match is None or match[1].lower() not in known:
        return None
    return Command(match[1].lower(), match[2] or "", match[3])


@dataclass
class Ran:
    """What running an action left behind."""

    code: int = 0
    log: str = ""  # standard output and standard error of all steps
    errors: str = ""  # standard error alone
    commands: list[Command] = field(default_factory=list)
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)  # action without version: its inputs
    skipped: list[str] = field(default_factory=list)
    environment: str = ""  # what was written to GITHUB_ENV and GITHUB_PATH: nothing, ever


@dataclass(frozen=True)
class Machine:
    """Where an action runs: folders, variables, and what stands in for the actions that it uses."""

    workspace: Path
    temporary: Path
    variables: Mapping[str, str]
    uses: Uses
    contexts: Mapping[str, str]  # such as github.token


def run_action(folder: Path, inputs: Mapping[str, str], machine: Machine) -> Ran:
    """Run the steps of the composite action in `folder`."""
    action = yaml.safe_load((folder / "action.yml").read_text("utf-8"))
    unknown = set(inputs) - set(action["inputs"])
    assert not unknown, f"no such inputs: {unknown}"
    given = {name: inputs.get(name, each.get("default", "")) for name, each in action["inputs"].items()}
    contexts = dict(machine.contexts) | {"github.action_path": str(folder), "runner.os": "Linux"}
    contexts |= {f"inputs.{name}": value for name, value in given.items()}
    ran = Ran()
    for number, step in enumerate(action["runs"]["steps"]):
        if ran.code or not holds(step.get("if", "true"), contexts):
            ran.skipped.append(step["name"])
            continue
        outputs = _step(step, number, contexts, machine, ran)
        if "id" in step:
            contexts |= {f"steps.{step['id']}.outputs.{name}": value for name, value in outputs.items()}
    ran.outputs = {name: filled(each["value"], contexts) for name, each in action.get("outputs", {}).items()}
    return ran


def _step(
    step: dict[str, Any], number: int, contexts: Mapping[str, str], machine: Machine, ran: Ran
) -> Mapping[str, str]:
    if "uses" in step:
        name = step["uses"].partition("@")[0]
        given = {key: filled(str(value), contexts) for key, value in step.get("with", {}).items()}
        ran.used[step["name"]] = given
        return machine.uses[name](given)
    assert step["shell"] == "bash"
    files = {name: machine.temporary / f"{number}-{name}" for name in ("OUTPUT", "ENV", "PATH", "STEP_SUMMARY")}
    for file in files.values():
        file.touch()
    script = machine.temporary / f"{number}.sh"
    script.write_text(step["run"], "utf-8")
    environment = {key: filled(str(value), contexts) for key, value in step.get("env", {}).items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=machine.workspace,
        env={**machine.variables, **{f"GITHUB_{name}": str(file) for name, file in files.items()}, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=280,
        check=False,
    )
    out, errors = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    ran.code = done.returncode
    ran.log += out + errors
    ran.errors += errors
    # Two pipes have no order between them: whatever stands in the second must be harmless on its own.
    ran.commands += [*effects(out), *effects(errors)]
    ran.summary += files["STEP_SUMMARY"].read_text("utf-8")
    ran.environment += files["ENV"].read_text("utf-8") + files["PATH"].read_text("utf-8")
    return outputs_of(files["OUTPUT"].read_text("utf-8"))


def outputs_of(text: str) -> dict[str, str]:
    """Read the file of outputs. Ours are plain; a value of several lines is an error here."""
    pairs = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        assert sign, f"not an output: {line!r}"
        assert "<<" not in name
        pairs[name] = value
    return pairs


def filled(text: str, contexts: Mapping[str, str]) -> str:
    """Return a string with its expressions evaluated: names only."""
    return _EXPRESSION.sub(lambda found: _value(found[1].strip(), contexts), text)


def holds(condition: str, contexts: Mapping[str, str]) -> bool:
    """Return whether a step's condition holds: comparisons of a name with a text, joined by &&."""
    return condition == "true" or all(_compared(part.strip(), contexts) for part in str(condition).split("&&"))


def _compared(part: str, contexts: Mapping[str, str]) -> bool:
    found = re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", part)
    assert found, f"unknown condition: {part!r}"
    return (_value(found[1], contexts) == found[3]) == (found[2] == "==")


def _value(name: str, contexts: Mapping[str, str]) -> str:
    if re.fullmatch(r"steps\.[\w-]+\.outputs\.[\w-]+", name):
        return contexts.get(name, "")  # a step that was skipped has none
    assert name in contexts, f"unknown expression: {name!r}"
    return contexts[name]


def plain_variables(**more: str) -> dict[str, str]:
    """Return an environment as small as a fresh machine's."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"} | more
