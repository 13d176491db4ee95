"""Counts the names that `docs/glossary.md` asks not to use: `python -m tests.documents.forbidden_names`.

Run as a program, it writes `forbidden_names.json`. Do so when names became fewer; a test refuses more of them.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.helpers.paths import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
ALLOWED = Path(__file__).with_suffix(".json")
FOLDERS = ("grader", "reports")
BY_MEANING = frozenset({"claim"})
"""Right in one meaning and wrong in others, which a program cannot tell."""


def forbidden_words(page: str) -> set[str]:
    """Return the words in the glossary's second table that must not be names."""
    table = page.split("## Words that we do not use")[1]
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) - BY_MEANING


def bound_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Return each name that a module gives to something, with its line: variables, parameters, functions, classes.

    A class or an import alias counts with a capital letter, too: `Found` is no better than `found`.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.alias(asname=str(name)):
                yield name, node.lineno
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno


def forbidden_places(words: set[str]) -> Iterator[tuple[str, str]]:
    """Return each forbidden name in the code, with its place."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for name, line in bound_names(ast.parse(file.read_text("utf-8"))):
                if (word := name.strip("_").lower()) in words:
                    yield word, f"{file.relative_to(ROOT)}:{line}"


def count_forbidden(words: set[str]) -> Mapping[str, int]:
    """Return how often each forbidden word is a name."""
    return Counter(word for word, _ in forbidden_places(words))


if __name__ == "__main__":
    counted = count_forbidden(forbidden_words(GLOSSARY.read_text("utf-8")))
    ALLOWED.write_text(json.dumps(counted, indent=2, sort_keys=True) + "\n", encoding="utf-8")
