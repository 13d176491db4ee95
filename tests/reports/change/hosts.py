"""How GitHub and GitLab read Markdown, as far as strangers could do harm: first the tree, then its text."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.gfm import gfm_plugin

PARSER = MarkdownIt("commonmark", {"html": True}).use(gfm_plugin, dollarmath=True).use(deflist_plugin)

# The elements that the pages themselves are made with.
_OUR_ELEMENTS = re.compile(r"</?(?:b|sub|code|span|details|summary|pre)>|<br>")
_OUR_TOKENS = frozenset(
    f"{name}_{end}"
    for name in (
        *("paragraph", "heading", "bullet_list", "list_item", "blockquote"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
    for end in ("open", "close")
) | {"inline", "text", "html_inline", "html_block"}

# What the hosts search the text of a page for, outside of code: each a node of text for itself.
SEARCHED = {
    "people": r"@[a-z0-9]",
    "issues": r"#[0-9]",
    "issues by key": r"\b[a-z][a-z0-9_]*-[0-9]",
    "merge requests": r"![0-9]",
    "snippets": r"\$[0-9]",
    "milestones": r"%[\w\"]",
    "placeholders": r"%\{",
    "labels": r"~[\w\"]",
    "epics": r"&[0-9]",
    "alerts": r"\^alert",
    "iterations": r"\*iteration",
    "other references": r"\[[a-z_]+:",
    "wiki pages": r"\[\[",
    "inline differences": r"[\[{][+-]",
    "advisories": r"\bGHSA-",
    "commits": r"\b[0-9a-f]{7,64}\b",
    "emoji": r":[\w+-]+:",
    "formulas": r"\$[^$]+\$",
    "addresses": r"[a-z][a-z0-9+.-]*:/",
    "short addresses": r"\bwww\.",
    "mail": r"[\w.+-]+@[\w-]",
}
_SEARCHED_IN_CODE = ("addresses", "short addresses", "mail", "formulas")


def harm(page: str) -> list[str]:
    """Return what a page holds that none of ours should: links, elements, references, commands."""
    found = [f"quick action: {line}" for line in page.split("\n") if line.startswith("/")]
    found += [f"control character U+{ord(c):04X}" for c in set(page) if ord(c) < 32 and c not in "\n\t"]
    for token, in_code in _tokens(PARSER.parse(page)):
        if token.type not in _OUR_TOKENS:
            found.append(f"{token.type}: {token.content}")
        elif token.type.startswith("html"):
            # Of a whole block of ours, everything but the text; of an inline one, the element.
            element = _OUR_ELEMENTS.sub("", token.content)
            found += [f"element: {element}"] if re.search(r"[<>]|&(?!#\d+;|nbsp;)", element) else []
        elif token.type == "text":
            names = _SEARCHED_IN_CODE if in_code else SEARCHED
            read = token.content
            found += [f"{name}: {read}" for name in names if re.search(SEARCHED[name], read, re.IGNORECASE)]
    return found


def text(page: str) -> str:
    """Return what people read, without what nobody sees."""
    parts = []
    for token, _ in _tokens(PARSER.parse(page)):
        if token.type == "text":
            parts.append(token.content)
        elif token.type == "html_inline" and token.content == "<br>":
            parts.append("\n")
    return "".join(parts).replace("\N{WORD JOINER}", "")


def structure(page: str) -> list[str]:
    """Return what a page is made of, without its texts, the breaks in them, and what sets a dollar apart."""
    apart = ("<br>", "<span>", "</span>")
    return [
        f"{token.type} {token.content if token.type == 'html_inline' else token.tag}"
        for token, _ in _tokens(PARSER.parse(page))
        if token.type not in {"text", "inline"} and token.content not in apart
    ]


def _tokens(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
    """Return all tokens, neighbouring texts as the one node that they become."""
    for token in tokens:
        if token.children is None:
            yield token, False
            continue
        in_code, gathered = False, ""
        for child in [*token.children, None]:
            if child is not None and child.type == "text":
                gathered += child.content
                continue
            if gathered:
                yield Token("text", "", 0, content=gathered), in_code
                gathered = ""
            if child is not None:
                in_code = child.content == "<code>" or (in_code and child.content != "</code>")
                yield child, in_code
