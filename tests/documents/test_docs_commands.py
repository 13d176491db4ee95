"""The documents and the program agree: commands, options, checks, walls, reasons, exit codes, links, examples."""

import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

from grader import rubric
from grader.commands.app import app
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.protocol.evidence import StopReason
from grader.protocol.plan import Limits
from grader.protocol.verdict import Status
from grader.rubric import Rubric, checks, data
from grader.sandbox.walls.enter import WALLS
from scripts import learning_path, vocabulary
from scripts.translations import extract_sentences
from tests.helpers.paths import ROOT

DOCS = ROOT / "docs"
FOR_PEOPLE = (
    "students.md",
    "instructors.md",
    "classes.md",
    "review.md",
    "feedback.md",
    "privacy.md",
    "classroom50.md",
    "policies.md",
    "rubric-authors.md",
    "ci.md",
    "tutorial.md",
    "packing.md",
    "troubleshooting.md",
)
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md")))
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]

# Explained once instead of with each command.
OF_EVERY_COMMAND = frozenset({"--verbose", "--log-file"})

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"(?:\$ )?(?:\.venv/bin/)?(grader [^\n]*)")


def page(name: str) -> str:
    """Return the text of a document."""
    return (DOCS / name).read_text("utf-8")


def name_of(path: Path) -> str:
    """Return what a test's id calls a document."""
    return path.relative_to(ROOT).as_posix()


def options() -> Iterator[tuple[str, str]]:
    """Return every option of the program as (command, option); the program's own belong to no command."""
    root: Any = typer.main.get_command(app)
    # Of a group, such as `data`, those of its commands.
    parts = [(name, c) for name, made in COMMANDS.items() for c in getattr(made, "commands", {"": made}).values()]
    for command, parameters in [("", root.params), *((name, c.params) for name, c in parts)]:
        for parameter in parameters:
            for option in parameter.opts:
                if option.startswith("--"):
                    yield command, option


def command_lines() -> Iterator[tuple[str, str]]:
    """Return every line of the documents that calls the program, as (document, line)."""
    for path in PAGES:
        text = path.read_text("utf-8")
        fenced = [line.strip() for _, block in _FENCE.findall(text) for line in block.splitlines()]
        indented = [line.strip() for line in text.splitlines() if line.startswith("    ")]
        inline = [" ".join(code.split()) for code in _CODE.findall(_FENCE.sub("", text))]
        for line in dict.fromkeys((*fenced, *indented, *inline)):
            if found := _COMMAND.match(line):
                yield name_of(path), found[1]


def words_of(line: str) -> list[str]:
    """Return the arguments of a command line, up to a comment or whatever else the shell does with it."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.wordchars += "$:"
    words = []
    for word in lexer:
        if set(word) <= set("();<>|&"):
            break
        words.append(word)
    return words[1:]


def blocks(name: str, language: str) -> list[str]:
    """Return the code blocks of one language in a document."""
    return [block for kind, block in _FENCE.findall(page(name)) if kind == language]


def first_column(name: str) -> list[str]:
    """Return the code that stands in the first column of a document's tables."""
    return re.findall(r"^\| `(\w+)` \|", page(name), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command: str) -> None:
    assert any(f"grader {command}" in page(name) for name in FOR_PEOPLE)


# Options that every command has are explained once.
COMMON = {"--verbose", "--log-file"}


def test_what_every_command_has_is_explained_once_and_every_command_has_it() -> None:
    assert all({option for name, option in options() if name == command} >= COMMON for command in ("", *COMMANDS))
    assert any(set(re.findall(r"--[\w-]+", page(name))) >= COMMON for name in FOR_PEOPLE)


@pytest.mark.parametrize(("command", "option"), sorted({each for each in options() if each[1] not in COMMON}))
def test_every_option_is_explained_where_its_command_is(command: str, option: str) -> None:
    named = re.compile(re.escape(option) + r"(?![\w-])")
    pages = [page(name) for name in FOR_PEOPLE if f"grader {command}".strip() in page(name)]
    pages += [page("troubleshooting.md")] if option in OF_EVERY_COMMAND else []
    assert any(named.search(text) for text in pages)


def test_the_documents_call_the_program() -> None:
    assert len({line for _, line in command_lines()}) > 10


@pytest.mark.parametrize(("document", "line"), sorted(set(command_lines())))
def test_every_command_line_of_the_documents_parses(document: str, line: str) -> None:
    name, *arguments = words_of(line)
    if name.startswith("-"):
        assert name in {option for command, option in options() if not command}
        return
    assert name in COMMANDS, f"{document}: no such command"
    if not arguments or "--help" in arguments:
        return  # only named, not called
    COMMANDS[name].make_context(name, arguments)


def test_a_command_line_that_is_wrong_would_be_found() -> None:
    with pytest.raises(Exception, match="--nonsense"):
        COMMANDS["check"].make_context("check", words_of("grader check digits a.py --nonsense 1"))


def test_the_vocabulary_is_made_from_the_docstrings() -> None:
    assert page("vocabulary.md") == vocabulary.render_page(), "run `make vocabulary`"


def test_the_page_of_the_learning_path_has_every_exercise() -> None:
    assert page("learning-path.md") == learning_path.render_page(), "run `make learning-path`"
    assert set(re.findall(r"^\| `(\w+)`", page("learning-path.md"), re.MULTILINE)) == set(Course(ROOT).exercises())


