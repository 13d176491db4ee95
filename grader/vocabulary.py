"""Writes `docs/vocabulary.md` from the docstrings of the checks: `python -m grader.vocabulary`."""

import inspect
import re
import sys
from pathlib import Path

from grader import checks

PAGE = Path(__file__).resolve().parent.parent / "docs" / "vocabulary.md"
HEAD = """# The vocabulary of rubrics

All of `grader.checks`, family by family, with an example each. Functions are called as the task sheet calls them.
This page is made from the docstrings of the checks by `make vocabulary`.
"""


def page() -> str:
    """Return the page: a section for each module, in it a part for each of its public names."""
    families: dict[str, list[str]] = {}
    for name in sorted(checks.__all__, key=_place):
        families.setdefault(getattr(checks, name).__module__, []).append(name)
    sections = [HEAD]
    for module, names in families.items():
        sections.append(f"## {_first_sentence(inspect.getdoc(sys.modules[module]) or '')}\n")
        sections += [_entry(name) for name in names]
    return "\n".join(sections)


def _place(name: str) -> tuple[bool, str, int]:
    """Return what to sort by: what all networks need first, then by module, then as the source has them."""
    kind = getattr(checks, name)
    return kind is not checks.Training, kind.__module__, inspect.getsourcelines(kind)[1]


def _entry(name: str) -> str:
    text = inspect.getdoc(getattr(checks, name)) or ""
    prose, _, example = text.partition(">>> ")
    code = re.sub(r"^(>>>|\.\.\.) ?", "", f">>> {example}".strip(), flags=re.MULTILINE)
    return f"### `{name}`\n\n{prose.strip()}\n\n```python\n{code}\n```\n"


def _first_sentence(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split()).rstrip(".")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
