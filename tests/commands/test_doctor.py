"""`grader doctor` for a student: what is there, what is missing or broken, and the command that mends it."""

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from grader.commands import installation
from grader.commands.doctor import _Doctor, examine_machine
from grader.commands.installation import MissingRequirement, build_pip_command, find_missing_requirements
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.installed_version import find_version
from grader.grading.isolation import PREVENTED
from grader.protocol.verdict import WallState

# Packages of which the command line has no need until something is graded.
HEAVY = ("numpy", "tensorflow", "keras", "sklearn", "matplotlib", "pandas", "IPython", "watchfiles")
# Put before the program: as if these had never been installed, or as if they were broken.
HIDING = """
import sys
from importlib import metadata

hidden, refused = {hidden!r}, {refused!r}
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {{name!r}}")
sys.meta_path.insert(0, Hide())
found = metadata.version
def version(name):
    if name in refused:
        raise metadata.PackageNotFoundError(name)
    return found(name)
metadata.version = version
sys.argv = ["grader", "doctor"]
from grader.commands.app import main
main()
"""


def doctor(hidden: tuple[str, ...] = (), refused: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run the command where some modules and distributions are not there."""
    return subprocess.run(
        [sys.executable, "-c", HIDING.format(hidden=hidden, refused=refused)],
        capture_output=True,
        text=True,
        env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "1", "COLUMNS": "100"},
        timeout=170,
        check=False,
    )


def test_without_the_heavy_packages_it_says_so_and_how_to_install_them() -> None:
    missing = ("numpy", "tensorflow", "tensorflow-cpu", "keras", "scikit-learn", "matplotlib", "pandas", "ipython")
    done = doctor(HEAVY, missing)
    assert done.returncode == ExitCode.NOT_GRADED, done.stderr
    assert done.stderr == ""
    assert "missing" in done.stdout
    command = next(line for line in done.stdout.splitlines() if "-m pip install" in line)
    words = shlex.split(command)
    assert words[:4] == [sys.executable, "-m", "pip", "install"]
    assert any(word.startswith("numpy>=") for word in words)
    assert any(word.startswith("tensorflow") for word in words)
    assert "there are builds of it for Python 3.11 to 3.13" in done.stdout


def test_without_what_reads_requirements_that_is_what_is_missing() -> None:
    done = doctor(("packaging",))
    assert done.returncode == ExitCode.NOT_GRADED, done.stderr
    assert "-m pip install packaging" in done.stdout


def test_other_systems_have_no_walls_and_that_is_fine_for_ones_own_work(monkeypatch: pytest.MonkeyPatch) -> None:
    said = examined(monkeypatch, "darwin")
    assert said.startswith("True")
    assert "For your own work everything is there." in said
    assert "tested from inside" not in said


def test_what_is_installed_but_cannot_be_imported_is_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text("raise ImportError('DLL load\\x1b[31m failed')")
    monkeypatch.setattr(installation, "IMPORTED", {"broken": "tensorflow-cpu"})
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    monkeypatch.setattr("grader.commands.doctor.worker_environment", lambda: environment)
    said = examined(monkeypatch, "win32", "de")
    assert said.startswith("False")
    assert "tensorflow-cpu" in said
    assert "ImportError: DLL load⟨U+001B⟩[31m failed" in said
    assert f"{build_pip_command('install', '--force-reinstall', 'tensorflow-cpu')}" in said


@pytest.mark.parametrize(("language", "words"), [("en", "environment variables"), ("de", "Umgebungsvariablen")])
def test_each_wall_is_told_with_whether_it_works_and_what_it_is_for(language: str, words: str) -> None:
    states = [WallState(id=name, stands=name != "landlock", detail="of this machine") for name in PREVENTED]
    recording = io.StringIO()
    console = Console(file=recording, width=200)
    assert not _Doctor(console, Translator(language))._walls(tuple(states))
    lines = {line.split()[1]: line for line in recording.getvalue().splitlines() if line.startswith("│")}
    assert set(PREVENTED) <= set(lines)
    translate = Translator(language)
    for name, prevented in PREVENTED.items():
        assert translate(prevented) in lines[name]
        assert translate(_("NO") if name == "landlock" else _("yes")) in lines[name]
        assert "of this machine" in lines[name]
    assert words in lines["environment"]


def test_where_no_notebooks_run_it_says_how_they_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "NOTEBOOKS", ("no-such-program",))
    monkeypatch.setattr(installation, "IMPORTED", {"json": "json"})
    said = examined(monkeypatch, "darwin")
    assert said.startswith("True")  # a script is all that is needed
    assert build_pip_command("install", "jupyterlab") in said
    assert "grader --install-completion" in said


def test_a_python_that_does_not_fit_and_a_grader_that_is_not_installed_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installation, "check_python_version", lambda: (False, ">=3.99"))
    said = examined(monkeypatch, "darwin")
    assert said.startswith("False")
    assert "does not fit, wanted: >=3.99" in said
    monkeypatch.setattr(installation, "DISTRIBUTION", "no-such-distribution")
    said = examined(monkeypatch, "darwin")
    assert said.startswith("False")
    assert "The grader is not installed for this Python" in said


def examined(monkeypatch: pytest.MonkeyPatch, system: str, language: str = "en") -> str:
    """Return what the doctor says on another system, after whether nothing is missing."""
    recording = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", system)
        complete = examine_machine(Console(file=recording, width=200), Translator(language))
    return f"{complete} {recording.getvalue()}"


def test_requirements_are_held_against_what_is_there() -> None:
    asked = (
        "rich>=13.7",
        "rich>=999",
        "no-such-package>=1 ; python_version >= '3'",
        "not-for-this-python ; python_version < '3'",
        "only-with-an-extra ; extra == 'cluster'",
        "no requirement at all !!",
    )
    rich = find_version("rich")
    assert find_missing_requirements(asked) == (
        MissingRequirement("rich>=999", "rich", ">=999", rich),
        MissingRequirement("no-such-package>=1", "no-such-package", ">=1", ""),
    )


def test_a_build_under_another_name_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(installation.SAME, "no-such-package", ("rich",))
    assert find_missing_requirements(["no-such-package>=1"]) == ()


def test_what_the_package_asks_for_is_met_here() -> None:
    asked = installation.read_requirements()
    assert asked
    assert find_missing_requirements(asked) == ()


def test_an_import_without_end_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "endless.py").write_text("while True: pass")
    monkeypatch.setattr(installation, "IMPORT_SECONDS", 0.5)
    monkeypatch.setattr(installation, "IMPORTED", {"endless": "endless"})
    assert installation.find_import_failure({"PYTHONPATH": str(tmp_path)}) == ("endless", "no answer within 0.5 s")