PUBLIC = {name: getattr(module, name) for module, name in vocabulary.find_public_names()}


def test_the_vocabulary_is_all_that_is_public() -> None:
    assert sorted(PUBLIC) == sorted((*rubric.__all__, *checks.__all__, *data.__all__))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_has_a_sentence_and_an_example_that_runs(name: str) -> None:
    signature, sentence, *_ = page("vocabulary.md").split(f"### `{name}`\n\n")[1].split("\n\n")
    assert signature.startswith(f"`{name}(")
    assert sentence[0].isupper() or sentence[0] == "`"
    example = page("vocabulary.md").split(f"### `{name}`\n\n")[1].split("```python\n")[1].split("```")[0]
    exec(compile(example, name, "exec"), {**PUBLIC, "np": np, "__file__": "rubric.py"})
    assert f"{name}(" in example


@pytest.mark.parametrize("name", PUBLIC)
def test_every_parameter_is_explained(name: str) -> None:
    prose = (inspect.getdoc(PUBLIC[name]) or "").split(">>>")[0]
    explained = " ".join(_CODE.findall(prose))
    head = " ".join(_CODE.findall(page("vocabulary.md").split("\n## ")[0]))
    assert all(shared in head for shared in vocabulary.SHARED)
    written = {parameter.partition("=")[0] for parameter in vocabulary.format_parameters(PUBLIC[name])}
    parameters = written - vocabulary.SHARED
    assert not [one for one in parameters if not re.search(rf"\b{one}\b", explained)]


def test_the_example_rubric_is_a_rubric_and_all_examples_are_python() -> None:
    made = []
    for block in blocks("rubric-authors.md", "python"):
        names: dict[str, object] = {"__name__": "example"}
        exec(compile(block, "rubric-authors.md", "exec"), names)
        made += [value for value in names.values() if isinstance(value, Rubric)]
    assert len(made) == 1


def test_the_example_rubric_lists_the_limits_as_they_are() -> None:
    shown = re.findall(r"`(\w+)`\s+\((\d+)", page("rubric-authors.md").split("- `limits`")[1].split("- Checks")[0])
    limits = Limits()
    assert {name: float(value) for name, value in shown} == {
        name: float(getattr(limits, name)) for name in limits.__struct_fields__
    }


def test_the_messages_explained_to_students_are_messages_of_the_program() -> None:
    said = "\n".join(str(message.id) for message in extract_sentences())
    table = page("students.md").split("## What messages mean")[1].split("## ")[0]
    cells = re.findall(r"^\| (?!the message|-)(.+?) \|", table, re.MULTILINE)
    parts = [part.strip() for cell in cells for part in re.split("[…/]", cell) if part.strip()]
    assert parts
    assert [part for part in parts if part not in said] == []


@pytest.mark.parametrize("wall", WALLS)
def test_every_wall_is_explained(wall: str) -> None:
    assert wall in first_column("security.md")


@pytest.mark.parametrize("reason", StopReason)
def test_every_reason_for_an_early_end_is_explained(reason: StopReason) -> None:
    assert reason.value in first_column("instructors.md")


@pytest.mark.parametrize("status", Status)
def test_every_status_is_explained_to_students(status: Status) -> None:
    assert status.value in first_column("students.md")


def test_every_agreement_of_a_certification_is_explained() -> None:
    source = (ROOT / "grader" / "evidence" / "certification.py").read_text("utf-8")
    ids = set(re.findall(r'ConsistencyCheck\(\s*"(\w+)"', source))
    assert ids
    assert ids <= set(first_column("instructors.md"))


def test_the_table_of_exit_codes_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| .+ \|$", page("instructors.md"), re.MULTILINE)
    assert {name: int(code) for code, name in rows} == {code.name: code.value for code in ExitCode}


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(path: Path) -> None:
    for link in _LINK.findall(_FENCE.sub("", path.read_text("utf-8"))):
        if re.match(r"\w+:", link):
            continue
        file, _, heading = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


def anchors(path: Path) -> set[str]:
    """Return the anchors that a forge makes of the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_every_decision_has_a_status_a_date_a_reason_and_its_consequences(path: Path) -> None:
    text = path.read_text("utf-8")
    title = text.partition("\n")[0].removeprefix("# ")
    assert len(title.split()) >= 4, "the title is to say what was decided"
    assert re.match(r"# .+\n\nStatus: (accepted|superseded by \[\d{4}\]\(.+\)), \d{4}-\d\d-\d\d[.\n]", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Decision", "Why", "Consequences"]


def test_the_list_of_decisions_has_each_with_its_title() -> None:
    listed = re.findall(r"^- \[(\d{4})\]\((\S+)\): (.+)$", page("decisions/index.md"), re.MULTILINE)
    titles = [(path.name, path.read_text("utf-8").partition("\n")[0].removeprefix("# ")) for path in DECISIONS]
    assert [(file, title) for _, file, title in listed] == titles
    assert [number for number, *_ in listed] == [f"{index + 1:04}" for index in range(len(DECISIONS))]


def test_a_superseded_decision_names_a_decision_that_says_so() -> None:
    for path in DECISIONS:
        for file in re.findall(r"superseded by \[\d{4}\]\((\S+)\)", path.read_text("utf-8")):
            assert re.search(
                rf"Supersedes .*{path.name}", (DOCS / "decisions" / file).read_text("utf-8"), re.DOTALL
            )
