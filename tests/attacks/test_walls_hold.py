"""Every attack of the corpus fails behind the walls, and succeeds where all is missing that stops it.

As long as one of the things that stop it is there, it fails: so each wall is shown to be one, and not an ornament.
"""

import json
import os
import subprocess
import sys
from functools import cache

import pytest

from grader.sandbox.walls import landlock
from tests.attacks.attack import ATTACKS, Attack, succeeds_without
from tests.attacks.prisoner import FAMILIES, Result
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

ROOT_USER, STRANGER = 0, 54321
LEAST = {"reading": 15, "writing": 10, "escaping": 20, "exhausting": 20}  # attacks of each family

EACH = pytest.mark.parametrize("one", ATTACKS.values(), ids=ATTACKS)


@cache
def make_attacks(user: int) -> Result:
    """Make all attacks as a user, once, and return which succeeded."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.attacks.prisoner", str(user)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: Result = json.loads(done.stdout)
    return result


def choose_user(one: Attack) -> int:
    """Return the user for whom an attack can succeed."""
    if one.as_root:
        if os.geteuid() != 0:
            pytest.skip("only root can grade as root")
        return ROOT_USER
    return STRANGER if os.geteuid() == 0 else os.geteuid()


@EACH
def test_behind_all_walls_it_fails(one: Attack) -> None:
    users = {os.geteuid(), choose_user(one)}
    assert [user for user in users if one.name in make_attacks(user)[""]] == [], one.tries


@EACH
def test_without_what_stops_it_it_succeeds(one: Attack) -> None:
    succeeded = make_attacks(choose_user(one))
    assert all(one.name in succeeded[",".join(sorted(way))] for way in one.ways), one.tries


@EACH
def test_as_long_as_one_thing_that_stops_it_is_there_it_fails(one: Attack) -> None:
    if landlock.abi() < one.abi:
        pytest.skip("this kernel's Landlock is too old to stop it")
    result = make_attacks(choose_user(one))
    missing = {names: frozenset(filter(None, names.split(","))) for names in result}
    wrong = [
        names
        for names, succeeded in result.items()
        if one.name in succeeded and not succeeds_without(one, missing[names])
    ]
    assert wrong == [], one.tries


def test_whatever_is_left_behind_is_removed() -> None:
    users = {os.geteuid(), STRANGER if os.geteuid() == 0 else os.geteuid()}
    assert not [user for user in users for names in make_attacks(user).values() if "folder left" in names]


def test_there_are_attacks_of_every_family() -> None:
    number = {
        family: sum(one.act.__module__ == module.__name__ for one in ATTACKS.values())
        for family, module in FAMILIES.items()
    }
    assert all(number[family] >= least for family, least in LEAST.items()), number
