"""Make each `submission.ipynb` from the `submission.py` beside it.

The `.py` file (jupytext percent format) is the source; the notebook is never edited by hand. The same source
always gives the same bytes, so that a check can tell whether a notebook is up to date.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.core.course import COURSE_FOLDERS, Course

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def make_notebook(source: str) -> str:
    """Return the notebook for a source in jupytext percent format, as JSON text (nbformat 4.5, no outputs)."""
    import jupytext  # half a second of imports
    import nbformat
    from nbformat.v4 import new_notebook

    cells = jupytext.reads(source, fmt="py:percent").cells
    for number, cell in enumerate(cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return text if text.endswith("\n") else text + "\n"


def find_sources(course: Course, exercises: Iterable[str]) -> Iterator[Path]:
    """Yield the `submission.py` of each exercise and of its reference, as far as the files exist."""
    for exercise in exercises:
        for room in COURSE_FOLDERS:
            source = course.folder / room / exercise / "submission.py"
            if source.is_file():
                yield source


def is_up_to_date(source: Path) -> bool:
    """Return whether the notebook beside a source exists and has the same content. Raises `UnicodeDecodeError`."""
    notebook = source.with_suffix(".ipynb")
    return notebook.is_file() and notebook.read_text("utf-8") == make_notebook(source.read_text("utf-8"))


def write_notebook(source: Path) -> None:
    """Write the notebook beside a source. Raises `OSError` and `UnicodeDecodeError`."""
    notebook = make_notebook(source.read_text(encoding="utf-8"))
    source.with_suffix(".ipynb").write_text(notebook, encoding="utf-8", newline="\n")
