"""The error of results or a roster that cannot be joined."""

from grader.core.errors import UserError


class CourseGradebookError(UserError):
    """Results cannot be joined by student. `text` says why and what to do."""
