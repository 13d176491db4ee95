"""The data of an exercise: built-in tables, and builders for an author's own."""

from grader.rubric.data.builders import Classes, Csv, Numbers
from grader.rubric.data.builtin import (
    apples,
    digits,
    flowers,
    friedman,
    housing,
    lines,
    no_data,
    tumours,
    unbalanced,
    wines,
)
from grader.rubric.data.dataset import Data
from grader.rubric.data.pictures import mnist

__all__ = [
    "Classes",
    "Csv",
    "Data",
    "Numbers",
    "apples",
    "digits",
    "flowers",
    "friedman",
    "housing",
    "lines",
    "mnist",
    "no_data",
    "tumours",
    "unbalanced",
    "wines",
]
