"""The public records for authors of exercises: `from grader.rubric import Criterion, Rubric, Task`.

Checks are in `grader.rubric.checks`, data sets in `grader.rubric.data`.
"""

from grader.core.i18n import Bilingual
from grader.protocol.plan import Limits
from grader.protocol.task import Task
from grader.rubric.model import Criterion, Rubric

__all__ = ["Bilingual", "Criterion", "Limits", "Rubric", "Task"]
