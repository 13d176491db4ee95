"""Whatever a student wrote is text on the hosts' pages, and nothing but text."""

import re
import string
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.core.sanitize import visible
from reports.common import markdown
from reports.common.markdown import (
    JOINER,
    Markdown,
    block,
    bold,
    code,
    escape,
    folded,
    heading,
    items,
    quote,
    table,
)
from tests.reports.change import hosts

ATTACKS = (
    *("@user", "see @org/team", "mail a.b@example.org", "\N{ZERO WIDTH SPACE}@user"),
    *("#12", "GH-12", "owner/repo#12", "owner/repo@0123456789", "KEY-7", "GHSA-abcd-efgh-ijkl", "CVE-2024-1234"),
    *("!12", "$12", "%milestone", '%"a b"', "~label", "&12", "&epic;", "^alert#1", "*iteration:1"),
    *("%{project_path}", "::error::a", "##[error]a", "%0A::set-output"),
    *("[vulnerability:1]", "[[page]]", "[[_TOC_]]", "{+ more +}", "{- less -}", "[- less -]"),
    *("0123456", "abcdef0123456789abcdef0123456789abcdef01", "f" * 64),
    *(
        "http://example.org",
        "HTTPS://example.org",
        "www.example.org",
        "ftp://x.y",
        "mailto:a@b.cd",
        "<http://a.b>",
    ),
    *("[a](http://b.c)", "![a](b)", "[a]", "[a]: /b", "[^1]", "[a][]", "- [ ] a", "[a]: /b 'c'"),
    *("<b>bold</b>", "<script>", "<!-- marker -->", "</details>", "</code>", "</pre>", "<a href=x>", "<img>"),
    *("&lt;", "&#64;user", "&amp;amp;", "a & b"),
    *("a | b", r"a \| b", r"\\|", "|---|---|", "a|b|c|d"),
    *("# heading", "heading\n===", "heading\n---", "***", "> quote", "> [!NOTE]", ">>>"),
    *("1. a", "1) a", "- a", "+ a"),
    *("    code", "`code`", "```\nfence", "~~~\nfence", "``` ` ``", "`" * 40),
    *("*a*", "**a**", "_a_", "~~a~~", "~a~", "a\\", "\\*a\\*", "a  \nb", "\u00a0# a", "\u3000- a"),
    *("/approve", "/assign @user", "a\n/close", "a\r/close", "\r\n/merge", "\t/close"),
    *("a\u2028/close", "a\x85/close"),
    *("$x$", "$$x$$", "$`x`$", "\\(x\\)", ":shrug:", "::include{file=x}", ": definition", "a\n: b", "+++\na: b"),
    *("\u202eabc", "\u2066a", "\x1b[31m", "\x00", "\ufeff", "\ud800"),
)

pieces = st.sampled_from(ATTACKS) | st.text(max_size=5) | st.sampled_from(string.punctuation)
hostile = st.lists(pieces, max_size=8).map("".join)

CONTEXTS: dict[str, Callable[[str], Markdown]] = {
    "paragraph": escape,
    "bold": lambda text: bold(escape(text)),
    "heading": lambda text: heading(2, escape(text)),
    "item": lambda text: items([escape(text), escape("b")]),
    "quote": lambda text: quote(escape(text)),
    "cell": lambda text: table([escape("a"), escape("b")], [[escape(text), escape("c")]]),
    "code": code,
    "code in a cell": lambda text: table([code(text), escape("b")], [[code(text), escape("c")]]),
    "block": block,
    "folded": lambda text: folded(escape(text), escape(text)),
}


def _read(text: str) -> str:
    """Return text as a page shows it: invisible characters written out, spaces as one."""
    lines = (" ".join(line.split()) for line in visible(text).split("\n"))
    return "\n".join(line for line in lines if line)


@pytest.mark.parametrize("context", CONTEXTS)
def test_an_attack_is_text_wherever_it_stands(context: str) -> None:
    assert {attack: harm for attack in ATTACKS if (harm := hosts.harm(CONTEXTS[context](attack)))} == {}


@settings(max_examples=150, deadline=None)
@example("\n")
@given(hostile)
def test_nothing_that_a_stranger_writes_becomes_more_than_text(text: str) -> None:
    page = "\n\n".join(make(text) for make in CONTEXTS.values())
    assert hosts.harm(page) == []


@settings(max_examples=150, deadline=None)
@given(hostile)
def test_what_is_read_is_what_was_written(text: str) -> None:
    assert hosts.text(escape(text)) == _read(text)
    assert hosts.text(code(text)) == _read(text)
    cells = hosts.text(table([escape("<"), escape(">")], [[escape(text), escape("c")]]))
    assert cells == f"<>{_read(text)}c"


