"""The glossary: each term once and in order, names that exist, and no names in the code that say nothing."""

import ast
import json
import re
from collections import Counter

import pytest

from tests.documents.forbidden_names import (
    ALLOWED,
    FOLDERS,
    GLOSSARY,
    bound_names,
    count_forbidden,
    forbidden_places,
    forbidden_words,
)
from tests.helpers.paths import ROOT

PAGE = GLOSSARY.read_text("utf-8")
TERMS, UNUSED = PAGE.split("## Words that we do not use")
ROWS = re.findall(r"^\| ([^|`]+) \| ([^|]+) \| ([^|]*)\|$", TERMS, re.MULTILINE)[1:]
WORDS = forbidden_words(PAGE)


def top_level_names() -> set[str]:
    """Return every name that a module of the program defines at its top: classes, functions, aliases."""
    names: set[str] = set()
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.ClassDef | ast.FunctionDef):
                    names.add(node.name)
                elif isinstance(node, ast.Assign):
                    names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def test_every_row_of_the_glossary_is_read() -> None:
    assert len(ROWS) > 80
    assert len(ROWS) == len(re.findall(r"^\| ", TERMS, re.MULTILINE)) - 1


def test_every_term_is_defined_once_and_in_the_order_of_the_alphabet() -> None:
    terms = [term.strip().lower() for term, _, _ in ROWS]
    assert [term for term, count in Counter(terms).items() if count > 1] == []
    assert terms == sorted(terms)


def test_every_definition_says_something() -> None:
    assert [term for term, meaning, _ in ROWS if len(meaning.split()) < 4] == []


def test_every_class_that_the_glossary_names_exists() -> None:
    named = {name for *_, code in ROWS for name in re.findall(r"`(\w+)`", code)}
    assert len(named) > 40
    assert named - top_level_names() == set()


def test_a_word_that_is_not_used_is_no_term() -> None:
    assert WORDS
    assert WORDS & {term.strip().lower() for term, _, _ in ROWS} == set()


def test_no_new_name_of_the_code_is_a_word_that_says_nothing() -> None:
    """Names from before the glossary are counted in a file. The numbers may only fall."""
    allowed = json.loads(ALLOWED.read_text("utf-8"))
    more = {word: count for word, count in count_forbidden(WORDS).items() if count > allowed.get(word, 0)}
    places = {word: [place for name, place in forbidden_places(WORDS) if name == word] for word in more}
    assert more == {}, f"say what it is instead, see docs/glossary.md: {places}"


def test_the_list_of_old_names_is_no_longer_than_it_has_to_be() -> None:
    allowed = json.loads(ALLOWED.read_text("utf-8"))
    assert allowed == count_forbidden(WORDS), "run `python -m tests.documents.forbidden_names`"


@pytest.mark.parametrize(
    "code",
    [
        "told = 1",
        "told: int",
        "def told(): ...",
        "def f(told): ...",
        "def f(*, told=1): ...",
        "class Told: ...",
        "class A:\n    told: int",
        "for told in (): ...",
        "from m import x as told",
        "self.told = 1",
        "_told = 1",
    ],
)
def test_a_name_is_found_wherever_it_is_given(code: str) -> None:
    assert {name.strip("_").lower() for name, _ in bound_names(ast.parse(code))} >= {"told"}


def test_a_name_that_is_only_used_is_not_counted() -> None:
    assert list(bound_names(ast.parse("told.x(told)"))) == []


@pytest.mark.parametrize("word", ["canary", "crew", "workshop"])
def test_the_documents_use_no_private_word(word: str) -> None:
    pages = {ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")} - {GLOSSARY}
    links = re.compile(r"\]\([^)]*\)")
    texts = {path.name: links.sub("", path.read_text("utf-8")) for path in pages}
    assert [name for name, text in texts.items() if re.search(rf"\b{word}\b", text, re.IGNORECASE)] == []
