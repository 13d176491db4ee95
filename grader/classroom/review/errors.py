"""What can go wrong at the desk, as sentences for people."""

from grader.core.errors import UserError


class ReviewError(UserError):
    """Something that was asked of the desk cannot be done. `text` says why; nothing was changed."""


class NotFoundError(ReviewError):
    """There is no such page: a criterion or a hand-in is not there, or no longer."""
