"""The course's rules about marks: due dates, penalties, late days, attempts, rounding and grades, as data.

They stand in `policy.toml`, in the course folder and beside the rubric of an exercise. They are applied whenever
marks are read from the store, and never change what is in it.
"""

from grader.classroom.policies.decide import decide
from grader.classroom.policies.errors import PolicyError
from grader.classroom.policies.read import read_policy
from grader.classroom.policies.records import Policy

__all__ = ["Policy", "PolicyError", "decide", "read_policy"]