@settings(max_examples=100, deadline=None)
@given(hostile)
def test_a_block_keeps_spaces_and_lines(text: str) -> None:
    (token,) = hosts.PARSER.parse(block(text))
    shown = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), token.content.strip("\n"))
    assert shown == f"<pre>{visible(text).strip(chr(10))}</pre>"


@settings(max_examples=100, deadline=None)
@given(hostile, hostile)
def test_two_harmless_texts_are_harmless_beside_each_other(one: str, other: str) -> None:
    assert hosts.harm(f"{escape(one)} {escape(other)}\n\n{bold(escape(one))}{escape(other)}") == []


def test_text_stays_readable_where_it_means_no_harm() -> None:
    sentence = 'Expected 10 output units (one per class). Received: units=9; "relu", 0.97 and/or 1,797 rows?'
    assert escape(sentence) == sentence
    assert code("submissions/alice-2/digits-1.py") == "<code>submissions/alice-2/digits-1.py</code>"


def test_lines_of_a_text_stay_lines_and_empty_ones_cannot_push_a_page_down() -> None:
    assert escape("\n\n a  b\n\n\n\nc\n") == "a b<br>c"


@pytest.mark.parametrize("sign", ["<", "&", "`", "*", "_", "|", "[", "~", "$", "\\", "#", ">"])
def test_a_sign_that_is_not_escaped_is_found(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {code: text for code, text in markdown._INLINE.items() if code != ord(sign)}
    monkeypatch.setattr(markdown, "_INLINE", kept)
    # Without joiners, that a break of theirs does not hide it.
    monkeypatch.setattr(markdown, "_LINKED", re.compile(r"(?!)"))
    alone = {"\\": r"a\*b\*", "&": "&lt;", "#": "# a", ">": "> a", "|": "a|b|c", "<": "<pre a"}
    attack = alone.get(sign, f"{sign}a{sign}")
    if sign == "[":
        monkeypatch.setattr(markdown, "_INLINE", {c: t for c, t in kept.items() if chr(c) not in "[]()"})
        attack = "[a](b)"
    assert _found(attack)


@pytest.mark.parametrize("attack", ["- a", "+ a", "/approve", "1. a", "1) a", ": a"])
def test_a_start_of_a_line_that_is_not_escaped_is_found(attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _found(attack)
    monkeypatch.setattr(markdown, "_AT_START", re.compile(r"(?!)"))
    assert _found(attack)


@pytest.mark.parametrize(
    ("part", "attack"),
    [
        *((sign, f"{sign}1") for sign in "@#!%~&"),
        *((":", "http://a.b"), (":", ":shrug:"), ("^", "^alert"), ("*", "*iteration:1")),
        *(("[", "[[a"), ("{", "{+ a"), ("-(?=", "KEY-1"), ("ghsa", "GHSA-abc"), ("www", "www.a.b")),
        ("0-9a-f", "0" * 7),
    ],
)
def test_a_joiner_that_is_missing_is_found(part: str, attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _found(attack)
    monkeypatch.setattr(markdown, "_LINKED", _without(markdown._LINKED, part))
    assert _found(attack)


@pytest.mark.parametrize("attack", ["a@b.cd", "http://a.b", "www.a.b"])
def test_a_joiner_that_is_missing_in_code_is_found(attack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not hosts.harm(code(attack))
    monkeypatch.setattr(markdown, "_LINKED_IN_CODE", re.compile(r"(?!)"))
    assert hosts.harm(code(attack))


def test_a_character_that_nobody_sees_is_written_out() -> None:
    assert escape(f"a{JOINER}\u202eb") == "a⟨U+2060⟩⟨U+202E⟩b"
    assert block("\x1b") == "<pre>⟨U&#43;001B⟩</pre>"


def test_a_dollar_stands_alone_so_that_it_begins_no_formula() -> None:
    assert hosts.harm(escape("$x$")) == []
    assert escape("$x$").count("<span>&#36;</span>") == 2


def _found(attack: str) -> bool:
    """Whether it is seen that a text became more than text, by its harm or by what of it is missing."""
    pages = {
        escape(attack): _read(attack),
        f"b\n\n{escape(attack)}": f"b{_read(attack)}",
        table([escape("a"), escape("b")], [[escape(attack), escape("c")]]): f"ab{_read(attack)}c",
    }
    return any(hosts.harm(page) or hosts.text(page) != read for page, read in pages.items())


def _without(pattern: re.Pattern[str], part: str) -> re.Pattern[str]:
    """Return the pattern without one of its alternatives, or without one sign of the first."""
    first, *others = (line for line in pattern.pattern.split("\n    ") if line.strip())
    if part in first:
        escaped = {"#": r"\#", "[": r"\["}.get(part, part)
        begin, end = first.index("["), first.index("](?!")
        first = first[: begin + 1] + first[begin + 1 : end].replace(escaped, "", 1) + first[end:]
    else:
        others = [line for line in others if part not in line]
    return re.compile("\n    ".join([first, *others]), pattern.flags)
