"""Read a student's file into a plain record; nothing of it is run.

A `Submission` is data: it is encoded as JSON and sent into the sandbox, where each `Unit` is compiled and run.
What cannot be graded raises `UnreadableSubmission` with one sentence for the student.
"""

import codecs
import hashlib
import io
import re
import tokenize
from pathlib import Path

import msgspec

from grader.core import safe_files
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Message, _
from grader.protocol.submission import Markdown, Submission, Unit
from grader.submission import ipython_commands, notebook
from grader.submission.check_cells import leave_out_checks

__all__ = ["Markdown", "Submission", "Unit", "UnreadableSubmission", "read"]

MAX_CODE_BYTES = 5_000_000  # of a .py file, and of all the code in a notebook
MAX_NOTEBOOK_BYTES = 20_000_000  # pictures and other outputs are stored in it
MAX_RECORD_BYTES = 14_000_000  # of the record as JSON; the wall lets 16 MiB through, the plan included
MAX_CELLS = 2_000
MAX_LINE = 100_000  # characters

# Encodings that a .py file may declare instead of UTF-8. Python knows many more; some of them are no encodings of
# text, or take time by the square of the length.
ENCODINGS = frozenset({"utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252", "mac-roman"})

# Pictures that some editors write into the text of a Markdown cell.
_EMBEDDED = re.compile(r"data:image/[\w.+-]{1,30};base64,[A-Za-z0-9+/=]*+")


def read(path: Path) -> Submission:
    """Read a .py or .ipynb file. Nothing of it is run.

    Raises `UnreadableSubmission` for everything that cannot be graded.
    """
    name = safe_files.build_valid_name(path)
    file = safe_files.resolve_file(path)
    suffix = path.suffix.lower()
    if suffix not in (".py", ".ipynb"):
        raise UnreadableSubmission(
            _("{name} is not a .py or .ipynb file. Hand in a Python file or a notebook.", name=name)
        )
    limit = MAX_CODE_BYTES if suffix == ".py" else MAX_NOTEBOOK_BYTES
    data = safe_files.read_file(file, limit)
    if isinstance(data, int):
        raise UnreadableSubmission(_too_large(name, data, limit))
    text = _text(data, name, suffix)
    if not text.strip():
        raise UnreadableSubmission(
            _("{name} is empty. Save your work in the editor, then hand the file in again.", name=name)
        )
    sha256 = hashlib.sha256(data).hexdigest()
    if suffix == ".py":
        _require_code(text, name, None)
        submission = Submission(name, sha256, "script", (Unit(ipython_commands.remove_from_script(text), text),))
    else:
        units, markdown = _cells(_notebook(text, name), name)
        submission = Submission(name, sha256, "notebook", units, markdown)
    if (size := len(msgspec.json.encode(submission))) > MAX_RECORD_BYTES:
        raise UnreadableSubmission(_too_large(name, size, MAX_RECORD_BYTES))
    return submission


