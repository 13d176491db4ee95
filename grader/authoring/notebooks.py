"""Make each `submission.ipynb` from the `submission.py` beside it.

The `.py` file (jupytext percent format) is the source; the notebook is never edited by hand. The same source
always gives the same bytes, so that a check can tell whether a notebook is up to date.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from grader.core.course import COURSE_FOLDERS, STUBS, Course

# What a script's introduction says about checking, and the functions that a cell defines.
_COMMAND = re.compile(r"grader check (\w+) submission\.py")
_FUNCTION = re.compile(r"^def (\w+)\(", re.MULTILINE)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def make_notebook(source: str) -> str:
    """Return the notebook for a source in jupytext percent format, as JSON text (nbformat 4.5, no outputs).

    In that of a stub, which tells how to check it, a cell below each task checks that task.
    """
    import jupytext  # half a second of imports
    import nbformat
    from nbformat.v4 import new_notebook

    cells = jupytext.reads(source, fmt="py:percent").cells
    if (told := _COMMAND.search(source)) is not None:
        cells = list(_add_checks(cells, told[1]))
    for number, cell in enumerate(cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return text if text.endswith("\n") else text + "\n"


def _add_checks(cells: Iterable[Any], exercise: str) -> Iterator[Any]:
    """Yield the cells of a stub, each that defines functions followed by one that checks them."""
    from nbformat.v4 import new_code_cell

    is_imported = False
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = _COMMAND.sub(r'check("\1")', cell.source)
        yield cell
        if cell.cell_type != "code":
            continue
        if not is_imported:
            is_imported = True
            yield new_code_cell("from grader import check  # to install it: %pip install keras-grader")
        if functions := _FUNCTION.findall(cell.source):
            names = ", ".join(f'"{name}"' for name in (exercise, *functions))
            yield new_code_cell(f"check({names})")


def find_sources(course: Course, exercises: Iterable[str]) -> Iterator[Path]:
    """Yield the stubs of each exercise and the `submission.py` of its reference, as far as the files exist."""
    for exercise in exercises:
        for room in COURSE_FOLDERS:
            for name in (stub for stub in STUBS if stub.endswith(".py")):
                source = course.folder / room / exercise / name
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
