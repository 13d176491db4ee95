"""What is said where optional packages are not installed, and that a student needs none of them."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from grader.commands.extras import MODULES, Extra
from grader.core.exit_codes import ExitCode
from tests.helpers.paths import ROOT

# Put before the program: as if these modules had never been installed.
HIDING = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}")
sys.meta_path.insert(0, Hide())
"""
OPTIONAL = tuple(module for modules in MODULES.values() for module in modules)
PROGRAM = "sys.argv = ['grader', *sys.argv[1:]]\nfrom grader.commands.app import main\nmain()\n"
# Runs several commands, each with the worker of the first: they start it in the same way.
SEVERAL = """
import json
from grader.commands.app import main
from grader.grading import grader

start, environments, codes = grader.start_environment, [], []

def start_once(mode, course, is_light):
    if not environments:
        environments.append(start(mode, course))
        ends.append(environments[0].__exit__)
        environments[0].__exit__ = lambda *_: None
    return environments[0]

ends, grader.start_environment = [], start_once
for words in map(json.loads, sys.argv[1:]):
    sys.argv = ["grader", *words]
    try:
        main()
    except SystemExit as done:
        codes.append(int(done.code or 0))
for end in ends:
    end()
print(codes)
"""
# All that runs for list, start, check, doctor, ci and note: the command, and the processes that it starts.
MODULES_WITHOUT_EXTRAS = """
import grader.commands.check_submission, grader.commands.doctor, grader.commands.notebook_check
import grader.ci.pipeline, grader.ci.outputs, grader.ci.comment.body
import grader.examiner.service, grader.sandbox.worker, grader.sandbox.walled, grader.sandbox.plain
import grader.sandbox.inside.child, grader.rubric, grader.rubric.checks, grader.rubric.data, grader.rubric.loader
import reports.submission.html, reports.submission.terminal, reports.change.markdown_pages, reports.change.junit
"""
DISTRIBUTIONS = {"pyyaml": "yaml"}  # whose module is called otherwise


def run_without(
    hidden: tuple[str, ...], *arguments: str, program: str = PROGRAM, folder: Path = ROOT, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a command where some modules cannot be imported."""
    return subprocess.run(
        [sys.executable, "-c", HIDING.format(hidden=hidden) + program, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)} | env,
        timeout=170,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("batch", "digits", ".", "--out", "out"), Extra.CLASS),
        (("rescore", "out"), Extra.CLASS),
        (("adjust", "out", "alice", "--points", "1", "--reason", "why"), Extra.CLASS),
        (("export", "out", "--format", "csv"), Extra.CLASS),
        (("similarity", "out"), Extra.CLASS),
        (("gradebook", "out"), Extra.CLASS),
        (("new", "circles", "--kind", "functions"), Extra.AUTHOR),
        (("notebooks",), Extra.AUTHOR),
        (("validate", "digits"), Extra.AUTHOR),
        (("batch", "digits", ".", "--out", "out", "--cluster", "tcp://127.0.0.1:1"), Extra.CLUSTER),
        (("rescore", "out", "--cluster", "tcp://127.0.0.1:1"), Extra.CLUSTER),
        (("batch", "digits", ".", "--out", "out", "--store", "postgresql://nowhere/x"), Extra.POSTGRESQL),
    ],
)
def test_a_command_without_its_extra_names_it_in_one_sentence(
    arguments: tuple[str, ...], extra: Extra, tmp_path: Path
) -> None:
    done = run_without(MODULES[extra], *arguments, folder=tmp_path)
    assert done.returncode == ExitCode.USAGE, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f'Install them: pip install "keras-grader[{extra}]"' in line
    assert all(module in line for module in MODULES[extra])
    assert list(tmp_path.iterdir()) == []


def test_the_sentence_is_there_in_german(tmp_path: Path) -> None:
    done = run_without(("sqlalchemy",), "rescore", "out", "--lang", "de", folder=tmp_path)
    assert done.returncode == ExitCode.USAGE
    (line,) = done.stderr.splitlines()
    assert line == (
        "grader rescore braucht Pakete, die nicht installiert sind (sqlalchemy). Installiere sie: pip install "
        '"keras-grader[class]"'
    )


def test_a_module_that_was_set_to_none_counts_as_missing() -> None:
    program = "sys.modules['sqlalchemy'] = None\n" + PROGRAM
    done = run_without((), "rescore", "out", program=program)
    assert done.returncode == ExitCode.USAGE
    assert "keras-grader[class]" in done.stderr


def test_what_a_student_and_a_pipeline_run_needs_no_extra(tmp_path: Path) -> None:
    assert "digits" in run_without(OPTIONAL, "list").stdout
    started = run_without(OPTIONAL, "start", "digits", str(tmp_path), "--notebook")
    assert started.returncode == ExitCode.PASSED, started.stderr
    assert (tmp_path / "submission.ipynb").is_file()
    imported = run_without(OPTIONAL, program=MODULES_WITHOUT_EXTRAS)
    assert imported.returncode == 0, imported.stderr


def test_a_check_and_a_pipeline_grade_without_any_extra(tmp_path: Path) -> None:
    """The processes that grade are started by name, and import what they like: they are looked at above."""
    course = ROOT / "tests" / "end_to_end" / "course"
    file = tmp_path / "functions" / "submission.py"
    file.parent.mkdir()
    file.write_bytes((course / "reference" / "functions" / "submission.py").read_bytes())
    # Behind walls where there are some: one process imports TensorFlow there, and two do without.
    mode = () if sys.platform == "linux" else ("--plain",)
    check = ["check", "functions", str(file), "--course", str(course), *mode]
    pipeline = ["ci", str(file), "--course", str(course), *mode, "--out", str(tmp_path / "out")]
    commands = map(json.dumps, (check, pipeline))
    done = run_without(OPTIONAL, *commands, program=SEVERAL, folder=tmp_path, GITHUB_ACTIONS="")
    assert done.returncode == 0, done.stderr
    codes = json.loads(done.stdout.splitlines()[-1])
    outcomes = dict(zip(("check", "ci"), codes, strict=True))
    assert outcomes == {"check": ExitCode.PASSED, "ci": ExitCode.PASSED}, done.stdout + done.stderr


def test_the_table_of_extras_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {
        extra: {
            DISTRIBUTIONS.get(name, name)
            for line in lines
            if not (name := re.split(r"[\[>=<]", line)[0]).startswith("keras-grader")
        }
        for extra, lines in project["optional-dependencies"].items()
    }
    assert declared == {extra.value: set(modules) for extra, modules in MODULES.items()}
