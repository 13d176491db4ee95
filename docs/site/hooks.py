"""What MkDocs does besides: takes pages from the root of the repository, and writes those of the reference.

The documents are read on GitHub or GitLab as well as on the site. On the site, the README is the first page, and
all pages lie in one folder; links between them are changed accordingly.
"""

import ast
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
# In the repository → on the site.
FROM_ROOT = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "license.txt",
}
REFERENCE = {
    "grader.rubric": ("reference/rubric.md", "What every rubric is written with."),
    "grader.rubric.checks": ("reference/checks.md", "What a criterion can ask of a submission."),
    "grader.rubric.data": (
        "reference/data.md",
        "The arrays of an exercise: built-in data, and tables of your own.",
    ),
}
_LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from the root of the repository, and those of the reference."""
    for source, target in FROM_ROOT.items():
        text = (ROOT / source).read_text("utf-8")
        # The first page is alone in its part of the navigation, so that there is nothing to show beside it.
        head = "---\nhide: [navigation]\n---\n" if target == "index.md" else ""
        files.append(File.generated(config, target, content=head + text))
    for module, (target, sentence) in REFERENCE.items():
        files.append(File.generated(config, target, content=_reference_page(module, sentence)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Change the links of a page to where things are on the site."""
    site_path = page.file.src_uri
    repository_path = next((a for a, b in FROM_ROOT.items() if b == site_path), f"docs/{site_path}")

    def change(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(repository_path), match[1]))
        on_site = FROM_ROOT.get(target, target.removeprefix("docs/"))
        relative = posixpath.relpath(on_site, posixpath.dirname(site_path) or ".")
        return f"]({relative}{match[2] or ''})"

    return _LINK.sub(change, markdown)


def _reference_page(module: str, sentence: str) -> str:
    """Return a page with one entry for each public name of a module."""
    entries = "\n".join(f"::: {module}.{name}\n    options: {{members: false}}\n" for name in _public(module))
    return f"# `{module}`\n\n{sentence}\n\n{entries}"


def _public(module: str) -> Iterator[str]:
    """Yield what a package lists in `__all__`, without importing it."""
    source = ROOT.joinpath(*module.split("."), "__init__.py").read_text("utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets
        ):
            yield from ast.literal_eval(node.value)
