"""Build the student bundle: task sheets and stubs of each exercise, and which versions to install."""

from pathlib import Path

from grader import __version__
from grader.authoring.release import pinned_versions
from grader.authoring.release.archives import Files, PackingError
from grader.authoring.release.solution_leaks import refuse_leaks
from grader.core.course import SHIPPED_FOLDER, Course
from grader.core.i18n import Translator, _

SHEETS = ("task.md", "task.de.md")
STUBS = ("submission.py", "submission.ipynb")
GERMAN = "deutsch"  # folder of the German stubs: what is handed in has the same name in both languages
READMES = {"README.md": "en", "README.de.md": "de"}
REQUIREMENTS = "requirements.txt"


def build_bundle(course: Course) -> Files:
    """Return the files of the bundle.

    Raises:
        PackingError: A sheet, a stub or a package is missing or cannot be read.
        LeakError: A stub holds a line of its solution.
    """
    names = course.exercises()
    files: dict[str, bytes] = {}
    for name in names:
        folder = course.folder / "exercises" / name
        for file in (*SHEETS, *STUBS):
            files[f"{name}/{file}"] = _read_file(folder / file, name)
        german = _list_german_stubs(course, name)
        files |= {f"{name}/{GERMAN}/{stub}": _read_file(path, name) for stub, path in german.items()}
        handout = course.list_handout(name)
        places = (name, f"{name}/{GERMAN}") if german else (name,)  # each stub finds the files beside itself
        files |= {f"{place}/{path.name}": _read_file(path, name) for path in handout for place in places}
        programs = (path for path in handout if path.suffix in {".py", ".ipynb"})
        for path in (*(folder / stub for stub in STUBS), *german.values(), *programs):
            refuse_leaks(path, course.folder / "reference" / name)
    for file, language in READMES.items():
        files[file] = render_readme(course, Translator(language)).encode()
    files[REQUIREMENTS] = (_requirements_header() + pinned_versions.make_student_requirements()).encode()
    return files


def _list_german_stubs(course: Course, exercise: str) -> dict[str, Path]:
    """Return the German stubs of an exercise, by the names that they are given out under."""
    folder = course.folder / "exercises" / exercise
    paths = {stub: folder / stub.replace(".", ".de.", 1) for stub in STUBS}
    return {stub: path for stub, path in paths.items() if path.is_file()}


def find_uncompared_exercises(course: Course) -> tuple[str, ...]:
    """Return the exercises whose stubs could be compared with no solution, because none is there."""
    return tuple(
        name
        for name in course.exercises()
        if not any((course.folder / "reference" / name / stub).is_file() for stub in STUBS)
    )


def render_readme(course: Course, translate: Translator) -> str:
    """Return the first steps as Markdown."""
    sheet = "task.de.md" if translate.language == "de" else "task.md"
    names = course.exercises()
    first = names[0]
    is_german = translate.language == "de" and bool(_list_german_stubs(course, first))
    place = f"{first}/{GERMAN}" if is_german else first
    install = ["python -m venv .venv", f"python -m pip install -r {REQUIREMENTS}", _install_grader()]
    activate = [
        ". .venv/bin/activate          # Linux, macOS",
        ".venv\\Scripts\\activate        # Windows",
    ]
    parts = [
        "# " + translate(_("Exercises with Keras")),
        "\n".join(f"- [{name}]({name}/{sheet})" for name in names),
        "## " + translate(_("Install, once")),
        translate(_("You need Python 3.11, 3.12 or 3.13. In a terminal, in this folder:")),
        _code_block(install[0], *activate, *install[1:]),
        translate(
            _(
                "{file} names the versions that the grader runs with: with others, a network may come out "
                "differently. If the last line finds nothing, your instructor has the file to install.",
                file=f"`{REQUIREMENTS}`",
            )
        ),
        "## " + translate(_("Work")),
        translate(
            _(
                "Each folder holds the task sheet and the file to write in, as {script} and as {notebook}: both "
                "ask for the same, use the one that you like better. Check it as often as you want; what is not "
                "written yet counts as not attempted:",
                script="`submission.py`",
                notebook="`submission.ipynb`",
            )
        ),
        _code_block(*(f"grader check {first} {place}/{stub}" for stub in STUBS)),
        *_naming_german_stubs(translate, is_german=is_german),
        *_checking_elsewhere(course, translate),
        "## " + translate(_("Hand in")),
        translate(_("Hand in that one file, under the same name, where your instructor told you to.")),
    ]
    return "\n\n".join(parts) + "\n"


def _naming_german_stubs(translate: Translator, *, is_german: bool) -> list[str]:
    if not is_german:
        return []
    return [
        translate(
            _("With German comments, both files are in the folder {folder} of an exercise.", folder=f"`{GERMAN}`")
        )
    ]


def _checking_elsewhere(course: Course, translate: Translator) -> list[str]:
    """Return what to say where the installed grader does not hold these exercises."""
    if course.folder.resolve() == SHIPPED_FOLDER:
        return []
    return [
        translate(
            _(
                "The grader needs the rubrics of this course for that. If your instructor gives out the course's "
                "folder, name it with {option}; if not, the check comes after you have handed in.",
                option="`--course`",
            )
        )
    ]


def _code_block(*lines: str) -> str:
    return "\n".join(f"    {line}" for line in lines)


def _install_grader() -> str:
    return f"python -m pip install {pinned_versions.PROJECT}=={__version__}"


def _requirements_header() -> str:
    return "# The versions that the grader runs with. For Python 3.11, 3.12 and 3.13; see README.md.\n"


def _read_file(path: Path, exercise: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PackingError(
            _(
                "Exercise {exercise} has no {file}, and students need it. Write it, or make the notebook from "
                "the .py file.",
                exercise=exercise,
                file=path.name,
            )
        ) from None
    except OSError as error:
        raise PackingError(
            _(
                "{file} of exercise {exercise} cannot be read ({reason}).",
                exercise=exercise,
                file=path.name,
                reason=error.strerror or type(error).__name__,
            )
        ) from None
