"""What students get: complete, pinned, in one piece, and with no line of a solution."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.release import archives
from grader.authoring.release.archives import PackingError
from grader.authoring.release.gradescope.bundle import build_autograder
from grader.authoring.release.gradescope.settings import Settings, Visibility
from grader.authoring.release.solution_leaks import LeakError, refuse_leaks
from grader.authoring.release.student_bundle import build_bundle, find_uncompared_exercises, render_readme
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator
from tests.helpers.commands import run_here
from tests.helpers.paths import ROOT

SHIPPED = Course(ROOT)
# By its name in the bundle, each file of an exercise.
PER_EXERCISE = {
    **{name: name for name in ("task.md", "task.de.md", "submission.py", "submission.ipynb")},
    "deutsch/submission.py": "submission.de.py",
    "deutsch/submission.ipynb": "submission.de.ipynb",
}
SHORT = 12  # characters without spaces: shorter lines are in every program
SAID = {"model.build((None,n_features))"}  # by a task sheet, as a hint
LONG = 24  # nobody writes such a line twice by chance, not even as a part of another one

SOLUTION = '''"""A solution."""
import numpy as np

LARGEST = 16


def scale(x):
    """Scale."""
    return np.asarray(x) / LARGEST


def table():
    rows = [1, 2, 3]
    return rows
'''
STUB = '''import numpy as np


def scale(x):
    """Scale."""
    raise NotImplementedError


def table():
    raise NotImplementedError
'''
LEAKED = "    return np.asarray(x) / LARGEST"


def notebook(*cells: dict[str, Any], **fields: Any) -> str:
    """Return a notebook as JSON."""
    return json.dumps({"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | fields)


def code(source: str, **fields: Any) -> dict[str, Any]:
    """Return a code cell."""
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None} | fields


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """Return a course of one exercise, with its solution and a variant."""
    folder = tmp_path / "course" / "exercises" / "one"
    folder.mkdir(parents=True)
    (folder / "rubric.py").write_text("THRESHOLD = 0.9317\n")
    (folder / "submission.py").write_text(STUB)
    (folder / "submission.ipynb").write_text(notebook(code(STUB)))
    for sheet in ("task.md", "task.de.md"):
        (folder / sheet).write_text("# Task\n")
    (folder / "data.txt").write_text("for the rubric only")
    solutions = tmp_path / "course" / "reference" / "one" / "variants"
    solutions.mkdir(parents=True)
    (solutions.parent / "submission.py").write_text(SOLUTION)
    (solutions / "wrong.py").write_text("def scale(x):\n    return x * np.float64(3)\n")
    return Course(tmp_path / "course")


def stub(course: Course, name: str = "submission.py") -> Path:
    """Return the file of a stub."""
    return course.folder / "exercises" / "one" / name


def leak(course: Course) -> str:
    """Return why the course is not released."""
    with pytest.raises(LeakError) as refused:
        build_bundle(course)
    return Translator("en")(refused.value.text)


# What is in it


def test_the_bundle_holds_sheets_stubs_first_steps_and_versions_and_nothing_else() -> None:
    files = build_bundle(SHIPPED)
    assert set(files) == {"README.md", "README.de.md", "requirements.txt"} | {
        f"{name}/{file}" for name in SHIPPED.exercises() for file in PER_EXERCISE
    } | {f"transfer_learning/{place}base.npz" for place in ("", "deutsch/")}
    for name in SHIPPED.exercises():
        for file, source in PER_EXERCISE.items():
            assert files[f"{name}/{file}"] == (ROOT / "exercises" / name / source).read_bytes()


def test_what_is_handed_out_besides_lies_beside_each_stub(course: Course) -> None:
    folder = course.folder / "exercises" / "one"
    (folder / "handout" / "more").mkdir(parents=True)
    (folder / "handout" / "points.csv").write_text("1")
    (folder / "submission.de.py").write_text(STUB)
    files = build_bundle(course)
    assert {name for name in files if name.endswith((".csv", ".txt")) and "/" in name} == {
        "one/points.csv",
        "one/deutsch/points.csv",
    }
    (folder / "handout" / "tools.py").write_text(SOLUTION)
    assert "tools.py" in leak(course)


def test_the_first_steps_are_told_in_both_languages() -> None:
    english, german = (render_readme(SHIPPED, Translator(language)) for language in ("en", "de"))
    for text in (english, german):
        assert "pip install -r requirements.txt" in text
    assert "grader check calibration calibration/submission.py" in english
    assert "(digits/task.md)" in english
    assert "(digits/task.de.md)" in german
    assert "grader check calibration calibration/deutsch/submission.py" in german
    assert "`deutsch`" in german
    assert "deutsch" not in english
    assert "--course" not in english


def test_of_another_course_it_is_said_that_the_grader_needs_its_rubrics(course: Course) -> None:
    assert "`--course`" in render_readme(course, Translator("en"))


def test_the_versions_are_those_that_are_installed_here_for_every_system() -> None:
    lines = build_bundle(SHIPPED)["requirements.txt"].decode().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    for package in ("keras", "numpy", "scikit-learn", "matplotlib", "pandas"):
        assert f"{package}=={metadata.version(package)}" in pins
    tensorflow = [pin for pin in pins if pin.startswith("tensorflow")]
    project = (ROOT / "pyproject.toml").read_text()
    assert len(tensorflow) == 2
    for pin in tensorflow:
        name, marker = pin.split("==")[0], pin.split(" ; ")[1]
        assert f"{name}>=2.18; {marker}" in project.replace('"', "")


# In one piece


def test_a_folder_and_a_zip_hold_the_same_and_the_zip_is_the_same_each_time(tmp_path: Path) -> None:
    assert run_here("release", tmp_path / "deep" / "out", folder=ROOT).exit_code == 0
    for name in ("a.zip", "B.ZIP"):
        done = run_here("release", tmp_path / name, folder=ROOT)
        assert done.exit_code == 0, done.stderr
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "B.ZIP").read_bytes()
    folder = {
        path.relative_to(tmp_path / "deep" / "out").as_posix(): path.read_bytes()
        for path in (tmp_path / "deep" / "out").rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == folder
    assert sorted(done.stdout.split()) == sorted(folder)
    assert {path.name for path in tmp_path.iterdir()} == {"deep", "a.zip", "B.ZIP"}
    assert {path.name for path in (tmp_path / "deep").iterdir()} == {"out"}


def test_an_empty_folder_is_filled_and_can_be_read_by_others(tmp_path: Path, course: Course) -> None:
    target = tmp_path / "out"
    target.mkdir(mode=0o700)
    archives.write_folder(build_bundle(course), target)
    assert target.stat().st_mode & 0o777 == 0o755
    assert (target / "one" / "task.md").stat().st_mode & 0o777 == 0o644


def test_nothing_is_written_over(tmp_path: Path, course: Course) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "file.zip").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "full")
    before = {path.name for path in tmp_path.iterdir()}
    for name, said in (
        ("full", "is not empty"),
        ("file", "is no folder"),
        ("link", "is no folder"),
        ("file.zip", "is already there"),
        ("file/below", "cannot be written"),
        ("file/below.zip", "cannot be written"),
    ):
        done = run_here("release", tmp_path / name, "--course", course.folder, folder=tmp_path)
        assert done.exit_code == ExitCode.USAGE
        assert said in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} == before
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


@pytest.mark.parametrize("missing", sorted(name for name in PER_EXERCISE if "/" not in name))
def test_an_exercise_that_lacks_something_is_named_and_nothing_is_written(
    missing: str, tmp_path: Path, course: Course
) -> None:
    stub(course, missing).unlink()
    done = run_here("release", tmp_path / "out", "--course", course.folder, folder=tmp_path)
    assert done.exit_code == ExitCode.USAGE
    assert f"Exercise one has no {missing}" in done.stderr
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_read_is_named(course: Course) -> None:
    stub(course, "task.md").unlink()
    stub(course, "task.md").mkdir()
    with pytest.raises(PackingError, match="cannot be read"):
        build_bundle(course)


def test_a_course_without_exercises_is_refused(tmp_path: Path) -> None:
    done = run_here("release", tmp_path / "out", "--course", tmp_path, folder=tmp_path)
    assert done.exit_code == ExitCode.USAGE
    assert "There are no exercises" in done.stderr
    assert not (tmp_path / "out").exists()


# Stubs that hold a solution


def test_a_stub_is_released_with_what_it_shares_with_the_solution_of_necessity(course: Course) -> None:
    assert set(build_bundle(course)) >= {"one/submission.py"}
    assert find_uncompared_exercises(course) == ()


def test_a_stub_with_the_solution_in_it_is_refused_with_the_line(tmp_path: Path, course: Course) -> None:
    stub(course).write_text(SOLUTION)
    done = run_here("release", tmp_path / "out", "--course", course.folder, folder=tmp_path)
    assert done.exit_code == ExitCode.USAGE
    assert "one/submission.py, line 4, has a line of one/submission.py: LARGEST = 16" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "line",
    [
        LEAKED,
        "#     return np.asarray(x)/LARGEST",
        ">>> return np.asarray( x ) / LARGEST   # so",
        "    rows = [1, 2, 3]",
        "    return x * np.float64(3)",
    ],
)
def test_a_line_is_found_however_it_is_set_off(line: str, course: Course) -> None:
    stub(course).write_text(STUB + "\n\n" + line + "\n")
    assert f"line {STUB.count(chr(10)) + 3}, has a line of" in leak(course)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (notebook(code(STUB), code("x = 1\n" + LEAKED.strip())), "cell 2, line 2"),
        (notebook(code(STUB), {"cell_type": "markdown", "metadata": {}, "source": [LEAKED]}), "cell 2, line 1"),
        (notebook(code(STUB, metadata={"solution": LEAKED})), "outside of its cells"),
        (notebook(code(STUB), metadata={"solution": {LEAKED: 1}}), "outside of its cells"),
        (notebook(code(STUB, outputs=[{"output_type": "stream", "text": ["1797"]}])), "outputs or attachments"),
        (notebook(code(STUB, attachments={"a.png": {"image/png": "aaaa"}})), "outputs or attachments"),
        (notebook(code("%matplotlib inline\n" + LEAKED)), "cell 1, line 2"),
        ("[]", "is not a notebook"),
        ("{", "is not a notebook"),
    ],
)
def test_a_notebook_is_looked_through_to_the_last_corner(text: str, said: str, course: Course) -> None:
    stub(course, "submission.ipynb").write_text(text)
    assert said in leak(course)


def test_a_solution_that_is_a_notebook_counts(course: Course) -> None:
    (course.folder / "reference" / "one" / "submission.py").unlink()
    (course.folder / "reference" / "one" / "submission.ipynb").write_text(notebook(code("%time\n" + SOLUTION)))
    stub(course).write_text(STUB + LEAKED)
    assert "submission.ipynb" in leak(course)


def test_a_german_stub_is_compared_as_well(course: Course) -> None:
    stub(course, "submission.de.py").write_text(STUB + LEAKED)
    assert "submission.de.py" in leak(course)


def test_a_solution_that_cannot_be_read_stops_the_release(course: Course) -> None:
    (course.folder / "reference" / "one" / "variants" / "right.py").write_bytes(b"\xff\xfe\x00")
    assert "right.py cannot be read" in leak(course)


def test_lines_that_are_given_on_purpose_say_so(course: Course) -> None:
    given = STUB + '\n\ndef table():  # given\n    """Rows."""\n    rows = [1, 2, 3]\n    return rows\n'
    stub(course).write_text(given + "LARGEST = 16  # Given: the largest grey value\n")
    stub(course, "submission.ipynb").write_text(notebook(code(given)))
    assert build_bundle(course)
    stub(course).write_text(given + LEAKED.strip() + "\n")
    assert "np.asarray" in leak(course)


def test_a_solution_line_made_to_be_seen_wrongly_is_shown_harmlessly(course: Course) -> None:
    line = "secret = '\u202eevil\u2066 answer'"
    (course.folder / "reference" / "one" / "submission.py").write_text(line + "\n")
    stub(course).write_text(STUB + line + "\n")
    assert "\u202e" not in leak(course)


def test_without_a_solution_it_is_said_that_nothing_was_compared(tmp_path: Path, course: Course) -> None:
    shutil.rmtree(course.folder / "reference")
    done = run_here("release", tmp_path / "out", "--course", course.folder, folder=tmp_path)
    assert done.exit_code == 0
    assert "Not compared with a solution" in done.stderr
    assert "one" in done.stderr


# No line of a reference, a variant or a judgement got in: searched for without the code that refuses leaks


def bare(line: str) -> str:
    """Return a line without spaces."""
    return "".join(line.split())


def texts(name: str, data: bytes) -> Iterator[str]:
    """Return everything that can be read in a file: its bytes, a notebook's strings, the members of a zip."""
    yield data.decode("utf-8", "replace")
    if name.endswith(".ipynb"):
        yield from strings(json.loads(data))
    if name.endswith(".zip"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from texts(member, archive.read(member))


def strings(value: Any) -> Iterator[str]:
    """Return all strings of a JSON value; what is a list of lines, also as one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value))
        yield from strings(list(value.values()))
    elif isinstance(value, list):
        yield "\n".join(entry for entry in value if isinstance(entry, str))
        for entry in value:
            yield from strings(entry)


@cache
def secrets() -> dict[str, Path]:
    """Return each line of solutions, variants, rubrics and checks that is in no stub, without its spaces."""
    stubs = "\n".join(bare(file.read_text("utf-8")) for file in ROOT.glob("exercises/*/submission.py"))
    found = {}
    for pattern in ("reference/**/*", "exercises/*/rubric.py", "grader/rubric/checks/**/*.py"):
        for path in ROOT.glob(pattern):
            if path.suffix not in (".py", ".ipynb", ".toml"):
                continue
            for line in (bare(line) for text in sources(path) for line in text.splitlines()):
                common = line in stubs or line in SAID or line.startswith(("#", '"', "import", "from"))
                if len(line) >= SHORT and not common:
                    found[line] = path
    return found


def sources(path: Path) -> list[str]:
    """Return the code of a file: of a notebook that of its code cells."""
    if path.suffix != ".ipynb":
        return [path.read_text("utf-8")]
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def found_in(files: archives.Files) -> set[str]:
    """Return the secrets that are in a bundle: as a line of their own, or within another one if they are long."""
    everything = [text for name, data in files.items() for text in texts(name, data)]
    lines = {bare(line) for text in everything for line in text.splitlines()}
    joined = "\n".join(map(bare, everything))
    return {line for line in secrets() if line in lines or (len(line) >= LONG and line in joined)}


def test_no_line_of_a_solution_or_a_judgement_is_in_the_bundle() -> None:
    assert len(secrets()) > 5000
    assert found_in(build_bundle(SHIPPED)) == set()
    assert found_in({"all.zip": archives.make_zip(build_bundle(SHIPPED))}) == set()


@pytest.mark.parametrize(
    "planted",
    [
        {"digits/submission.py": (ROOT / "reference/digits/submission.py").read_bytes()},
        {"digits/submission.ipynb": (ROOT / "reference/digits/submission.ipynb").read_bytes()},
        {"digits/helper.py": next((ROOT / "reference/digits/variants").glob("wrong*.py")).read_bytes()},
        {"digits/rubric.py": (ROOT / "exercises/digits/rubric.py").read_bytes()},
        {"x.py": (ROOT / "grader/rubric/checks/functions/splits.py").read_bytes()},
        {
            "x.ipynb": notebook(
                metadata={"hidden": ["    return np.bincount(y,\n", " minlength=N_CLASSES)"]}
            ).encode()
        },
        {
            "x.zip": archives.make_zip(
                {"y.zip": archives.make_zip({"z": b"return np.bincount(y, minlength=N_CLASSES)"})}
            )
        },
    ],
    ids=["solution", "notebook", "variant", "rubric", "check", "metadata", "zip in a zip"],
)
def test_a_planted_leak_would_be_found(planted: dict[str, bytes]) -> None:
    if "x.zip" in planted:
        inner = zipfile.ZipFile(BytesIO(planted["x.zip"])).read("y.zip")
        planted = {"x.zip": archives.make_zip({"y.zip": inner})}
    assert found_in(dict(build_bundle(SHIPPED)) | planted)


@pytest.mark.parametrize("exercise", SHIPPED.exercises())
def test_the_command_itself_refuses_each_shipped_stub_that_was_overwritten(exercise: str) -> None:
    for file in ("submission.py", "submission.ipynb"):
        with pytest.raises(LeakError):
            refuse_leaks(ROOT / "reference" / exercise / file, ROOT / "reference" / exercise)


def test_the_autograder_holds_no_solution() -> None:
    settings = Settings(exercise="digits", language="en", visibility=Visibility.VISIBLE)
    files, _ = build_autograder(SHIPPED, "digits", settings)
    files = {name: data for name, data in files.items() if "exercise_templates" not in name}  # exercises of nobody
    solutions = {line for line, path in secrets().items() if "reference" in path.parts}
    everything = {bare(line) for name, data in files.items() for t in texts(name, data) for line in t.splitlines()}
    reference = {bare(line) for line in (ROOT / "reference/digits/submission.py").read_text("utf-8").splitlines()}
    assert not {line for line in solutions & reference & everything if len(line) > 30}
    assert not any("reference" in name.split("/") for name in files)
