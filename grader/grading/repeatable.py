"""Find out, without running it, whether a submission may read what is not its own text: files, clocks of files.

Only then may an answer, or a run of one of its steps, be used again for the same code. Whatever is not known to be
harmless counts as reading.
"""

import ast

from grader.core.syntax_trees import is_main_guard, parse_or_none
from grader.protocol.submission import Submission

# What is installed for submissions, in versions that are part of each key, and what does nothing there.
PACKAGES = frozenset(
    {"numpy", "pandas", "scipy", "sklearn", "tensorflow", "keras", "matplotlib", "mpl_toolkits", "IPython", "tqdm"}
    | {"seaborn", "google", "ipywidgets", "grader"}
)
# Modules of Python that read no files, run no other code, and lead to neither.
_HARMLESS_MODULES = frozenset(
    {
        "__future__",
        "abc",
        "array",
        "bisect",
        "calendar",
        "cmath",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
    }
    | {"datetime", "decimal", "enum", "fractions", "functools", "hashlib", "heapq", "itertools", "json", "logging"}
    | {"math", "numbers", "operator", "os", "pprint", "random", "re", "statistics", "string", "struct", "sys"}
    | {"textwrap", "time", "typing", "unicodedata", "warnings"}
)
_READING_NAMES = frozenset(
    {"__builtins__", "__file__", "__import__", "__loader__", "__spec__", "breakpoint", "compile", "delattr"}
    | {"eval", "exec", "getattr", "globals", "locals", "open", "setattr", "vars", "get_ipython"}
)
_READING_ATTRIBUTES = frozenset(
    {"BackupAndRestore", "CheckpointManager", "DataSource", "FontProperties", "addfont", "deserialize", "fetch"}
    | {"file_io", "fromfile", "genfromtxt", "get_data_home", "get_file", "gfile", "imread", "memmap", "meta_path"}
    | {"modules", "open", "open_code", "open_memmap", "path_hooks", "rc_file", "read", "readlines", "recfromtxt"}
    | {"restore"}
)
_READING_BEGINNINGS = ("read_", "load", "fetch_", "audio_dataset", "image_dataset", "text_dataset", "list_files")
_READING_PARTS = ("RecordDataset", "TextLineDataset", "csv", "from_directory", "from_file", "fromregex")
_HARMLESS_LOADERS = frozenset(
    {"load_breast_cancer", "load_diabetes", "load_digits", "load_iris", "load_linnerud", "load_wine"}
)
_HARMLESS_INNER_NAMES = frozenset({"__call__", "__init__", "__name__", "__version__"})
_OF_OS = frozenset({"environ", "getenv", "putenv", "cpu_count", "linesep", "sep"})
_OF_SYS = frozenset({"version", "version_info", "maxsize", "float_info", "stdout", "stderr", "platform", "exit"})


def reads_nothing_else(submission: Submission) -> bool:
    """Return whether what a submission does depends on nothing but its own text and the installed packages."""
    trees = [parse_or_none(unit.source) for unit in submission.units]
    return all(is_closed(node) for tree in trees if tree is not None for node in tree.body)


def is_closed(statement: ast.stmt) -> bool:
    """Return whether a statement, with all functions in it, reads nothing but names and installed packages."""
    return is_main_guard(statement) or not any(map(_may_read, ast.walk(statement)))


def _may_read(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(not _is_known_module(alias.name) for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            from_system = module in {"os", "sys"}
            return (
                level > 0
                or module is None
                or not _is_known_module(module)
                or any(_is_reading_attribute(alias.name) for alias in names)
                or (from_system and any(alias.name not in _OF_OS | _OF_SYS for alias in names))
            )
        case ast.Attribute(value=ast.Name(id="os"), attr=attribute):
            return attribute not in _OF_OS
        case ast.Attribute(value=ast.Name(id="sys"), attr=attribute):
            return attribute not in _OF_SYS
        case ast.Attribute(attr=attribute):
            return _is_reading_attribute(attribute)
        case ast.Name(id=name):
            return name in _READING_NAMES
        case ast.Constant(value=str(text)):
            return text.endswith(".mplstyle")
        case _:
            return False


def _is_known_module(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES | _HARMLESS_MODULES


def _is_reading_attribute(name: str) -> bool:
    if name in _HARMLESS_LOADERS:
        return False
    is_inner = name.startswith("__") and name.endswith("__") and name not in _HARMLESS_INNER_NAMES
    is_reading = name.startswith(_READING_BEGINNINGS) or any(part in name for part in _READING_PARTS)
    return name in _READING_ATTRIBUTES or is_reading or is_inner
