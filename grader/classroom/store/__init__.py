"""The store of a class: hand-ins, evidence, the history of verdicts, adjustments, marks by hand and settings.

A database holds the rows; submissions and evidence lie in files beside it, named by their hash.
"""

from grader.classroom.store.errors import StoreError
from grader.classroom.store.hand_marks import ConflictError
from grader.classroom.store.records import (
    Attempt,
    Comment,
    HandInRow,
    HandMark,
    Judgement,
    NewHandIn,
    NewMark,
    RegradeRequest,
    StoredEvidence,
    StudentState,
    Version,
)
from grader.classroom.store.store import Store

__all__ = [
    "Attempt",
    "Comment",
    "ConflictError",
    "HandInRow",
    "HandMark",
    "Judgement",
    "NewHandIn",
    "NewMark",
    "RegradeRequest",
    "Store",
    "StoreError",
    "StoredEvidence",
    "StudentState",
    "Version",
]
