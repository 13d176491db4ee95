"""Find the reason in the message of an exception: Keras and TensorFlow wrap it in pages of their own.

Every pattern here is linear in the length of the text, for messages are claims; see `MAX_MESSAGE` of the child.
"""

import re

MAX_REASON = 500  # characters

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WRAPPER = re.compile(r"Exception encountered when calling [^\n]{1,200}\n\s*")
_ARGUMENTS = re.compile(r"\n\s*(?:Arguments received by|Call arguments received by) [^\n]*\n.*", re.DOTALL)
# Lines that say where in TensorFlow something happened.
_BOILERPLATE = re.compile(
    r"^\s*(?:"
    r"Graph execution error:?|Detected at node.*|Stack trace for op definition:.*|File \".*|<stack traces.*"
    r"|\d+ root error\(s\) found\.|\d+ successful operations\.|\d+ derived errors ignored\.|Original stack trace.*"
    r"|tf2xla conversion failed.*|The aliases was originally deprecated.*|https?://\S*|; NodeDef:.*"
    r")\s*$"
)
_INLINE = re.compile(
    r"\s*\[\[\{\{node [^\]\n]{0,500}\]\]|\{\{function_node [^}\n]{0,300}\}\}\s*"
    r"|\s*\[Op:[^\]\n]{0,200}\](?: name:[^\n]{0,100})?|^\s*\(\d\)\s+[A-Z_]+:\s*",
    re.MULTILINE,
)
# The installation's paths, as import errors and Python's own messages quote them.
_PATH = re.compile(r"\s*\((?:/|[A-Za-z]:\\)[^()\n]{0,300}\)|\s*\(unknown location\)")
# The folder that a run has for its files, which is another one each time.
_RUN_FOLDER = re.compile(
    r"(?:/[^/\s'\"=]{1,100}){1,6}?/grader-runs-[^/\s'\"]{1,100}/(?:tmp\w{1,20}/)?(?:grader-folders/)?"
    r"|(?:/[^/\s'\"=]{1,100}){1,6}?/grader-folders/"
)
_ADVICE_TO_INSTALL = re.compile(
    r"[^.\n]{0,200}\b(?:pip|conda|apt(?:-get)?) install\b[^.\n]{0,200}(?:\.[^.\n]{1,20})?\.?"
)
_ARRAY_START = re.compile(r"\[\[?\s*-?\d")
_TRAINER = re.compile(r"\b(?:TensorFlow)?Trainer\.(?=\w+\(\))")  # the class of Keras in which fit and compile are
_LONGEST_ARRAY = 60  # characters that are shown of an array


def find_reason(message: str) -> str:
    """Return the innermost useful sentence of an exception's message, on one line, at most `MAX_REASON` long."""
    text = _COLOUR.sub("", message)
    *_outer, text = _WRAPPER.split(text)
    text = _ARGUMENTS.sub("", text)
    text = _INLINE.sub("", text)
    lines = [line for line in text.split("\n") if not _BOILERPLATE.match(line)]
    text = _shorten_arrays("\n".join(lines))
    text = _ADVICE_TO_INSTALL.sub("", _PATH.sub("", _RUN_FOLDER.sub("", text)))
    # `sizes.'x' sizes: 90` lacks the space of a new line in Keras itself.
    text = re.sub(r"\.'(?=\w+' sizes:)", ". '", text)
    text = _TRAINER.sub("model.", " ".join(text.split()))
    return text if len(text) <= MAX_REASON else text[: MAX_REASON - 1].rstrip() + "…"


def _shorten_arrays(text: str) -> str:
    """Return the text with long arrays cut after their first numbers."""
    parts, position = [], 0
    while (start := _ARRAY_START.search(text, position)) is not None:
        depth, end = 0, start.start()
        for end in range(start.start(), len(text)):
            depth += {"[": 1, "]": -1}.get(text[end], 0)
            if depth == 0:
                break
        array = text[start.start() : end + 1]
        parts += [text[position : start.start()], array]
        if len(array) > _LONGEST_ARRAY:
            parts[-1] = array[:_LONGEST_ARRAY].rsplit(maxsplit=1)[0].rstrip(",") + " …]"
        position = end + 1
    return "".join((*parts, text[position:]))
