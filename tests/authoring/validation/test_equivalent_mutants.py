"""Mutants that are right: patterns with reasons, read from a file."""

from pathlib import Path

import pytest

from grader.authoring.validation.equivalent_mutants import Equivalents, EquivalentsError, read_equivalents


def test_a_pattern_gives_its_reason_and_a_star_stands_for_anything() -> None:
    listed = Equivalents({"f:number:*": "free", "g:[0]->?*": "exact"})
    assert listed.reason("f:number:1->2#2") == "free"
    assert listed.reason("f:numbers") is None
    assert listed.reason("g:[0]->?1") == "exact"
    assert listed.reason("g:0->x1") is None


def test_patterns_that_match_nothing_are_stale() -> None:
    assert Equivalents({"f:*": "a", "g:*": "b"}).stale(["f:1"]) == ("g:*",)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert read_equivalents(tmp_path / "equivalent.toml") == Equivalents({})


@pytest.mark.parametrize(
    ("content", "said"),
    [("f = ", "cannot be read"), ('"f:1" = ""', "no reason for 'f:1'"), ('"f:1" = 3', "no reason for 'f:1'")],
)
def test_a_file_without_reasons_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "equivalent.toml"
    file.write_text(content)
    with pytest.raises(EquivalentsError, match=said):
        read_equivalents(file)
