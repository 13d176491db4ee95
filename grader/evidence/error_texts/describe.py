"""Describe an exception in one sentence: what happened, and how to mend it."""

import re
from collections.abc import Callable, Mapping

from grader.core.datasets import FileState, read_states
from grader.core.i18n import Words, _
from grader.evidence.error_texts.names import NAMES
from grader.evidence.error_texts.old_names import explain_old_name
from grader.evidence.error_texts.rule import RaisedError, apply_rules, read_error
from grader.evidence.error_texts.shapes import SHAPES
from grader.evidence.error_texts.slips import SLIPS
from grader.evidence.error_texts.syntax import SYNTAX
from grader.evidence.error_texts.values import VALUES
from grader.protocol.evidence import ExceptionFacts

_DOWNLOAD_ERRORS = re.compile(
    r"URL fetch failure|urlopen|getaddrinfo|Temporary failure in name resolution|HTTPSConnection|Max retries"
)
# '{{node net/matmul}} = MatMul[T=DT_FLOAT](...)': an operation in TensorFlow's own notation.
_NODE = re.compile(r"'\{\{node [^}]{0,300}\}\} = (\w+)\[[^\]]{0,500}\]\([^)']{0,500}\)'")
_DISK_ERRORS = re.compile(r"No space left on device|File too large")
# Methods of Keras 2, for which the hint on old code has a successor.
_OLD_METHODS = re.compile(r"no attribute '(?:predict_classes|predict_proba|(?:fit|evaluate|predict)_generator)'")
# Classes of libraries, whose attributes a student does not set.
_LIBRARY_CLASSES = frozenset(
    {"Axes", "Bunch", "DataFrame", "Dense", "EagerTensor", "Figure", "Functional", "History", "KerasTensor"}
    | {"Model", "Sequential", "Series", "StandardScaler", "SymbolicTensor", "Tensor", "Variable"}
)
# Of objects with a name in capitals and small letters, as classes of one's own have them.
_ATTRIBUTE = re.compile(r"^AttributeError: '([A-Z]\w*)' object has no attribute '([a-z]\w*)'$")


def summarize_exception(exception: ExceptionFacts) -> str:
    """Return type and reason of an exception on one line, as Python prints them, without a full stop."""
    return _NODE.sub(r"\1", read_error(exception).text).rstrip(". ")


def _error_without_stop(error: RaisedError) -> str:
    return error.reason.rstrip(".?")


def _describe_dataset(text: str) -> Words:
    """Return what to do about a data set that a submission wanted to load: the exception says what there is."""
    name, state = next(iter(read_states(text)), ("", FileState.ABSENT))
    if state is FileState.PARTIAL:
        return _(
            "the data set {name} is only half downloaded. Go on once, outside of the grader: grader data fetch "
            "{name}",
            name=name,
        )
    if state is FileState.DAMAGED:
        return _(
            "the file of the data set {name} is damaged: its checksum is wrong. Fetch it again: grader data fetch "
            "{name}",
            name=name,
        )
    if state is FileState.UNREADABLE:
        return _(
            "the file of the data set {name} cannot be read by you. grader data list shows where it lies.",
            name=name,
        )
    return _(
        "the data set {name} is not on this machine, and there is no network here. Fetch it once, outside of the "
        "grader: grader data fetch {name}",
        name=name,
    )


_BY_TYPE: Mapping[str, Callable[[RaisedError], Words]] = {
    "SyntaxError": lambda e: _(
        "this is not Python: {error}. Look at this line and the one before.", error=_error_without_stop(e)
    ),
    "RecursionError": lambda _unused: _(
        "a function calls itself without end (RecursionError). Give it a case in which it stops."
    ),
    "MemoryError": lambda e: _(
        "there is not enough memory ({error}). Look for an array that is far larger than the data.",
        error=e.text.rstrip("."),
    ),
    "SystemExit": lambda _unused: _(
        "it called exit(), quit() or sys.exit(). Return a value instead; the grader calls more functions after "
        "this one."
    ),
    "KeyboardInterrupt": lambda _unused: _(
        "it raised KeyboardInterrupt, which only a person at the keyboard should do. Remove that line."
    ),
    "InputUnavailableError": lambda _unused: _(
        "it asked for keyboard input with input(), but nobody can type here. Take the value from the arguments."
    ),
    "DatasetMissingError": lambda e: _describe_dataset(e.text),
    "EagerModeNeededError": lambda e: _(
        "it called {function}, which turns eager execution off. That is a mode of TensorFlow 1 in which Keras 3 "
        "can neither train nor predict. Remove that line.",
        function=_error_without_stop(e),
    ),
}


def describe_exception(exception: ExceptionFacts) -> Words:
    """Return what happened, in a sentence that begins in lower case or with the exception's name."""
    error = read_error(exception)
    summary = error.text.rstrip(". ")
    if _DOWNLOAD_ERRORS.search(exception.message):
        return _(
            "it tried to download something, but there is no network here ({error}). Use the data that is "
            "handed to the function, or scikit-learn's own.",
            error=summary,
        )
    if "SyntaxError" in exception.bases and (words := apply_rules(SYNTAX, error)) is not None:
        return words
    for base in exception.bases:
        if base in _BY_TYPE:
            return _BY_TYPE[base](error)
    if "ModuleNotFoundError" in exception.bases:
        return _missing_module(error)
    if (words := apply_rules((*SHAPES, *NAMES, *SLIPS, *VALUES), error)) is not None:
        return words
    if "OSError" in exception.bases and _DISK_ERRORS.search(exception.message):
        return _("{error}. There is room for small files only: write less, or nothing at all.", error=summary)
    if "BlockingIOError" in exception.bases or "PermissionError" in exception.bases:
        return _(
            "{error}. Inside the grader a submission may read the course's data and write into its current "
            "folder, but use no network and start no programs.",
            error=summary,
        )
    return _suggest_name(error)


def _missing_module(error: RaisedError) -> Words:
    summary = _error_without_stop(error)
    similar = error.facts.similar
    if "'tf'" in summary or "'tf." in summary:
        return _(
            "{error}. tf is only the short name that `import tensorflow as tf` gives. Import from keras: "
            "from keras import layers.",
            error=summary,
        )
    if similar and explain_old_name(error.facts) is None:
        return _("{error}. Did you mean {similar}?", error=summary, similar=similar)
    if re.search(r"No module named '(?:keras|tensorflow|sklearn|numpy|matplotlib|pandas)\.", summary):
        return _("{error}. This part does not exist in the version that is installed.", error=summary)
    return _(
        "{error}. Only what the course uses is installed: NumPy, pandas, scikit-learn, TensorFlow, Keras, "
        "matplotlib and Python itself.",
        error=summary,
    )


def _suggest_name(error: RaisedError) -> Words:
    """Return the exception as it is, with the name that may have been meant."""
    summary, similar = error.text.rstrip(". "), error.facts.similar
    if explain_old_name(error.facts) is not None or _OLD_METHODS.search(summary):
        return _("{error}.", error=summary)  # a hint says what it is called today
    own = _ATTRIBUTE.search(error.text)
    is_own = own is not None and own[1] not in _LIBRARY_CLASSES
    if own is not None and is_own and not similar:
        return _(
            "{error}. If {kind} is a class of yours: is self.{name} set in its __init__, under this very name?",
            error=summary,
            kind=own[1],
            name=own[2],
        )
    if similar:
        return _("{error}. Did you mean {similar}?", error=summary, similar=similar)
    return _("{error}.", error=summary)
