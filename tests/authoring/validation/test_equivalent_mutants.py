"""Mutants that are right: patterns with reasons, read from a file."""

from pathlib import Path

import pytest

from grader.authoring.validation.equivalent_mutants import (
    EquivalentMutants,
    EquivalentMutantsError,
    read_equivalent_mutants,
)


def test_a_pattern_gives_its_reason_and_a_star_stands_for_anything() -> None:
    listed = EquivalentMutants({"f:number:*": "free", "g:[0]->?*": "exact"})
    assert listed.find_reason("f:number:1->2#2") == "free"
    assert listed.find_reason("f:numbers") is None
    assert listed.find_reason("g:[0]->?1") == "exact"
    assert listed.find_reason("g:0->x1") is None


def test_patterns_that_match_no_mutant_are_found() -> None:
    assert EquivalentMutants({"f:*": "a", "g:*": "b"}).find_unused_patterns(["f:1"]) == ("g:*",)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert read_equivalent_mutants(tmp_path / "equivalent.toml") == EquivalentMutants({})


@pytest.mark.parametrize(
    ("content", "said"),
    [("f = ", "cannot be read"), ('"f:1" = ""', "no reason for 'f:1'"), ('"f:1" = 3', "no reason for 'f:1'")],
)
def test_a_file_without_reasons_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "equivalent.toml"
    file.write_text(content)
    with pytest.raises(EquivalentMutantsError, match=said):
        read_equivalent_mutants(file)
