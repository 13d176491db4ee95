"""The data of an exercise: built-in tables, and builders for an author's own."""

from grader.rubric.data.base_network import Base
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
from grader.rubric.data.digit_scenes import LaterDigits
from grader.rubric.data.dressing import dress_inputs
from grader.rubric.data.pictures import mnist

__all__ = [
    "Base",
    "Classes",
    "Csv",
    "Data",
    "LaterDigits",
    "Numbers",
    "apples",
    "digits",
    "dress_inputs",
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
