"""The site of the documents: it builds without a warning, has all pages, and loads nothing from a network."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

SOURCES = ("mkdocs.yml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "docs")
_LOADED = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"?([^\"\s>]+)|<link\b[^>]*\bhref=\"?([^\"\s>]+)")


def build(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a copy of the repository, as `make docs` does."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def copy_sources(folder: Path) -> Path:
    """Copy what the site is made from, and link the code that the reference describes."""
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "grader").symlink_to(ROOT / "grader")
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    result = build(ROOT, folder)
    assert result.returncode == 0, result.stderr
    return folder


def test_every_document_is_a_page(site: Path) -> None:
    documents = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert len(documents) > 40
    pages = {path.relative_to(site) for path in site.rglob("*.html")}
    of_root_and_code = {
        "index",
        "contributing",
        "changelog",
        "reference/rubric",
        "reference/checks",
        "reference/data",
    }
    assert pages == documents | {Path(f"{name}.html") for name in (*of_root_and_code, "404")}


def test_the_reference_describes_what_is_public(site: Path) -> None:
    page = (site / "reference" / "checks.html").read_text("utf-8")
    assert 'id="grader.rubric.checks.Accuracy"' in page
    assert "&gt;&gt;&gt;" not in page


def test_links_between_the_readme_and_the_documents_work_on_the_site(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    assert re.search(r'href="?students.html', page)
    assert 'href="docs/' not in page
    assert re.search(r'href="?\.\./contributing.html|href="?contributing.html', page)


def test_no_page_loads_anything_from_a_network(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = [a or b for a, b in _LOADED.findall(page.read_text("utf-8"))]
        assert loaded
        assert [address for address in loaded if re.match(r"(?:\w+:)?//", address)] == [], page


@pytest.mark.parametrize("link", ["[a](students.md#no-such-heading)", "[a](no-such-page.md)"])
def test_a_broken_link_fails_the_build(tmp_path: Path, link: str) -> None:
    folder = copy_sources(tmp_path)
    with (folder / "docs" / "glossary.md").open("a", encoding="utf-8") as page:
        page.write(f"\n{link}\n")
    result = build(folder, tmp_path / "out")
    assert result.returncode != 0
    assert "glossary.md" in result.stderr
