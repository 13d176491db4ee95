"""What a class handed in, what was found out about it, and what was said of it: kept for good.

A database holds who handed in what, the history of verdicts, adjustments and settings; large things lie in files
beside it, named by their hash. Imported by those commands alone that need it.
"""

from grader.classroom.store.errors import StoreError
from grader.classroom.store.records import HandInRow, Judgement, NewHandIn, StoredEvidence, VerdictHistoryItem
from grader.classroom.store.store import Store

__all__ = ["HandInRow", "Judgement", "NewHandIn", "Store", "StoreError", "StoredEvidence", "VerdictHistoryItem"]
