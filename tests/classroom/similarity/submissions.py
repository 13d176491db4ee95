"""A class's submissions, some of them alike, for the tests of the search for likeness and of its page."""

import ast
import hashlib
import re

from grader.protocol.submission import Markdown, Submission, Unit
from grader.submission.reader import read
from tests.helpers.paths import ROOT

EXERCISES = ("digits", "linear_regression", "logistic_regression", "metric_cheat_sheet", "model_styles", "wine")


def script(code: str, name: str = "submission.py") -> Submission:
    """Return a .py file as it is read."""
    return Submission(
        name, hashlib.sha256(code.encode("utf-8", "replace")).hexdigest(), "script", (Unit(code, code),)
    )


def notebook(cells: list[str]) -> Submission:
    """Return a notebook as it is read, with text between its cells."""
    units = tuple(Unit(code, code, number) for number, code in enumerate(cells, 1))
    sha256 = hashlib.sha256("\0".join(cells).encode("utf-8", "replace")).hexdigest()
    return Submission("submission.ipynb", sha256, "notebook", units, (Markdown("# Words", 1),))


def stub(exercise: str = "digits") -> Submission:
    """Return what students start from."""
    return read(ROOT / "exercises" / exercise / "submission.py")


def right(exercise: str = "digits") -> dict[str, Submission]:
    """Return the reference and its right variants, which were written apart."""
    folder = ROOT / "reference" / exercise
    return {file.stem: read(file) for file in (folder / "submission.py", *sorted(folder.glob("variants/right*")))}


def code(name: str = "right_subclassed") -> str:
    """Return one solution of the digits."""
    return (ROOT / "reference" / "digits" / "variants" / f"{name}.py").read_text()


def renamed(code: str) -> str:
    """Return a copy with other names for every variable and parameter, other comments, docstrings and layout."""
    tree = ast.parse(code)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} - {"self"}
    for number, name in enumerate(sorted(names)):
        code = re.sub(rf"(?<![\w.\"'@]){name}(?![\w\"'])", f"meine_{number}", code)
    code = re.sub(r"(?m)^(\s*)(def .*:)$", r'\1# Das ist von mir.\n\1\2\n\1    """Ich."""\n', code)
    return "\n\n# anders\n" + code.replace("    ", "  ")


def reordered(code: str) -> str:
    """Return a copy with its functions in the opposite order."""
    imports = [node for node in ast.parse(code).body if not isinstance(node, ast.FunctionDef)]
    functions = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]
    return "\n\n".join(ast.get_source_segment(code, node) or "" for node in (*imports, *reversed(functions)))


def as_notebook(code: str) -> Submission:
    """Return a copy as a notebook, one function per cell."""
    return notebook([ast.get_source_segment(code, node) or "" for node in ast.parse(code).body])
