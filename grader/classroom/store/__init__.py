"""The store of a class: hand-ins, evidence, the history of verdicts, adjustments and settings.

A database holds the rows; submissions and evidence lie in files beside it, named by their hash.
"""

from grader.classroom.store.errors import StoreError
from grader.classroom.store.records import Attempt, HandInRow, Judgement, NewHandIn, StoredEvidence
from grader.classroom.store.store import Store

__all__ = ["Attempt", "HandInRow", "Judgement", "NewHandIn", "Store", "StoreError", "StoredEvidence"]
