"""Source text that is changed by replacing pieces of it, so that what stays looks as its author wrote it."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from grader.core.syntax_trees import DEFINITIONS, is_docstring, is_main_block, parse_python

N = TypeVar("N", bound=ast.AST)
_ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Edit:
    """Bytes from `start` to `end` of the UTF-8 text become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Source:
    """A module's text with its syntax tree. Raises `SyntaxError` where the text is no Python."""

    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return parse_python(self.text)

    @cached_property
    def data(self) -> bytes:
        """The text as UTF-8: what positions of nodes count in."""
        return self.text.encode()

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.data.split(b"\n"):
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends, in bytes. Parentheses around it do not belong to it."""
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[
            node.end_lineno - 1
        ] + node.end_col_offset

    def segment(self, node: ast.AST) -> str:
        """Return a node's text."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def operand(self, node: ast.expr) -> str:
        """Return a node's text so that it may stand beside an operator."""
        text = self.segment(node)
        return text if isinstance(node, _ATOMS) else f"({text})"

    def replace(self, node: ast.AST, text: str) -> Edit:
        """Return the edit that puts other text in the place of a node."""
        return Edit(*self.span(node), text)

    def append_argument(self, call: ast.Call, argument: str) -> Edit:
        """Return the edit that gives a call one more argument, behind the others."""
        end = self.span(call)[1] - 1
        before = self.data[: self.span(call)[1] - 1].rstrip()
        between = "" if before.endswith(b"(") else " " if before.endswith(b",") else ", "
        return Edit(len(before), max(end, len(before)), between + argument)

    def remove_part(self, parts: Sequence[ast.AST], index: int) -> Edit:
        """Return the edit that takes one of several parts out, which commas separate."""
        if index + 1 < len(parts):
            return Edit(self.span(parts[index])[0], self.span(parts[index + 1])[0], "")
        if index:
            return Edit(self.span(parts[index - 1])[1], self.span(parts[index])[1], "")
        start, end = self.span(parts[index])
        rest = self.data[end:]
        comma = len(rest) - len(rest.lstrip(b" \n,"))
        return Edit(start, end + (comma if rest[:comma].strip() else 0), "")

    def apply(self, edits: Sequence[Edit]) -> str:
        """Return the text with all edits made. They must not overlap."""
        data = self.data
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            data = data[: edit.start] + edit.text.encode() + data[edit.end :]
        return data.decode()

    def touched_lines(self, edit: Edit) -> str:
        """Return the whole lines that an edit touches, as they are."""
        start = self.data.rfind(b"\n", 0, edit.start) + 1
        end = self.data.find(b"\n", max(edit.end - 1, edit.start))
        return self.data[start : end if end >= 0 else len(self.data)].decode()


@dataclass(frozen=True)
class Scope:
    """One top-level statement of a module, and what may be changed in it."""

    source: Source
    name: str
    node: ast.stmt

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node that may be changed, in the order of the text: no docstrings, imports, parts of f-strings."""
        nodes: list[ast.AST] = []
        self._collect(self.node, nodes)
        return tuple(nodes)

    def _collect(self, node: ast.AST, nodes: list[ast.AST]) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom) or is_main_block(node):
            return
        if isinstance(node, ast.JoinedStr):  # the positions of what is inside are those of older Pythons
            return
        nodes.append(node)
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, DEFINITIONS) and is_docstring(node.body[0]):
            children.remove(node.body[0])
        for child in children:
            self._collect(child, nodes)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    def nodes_of(self, kind: type[N]) -> Iterator[N]:
        """Yield the nodes of a kind, in the order of the text."""
        return (node for node in self.nodes if isinstance(node, kind))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, from the inside out."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Yield the functions, methods and functions in functions."""
        return (node for node in self.nodes if isinstance(node, _FUNCTIONS))

    def function_of(self, node: ast.AST) -> ast.AST:
        """Return the function that a node stands in, or the statement itself."""
        return next((outer for outer in self.ancestors(node) if isinstance(outer, _FUNCTIONS)), self.node)

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """Return the statement that a node stands in."""
        return next(outer for outer in (node, *self.ancestors(node)) if isinstance(outer, ast.stmt))


def called_name(node: ast.AST) -> str:
    """Return the last part of the name that a call calls: `fit` of `model.fit(...)`; "" for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def find_keyword(call: ast.Call, name: str) -> ast.keyword | None:
    """Return a keyword argument of a call."""
    return next((k for k in call.keywords if k.arg == name), None)
