"""Gradescope's metadata says whose work is whose: it is read exactly or not at all."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.intake.layouts import gradescope
from grader.classroom.intake.layouts.gradescope import GradescopeEntry, parse_metadata
from tests.classroom.intake.handed import Files, as_folder, as_zip, refusal

words = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=12) | st.sampled_from(
    ["", "~", "null", "007", ":name", "*a", "&a b", "a: b", "- a", "#", "Ä Ö", "\u2028", "! x", "2026-01-01"]
)
people = st.fixed_dictionaries({":name": words, ":sid": words | st.none(), ":email": words})
junk = st.recursive(
    words | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
submissions = st.fixed_dictionaries(
    {":submitters": st.lists(people, max_size=3), ":created_at": words},
    optional={":results": junk, ":history": st.lists(junk, max_size=2), ":id": junk},
)


@settings(deadline=None)
@given(st.dictionaries(words, submissions, min_size=1, max_size=3), st.booleans())
def test_it_is_read_as_it_was_written(
    whole: dict[str, dict[str, list[dict[str, str | None]]]], flow: bool
) -> None:
    text = yaml.safe_dump(whole, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    expected = {
        folder: GradescopeEntry(
            [{key.removeprefix(":"): value or "" for key, value in p.items()} for p in about[":submitters"]],
            str(about[":created_at"]),
        )
        for folder, about in whole.items()
    }
    assert parse_metadata(text) == expected


def test_numbers_keep_their_zeros() -> None:
    assert parse_metadata("a:\n  :submitters:\n  - :sid: 0012\n")["a"].submitters == [{"sid": "0012"}]


def test_values_that_have_a_name_may_be_written_as_that() -> None:
    text = "a:\n  :id: &1 Anna\n  :submitters:\n  - :name: *1\n    :sid: *2\nb: &2 x\n"
    assert parse_metadata(text)["a"].submitters == [{"name": "Anna", "sid": ""}]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "- a list",
        "- [a, list]",
        "a: [",
        "a: " + "[" * 100_000,
        "? {b: c}\n: d",
        "? [b]\n: d",
        "\x00",
        "a: {}\na: {}",
        b"\xff",
    ],
    ids=range(11),
)
def test_what_is_no_metadata_is_refused(tmp_path: Path, text: str | bytes) -> None:
    root = as_folder(tmp_path / "class", {"submission_metadata.yml": text, "submission_1/x.py": "a"})
    assert refusal(root) == (
        "submission_metadata.yml cannot be read. It is not the YAML that Gradescope writes. Without it nobody "
        "knows whose hand-ins these are."
    )


@pytest.mark.parametrize("pack", [as_folder, as_zip])
def test_it_must_not_be_endless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[Path, Files], Path]
) -> None:
    monkeypatch.setattr(gradescope, "MAX_METADATA", 2_000_000)
    files = {"submission_metadata.yml": "#" * 2_000_001, "submission_1/x.py": "a"}
    sentence = refusal(pack(tmp_path / "class", files))
    assert sentence.startswith("submission_metadata.yml cannot be read. It is ")
    assert "2 MB" in sentence or "at most 2000000 are read" in sentence


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such links")
def test_it_must_be_a_file(tmp_path: Path) -> None:
    root = as_folder(tmp_path / "class", {"submission_1/x.py": "a"})
    (root / "submission_metadata.yml").symlink_to("/etc/passwd")
    assert refusal(root).startswith("submission_metadata.yml cannot be read. It is a link")
