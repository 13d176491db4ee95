"""Write `docs/vocabulary.md` from the docstrings of the public API: `python -m scripts.vocabulary`."""

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import rubric
from grader.rubric import checks, data

PAGE = Path(__file__).resolve().parent.parent / "docs" / "vocabulary.md"
HEAD = """# The vocabulary of rubrics

All that a rubric is written with, an example each: `grader.rubric`, `grader.rubric.checks` family by family,
`grader.rubric.data`. This page is made from the docstrings by `make vocabulary`; without it, `python -m pydoc
grader.rubric.checks.Accuracy` shows the same.

Parameters that many checks share: `function` is the name of the student's function, as the task sheet calls it.
`training` says how the network is built and trained (a `Training`), `networks` are several of them. `classes`
is how many classes there are, and `limit_seconds` how long one call may take. `seal` is set by the examiner, and
rubrics leave it out: arguments and data are drawn from its secret.
"""
SHARED = frozenset({"function", "training", "networks", "classes", "limit_seconds", "seal"})


def find_public_names() -> Iterator[tuple[ModuleType, str]]:
    """Yield every public name with its module: what all rubrics need first, then checks, then data."""
    for module in (rubric, checks, data):
        for name in sorted(module.__all__, key=lambda name: _place(module, name)):
            yield module, name


def render_page() -> str:
    """Return the page: a section for each family, in it a part for each public name."""
    families: dict[str, list[str]] = {}
    for module, name in find_public_names():
        public_object = getattr(module, name)
        family = public_object.__module__ if module is checks else module.__name__
        families.setdefault(family, []).append(_entry(name, public_object))
    sections = [HEAD]
    for family, entries in families.items():
        sections.append(f"## {_first_sentence(inspect.getdoc(sys.modules[family]) or '')}\n")
        sections += entries
    return "\n".join(sections)


def _place(module: ModuleType, name: str) -> tuple[bool, str, int]:
    """Return what to sort by: what all networks need first, then by module, then as the source has them."""
    public_object = getattr(module, name)
    return public_object is not checks.Training, public_object.__module__, inspect.getsourcelines(public_object)[1]


def _entry(name: str, public_object: Any) -> str:
    prose, _, example = (inspect.getdoc(public_object) or "").partition(">>> ")
    code = re.sub(r"^(>>>|\.\.\.) ?", "", f">>> {example}".strip(), flags=re.MULTILINE)
    signature = f"{name}({', '.join(format_parameters(public_object))})"
    return f"### `{name}`\n\n`{signature}`\n\n{prose.strip()}\n\n```python\n{code}\n```\n"


def format_parameters(public_object: Any) -> Iterator[str]:
    """Yield the parameters as they may be written, each with its default, but those that only the grader sets."""
    fields = dataclasses.fields(public_object) if dataclasses.is_dataclass(public_object) else ()
    internal = {field.name for field in fields if field.metadata.get("internal")}
    for parameter in inspect.signature(public_object).parameters.values():
        if parameter.name in internal:
            continue
        default = parameter.default
        # What is made anew for each is not worth showing; a class shows as its name.
        has_plain_default = default is not parameter.empty and not repr(default).startswith("<")
        yield f"{parameter.name}={default!r}" if has_plain_default else parameter.name


def _first_sentence(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split()).rstrip(".")


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
