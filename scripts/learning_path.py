"""Write `docs/learning-path.md` from the learning path and the task sheets: `python -m scripts.learning_path`."""

from collections.abc import Iterator
from pathlib import Path

from grader.authoring.learning_path import PathPart, read_learning_path
from grader.core.course import Course

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "learning-path.md"
HEAD = """# The learning path

The exercises in the order in which they are best done: about how many hours each takes a student, and which
exercises it builds on. `grader list` prints the same. This page is made from `exercises/learning_path.toml` by
`make learning-path`.
"""


def render_page() -> str:
    """Return the page: a section with a table for each part of the course."""
    course = Course(ROOT)
    path, problems = read_learning_path(course)
    assert not problems, problems
    total = sum(exercise.hours for exercise in path.exercises())
    sections = (_render_part(part, course) for part in path.part)
    return "\n".join([HEAD, *sections, f"Together: {len(path.exercises())} exercises, about {total} hours.\n"])


def _render_part(part: PathPart, course: Course) -> str:
    return "\n".join([f"## {part.title.en}\n", *_render_rows(part, course), ""])


def _render_rows(part: PathPart, course: Course) -> Iterator[str]:
    yield "| exercise | what it is | hours | builds on |"
    yield "|---|---|---|---|"
    for exercise in part.exercise:
        sheet = (course.folder / "exercises" / exercise.name / "task.md").read_text("utf-8")
        title = next(line for line in sheet.splitlines() if line.startswith("# ")).removeprefix("# ")
        after = ", ".join(f"`{name}`" for name in exercise.after) or "–"
        yield f"| `{exercise.name}` | {title} | {exercise.hours} | {after} |"


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
