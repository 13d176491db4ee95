"""However the grader is installed, no rubric, formula, maker of labels or secret can be read inside.

From a wheel, as the action installs it, from a checkout that is installed in place, and from Gradescope's zip.
What is in the memory of a submission's process is the same for all: see test_visibility.py and test_wheel.py.
"""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.helpers.environments import built, environment, folder_for_everyone
from tests.helpers.paths import END_TO_END_COURSE, ROOT
from tests.helpers.view_from_inside import look

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")


class Installation(NamedTuple):
    """An environment with the grader in it, and the courses that it grades with."""

    python: Path
    courses: tuple[Path, ...]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    return built(tmp_path_factory.mktemp("dist"))


def install_wheel(folder: Path, wheel: Path) -> Installation:
    """Install the wheel, which brings its own course, with another course below the environment."""
    home = folder / "home"
    environment(home)
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin/python"), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)], check=True, timeout=60)
    course = home / "share" / "course"  # where all can be read that is not hidden
    shutil.copytree(END_TO_END_COURSE, course)
    write_secret(course)
    return Installation(home / "bin/python", (course,))


def install_as_the_action(folder: Path, wheel: Path) -> Installation:
    """Install what pip makes of the checkout of the action, and have the course of a base commit beside it."""
    steps = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    script = next(step["run"] for step in steps if step["name"] == "Install the grader")
    assert script.rstrip().endswith('--no-deps --no-build-isolation "$ACTION"')  # a wheel, made of the same files
    installed = install_wheel(folder, wheel)
    base = folder / "base"
    shutil.copytree(END_TO_END_COURSE, base)
    write_secret(base)
    return Installation(installed.python, (*installed.courses, base))


def write_secret(course: Path) -> None:
    """Write a secret that every user of the machine may read, so that nothing but the walls hides it."""
    (course / "private").mkdir()
    (course / "private" / "secret").write_text("0" * 64)


def install_in_place(folder: Path, _: Path) -> Installation:
    """Install a checkout in place, as pip does with its own: below the environment, where all can be read."""
    home = folder / "home"
    packages = environment(home)
    checkout = home / "src" / "keras-grader"
    checkout.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(checkout)], input=archive, check=True)
    (checkout / ".git").mkdir()
    (checkout / ".git" / "packed").write_text("all that ever was in it")
    for package in ("grader", "reports"):  # as it is here, with what is not committed
        shutil.copytree(ROOT / package, checkout / package, dirs_exist_ok=True)
    (packages / "checkout.pth").write_text(f"{checkout}\n")
    write_secret(checkout)  # the course that such an installation has when none is named
    return Installation(home / "bin/python", ())


def install_on_gradescope(folder: Path, _: Path) -> Installation:
    """Do as setup.sh does with the zip."""
    packages = environment(folder / "home")
    command = [sys.executable, "-m", "grader", "gradescope", "functions", "--course", str(END_TO_END_COURSE)]
    subprocess.run([*command, "--out", str(folder / "zip")], check=True, capture_output=True, timeout=60)
    source = folder / "source"
    with zipfile.ZipFile(folder / "zip") as archive:
        archive.extractall(source)
    shutil.copytree(source / "program", packages, dirs_exist_ok=True)
    return Installation(folder / "home/bin/python", (source / "course",))


WAYS = (install_wheel, install_as_the_action, install_in_place, install_on_gradescope)


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def installation(request: pytest.FixtureRequest, wheel: Path) -> Iterator[Installation]:
    """Install in one of the ways."""
    way: Callable[[Path, Path], Installation] = request.param
    with folder_for_everyone() as folder:
        yield way(folder, wheel)


def test_no_rubric_formula_label_or_secret_can_be_read_inside(installation: Installation) -> None:
    view = look(installation.python, installation.courses, "-P")
    for name in ("/rubric.py", "/grader/rubric/checks/", "/grader/rubric/data/", "/grader/evidence/"):
        assert any(name in path for path in view.outside), name  # so there is something to find
    assert any(path.endswith("/private/secret") for path in view.outside)
    assert (view.inside, view.missing) == ([], [])
    assert view.inside_container == []
    assert "mount_namespace" in view.missing_in_container
