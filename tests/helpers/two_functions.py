"""A rubric of two functions and no training, and what solves it: for courses that tests make."""

RUBRIC = '''
"""Two functions and no training."""

from grader.rubric.checks import OneHot, Scales
from grader.rubric.data import digits
from grader.rubric import Bilingual, Criterion, Rubric, Task


def named(text: str) -> Bilingual:
    return Bilingual(en=text, de=text)


RUBRIC = Rubric(
    title=named("Two functions"),
    task=Task(kind="functions"),
    data=digits,
    criteria=(
        Criterion("one_hot", 60, named("one_hot"), named("."), OneHot("one_hot", classes=10)),
        Criterion("scale", 40, named("scale"), named("."), Scales("scale", largest=16)),
    ),
)
'''
RIGHT = """import numpy as np


def one_hot(y):
    return np.eye(10)[y]


def scale(x):
    return x / 16
"""
