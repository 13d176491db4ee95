"""Clones of repositories: what stands before a login, and what is part of it."""

import pytest

from grader.classroom.intake import Layout
from grader.classroom.intake.layouts.clones import common_prefix
from tests.classroom.intake.conftest import HandOver
from tests.classroom.intake.handed import seen


def test_classroom_50s_download(hand_over: HandOver) -> None:
    around = "ml-digits_submissions_2026_11_20_T_23_59_59"
    files = {
        f"{around}/ml-digits-{login}/{file}": login
        for login in ("anna-k", "anna-m")
        for file in (".git/HEAD", "submission.py", "result.json")
    }
    found = seen(hand_over(files | {f"{around}/scores.csv": "username,score"}))
    assert found.layout is Layout.CLASSROOM50
    assert found.taken == {"anna-k": "anna-k", "anna-m": "anna-m"}
    assert found.of("anna-k").platform_id == "anna-k"
    assert found.left_out[f"{around}/scores.csv"].startswith("It is in none of the clones")


@pytest.mark.parametrize(
    ("folders", "around", "prefix"),
    [
        # The folder around says it; Classroom 50 writes repositories in lower case.
        (("ml-digits-anna-k", "ml-digits-anna-m"), "ML-Digits_submissions_2026_01_02_T_03_04_05", "ml-digits-"),
        (("hw-anna-k", "hw-anna-m"), "hw-submissions", "hw-"),
        # The exercise's name says it, and a year behind it belongs to it.
        (("digits-anna-k", "digits-anna-m"), "x", "digits-"),
        (("ml-digits-anna-k", "ml-digits-anna-m"), "x", "ml-digits-"),
        (("digits-2026-anna-k", "digits-2026-anna-m"), "x", "digits-2026-"),
        # Of few clones only the first word is certain; of many all that they share, but no login is cut off.
        (("hw1-anna-k", "hw1-anna-m"), "x", "hw1-"),
        (("hw1-anna-klein", "hw1-anna-mayer"), "x", "hw1-"),
        (("lab-no-a", "lab-no-bea", "lab-no-cem", "lab-no-dora"), "x", "lab-no-"),
        (("hw1-group-1", "hw1-group-2", "hw1-group-3", "hw1-group-14"), "x", "hw1-"),
        (("hw1-anna-k", "hw1-anna-m", "hw1-anna-x", "hw1-anna-z"), "x", "hw1-"),
        (("anna", "ben"), "x", ""),
        (("hw1-anna",), "x", ""),
        (("digits-anna-k",), "x", "digits-"),
    ],
)
def test_a_login_is_never_cut(folders: tuple[str, ...], around: str, prefix: str) -> None:
    assert common_prefix(folders, around, "digits") == prefix


def test_an_exercise_of_two_words_is_found_with_hyphens_and_underscores() -> None:
    assert common_prefix(("two-heads-a-b", "two-heads-a-c"), "x", "two_heads") == "two-heads-"
    assert common_prefix(("two_heads-a-b", "two_heads-a-c"), "x", "two_heads") == "two_heads-"
