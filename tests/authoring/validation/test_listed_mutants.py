"""Mutants that may keep all points: patterns with reasons, read from a file."""

from pathlib import Path

import pytest

from grader.authoring.validation.listed_mutants import (
    ListedMutants,
    ListedMutantsError,
    read_listed_mutants,
)


def test_a_pattern_gives_its_reason_and_a_star_stands_for_anything() -> None:
    listed = ListedMutants({"f:number:*": "free", "g:[0]->?*": "exact"})
    assert listed.find_equivalence("f:number:1->2#2") == "free"
    assert listed.find_equivalence("f:numbers") is None
    assert listed.find_equivalence("g:[0]->?1") == "exact"
    assert listed.find_equivalence("g:0->x1") is None


def test_patterns_that_match_no_mutant_are_found() -> None:
    assert ListedMutants({"f:*": "a", "g:*": "b"}).find_unused_patterns(["f:1"]) == ("g:*",)
    assert ListedMutants({"f:*": "a"}, {"h:*": "b"}).find_unused_patterns(["f:1"]) == ("h:*",)


def test_borderline_mutants_are_in_a_table_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "equivalent.toml"
    file.write_text('"f:1" = "right"\n[borderline]\n"g:*" = "near"\n')
    listed = read_listed_mutants(file)
    assert listed == ListedMutants({"f:1": "right"}, {"g:*": "near"})
    assert (listed.find_border("g:2"), listed.find_equivalence("g:2")) == ("near", None)
    assert (listed.find_border("f:1"), listed.find_equivalence("f:1")) == (None, "right")


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert read_listed_mutants(tmp_path / "equivalent.toml") == ListedMutants()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("f = ", "cannot be read"),
        ('"f:1" = ""', "no reason for 'f:1'"),
        ('"f:1" = 3', "no reason for 'f:1'"),
        ('[borderline]\n"f:1" = " "', "no reason for 'f:1'"),
        ('borderline = "f:1"', r"\[borderline\]"),
        ('[other]\n"f:1" = "near"', "no reason for 'other'"),
    ],
)
def test_a_file_without_reasons_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "equivalent.toml"
    file.write_text(content)
    with pytest.raises(ListedMutantsError, match=said):
        read_listed_mutants(file)
