"""Which platforms take feedback back, and what a zip for one of them says about the class."""

from enum import StrEnum

from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.protocol.verdict import Record


class Platform(StrEnum):
    """Who takes the zip: a platform's bulk upload, or people."""

    MOODLE = "moodle"
    ILIAS = "ilias"
    CANVAS = "canvas"
    FOLDERS = "folders"

    @property
    def own_name(self) -> str:
        """Return what the platform calls itself."""
        return "ILIAS" if self is Platform.ILIAS else self.value.capitalize()


class FeedbackError(UserError):
    """There is no feedback to be packed. `text` says why and what to do."""


class FeedbackZip(Record, frozen=True, kw_only=True):
    """A zip with the reports, and the names of those whom it does not reach, each with one reason."""

    data: bytes
    count: int  # students whose report is in it
    without_report: tuple[str, ...] = ()  # there is no verdict on them, so no report
    without_place: tuple[str, ...] = ()  # the platform could not tell whose report this is
    sharing_a_place: tuple[str, ...] = ()  # several students with one number on the platform
    without_hand_in: tuple[str, ...] = ()  # in the download, but not graded
    handed_in_again: tuple[str, ...] = ()  # the download has another file than the one that was graded
    problems: tuple[Message, ...] = ()  # status files that could not be filled in


def no_feedback(platform: Platform) -> FeedbackError:
    """Return the error for a class of which no report can go back to this platform."""
    return FeedbackError(
        _(
            "None of the reports can go back to {platform}: the names of the hand-ins do not hold its numbers. "
            "Name its own download with --download, or take --feedback folders.",
            platform=platform.own_name,
        )
    )