def _too_large(name: str, size: int, limit: int) -> Message:
    megabytes, most = -(-size // 1_000_000), limit // 1_000_000
    if limit == MAX_NOTEBOOK_BYTES:
        return _(
            "{name} is {megabytes} MB long; at most {most} MB are read. Clear all outputs in Jupyter and save it.",
            name=name,
            megabytes=megabytes,
            most=most,
        )
    return _(
        "{name} holds {megabytes} MB of code and text; at most {most} MB are read. Load data and pictures from "
        "files instead of writing them into the program.",
        name=name,
        megabytes=megabytes,
        most=most,
    )


def _text(data: bytes, name: str, suffix: str) -> str:
    encoding = _declared(data, name) if suffix == ".py" else "utf-8"
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableSubmission(
            _("{name} is not text in UTF-8: line {line} cannot be read. Save it as UTF-8.", name=name, line=line)
        ) from None
    return _normalise_line_ends(text)


def _declared(data: bytes, name: str) -> str:
    """Return the encoding that a Python file declares (PEP 263); UTF-8 where it says nothing."""
    try:
        declared, _unused = tokenize.detect_encoding(io.BytesIO(data).readline)
        encoding = codecs.lookup(declared).name
    except (SyntaxError, LookupError):
        # Python raises the same for an unknown name and for first lines that are not UTF-8.
        encoding = "unknown" if _is_utf8(data) else "utf-8"
    if encoding not in ENCODINGS:
        raise UnreadableSubmission(
            _(
                "{name} declares an encoding that the grader does not read. Remove that line (one of the first "
                "two) and save the file as UTF-8.",
                name=name,
            )
        )
    return encoding


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _normalise_line_ends(text: str) -> str:
    """Bring line ends to what Python counts: both Windows' and old Macs' become a newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _require_code(code: str, name: str, cell: int | None) -> None:
    """Refuse what no editor makes, and what neither the reader nor a report can cope with."""
    zero = code.find("\0")
    if zero >= 0:
        place = _place(name, cell, code.count("\n", 0, zero) + 1)
        raise UnreadableSubmission(
            _("{place} holds a NUL character: the file is damaged. Type that line again.", place=place)
        )
    for line, text in enumerate(code.split("\n"), 1):
        if len(text) > MAX_LINE:
            raise UnreadableSubmission(
                _(
                    "{place} has {length} characters; at most {most} are read. Load data from files instead of "
                    "writing it into the program.",
                    place=_place(name, cell, line),
                    length=len(text),
                    most=MAX_LINE,
                )
            )


def _place(name: str, cell: int | None, line: int) -> Message:
    if cell is None:
        return _("Line {line} of {name}", name=name, line=line)
    return _("Line {line} in code cell {cell} of {name}", name=name, cell=cell, line=line)


def _notebook(text: str, name: str) -> notebook.Notebook:
    try:
        content = notebook.parse_notebook(text)
    except notebook.NotANotebookError as error:
        raise UnreadableSubmission(_not_a_notebook(error.fault, name)) from None
    if content.version not in notebook.VERSIONS:
        refusal = _(
            "{name} is a notebook of format {version}; formats 2 to 4 are read. Open it in a current Jupyter and "
            "save it again.",
            name=name,
            version=content.version,
        )
    elif not content.language.lower().startswith(("python", "ipython")):
        refusal = _(
            "{name} is written for the language {language}, but Python is expected. Choose a Python kernel in "
            "Jupyter and save it again.",
            name=name,
            language=content.language[:50],
        )
    elif len(content.cells) > MAX_CELLS:
        refusal = _(
            "{name} has {count} cells; at most {most} are read. Remove cells that you do not need.",
            name=name,
            count=len(content.cells),
            most=MAX_CELLS,
        )
    elif not any(is_code and source.strip() for is_code, source in content.cells):
        refusal = _("{name} has no code. Write your solution into code cells and save the notebook.", name=name)
    else:
        return content
    raise UnreadableSubmission(refusal)


def _not_a_notebook(fault: notebook.NotebookFault, name: str) -> Message:
    if fault == "syntax":
        return _(
            "{name} is not valid JSON, as a notebook must be: it is damaged or cut off. Open it in Jupyter, save "
            "it and hand it in again.",
            name=name,
        )
    if fault == "depth":
        return _("{name} is nested too deeply for a notebook. Make a new one and copy your cells.", name=name)
    return _(
        "{name} holds data, but is not a notebook. Save your work in Jupyter as .ipynb, or hand in a .py file.",
        name=name,
    )


def _cells(content: notebook.Notebook, name: str) -> tuple[tuple[Unit, ...], tuple[Markdown, ...]]:
    without_commands = ipython_commands.CommandRemover()
    units: list[Unit] = []
    markdown: list[Markdown] = []
    number = size = 0
    for is_code, source in content.cells:
        text = _normalise_line_ends(source)
        if not is_code:
            markdown.append(Markdown(_EMBEDDED.sub("data:", text), number))
            continue
        number += 1
        if not text.strip():
            continue
        size += len(text.encode())
        if size > MAX_CODE_BYTES:
            raise UnreadableSubmission(_too_large(name, size, MAX_CODE_BYTES))
        _require_code(text, name, number)
        try:
            units.append(Unit(without_commands(text), text, number))
        except ipython_commands.TooMuchWorkError:
            raise UnreadableSubmission(_too_much_work(name, number)) from None
    return leave_out_checks(units), tuple(markdown)


def _too_much_work(name: str, cell: int) -> Message:
    return _(
        "Code cell {cell} of {name} is too long to take its IPython commands out. Put lines that begin with % or "
        "! into a cell of their own.",
        name=name,
        cell=cell,
    )
