"""Make each `submission.ipynb` from the `submission.py` beside it: `python -m exercises.notebooks`.

The `.py` file (jupytext percent format) is the source; the notebook is never edited by hand. The same source
always gives the same bytes, so that a check can tell whether a notebook is up to date.
"""

from pathlib import Path

import jupytext
import nbformat
from nbformat.v4 import new_notebook

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook_from(source: str) -> str:
    """The notebook for a source in jupytext percent format, as JSON text (nbformat 4.5, no outputs)."""
    cells = jupytext.reads(source, fmt="py:percent").cells
    for number, cell in enumerate(cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return text if text.endswith("\n") else text + "\n"


def main() -> None:
    """Write the notebook of every exercise and every reference solution."""
    course = Path(__file__).resolve().parent.parent
    for room in ("exercises", "reference"):
        for source in sorted(course.glob(f"{room}/*/submission.py")):
            notebook = notebook_from(source.read_text(encoding="utf-8"))
            source.with_suffix(".ipynb").write_text(notebook, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
