"""Every error that the grader raises of its own, in one tree.

    GraderError                      any of them; caught as such only where a program ends
    ├── UserError                    something the user can mend; `text` says what and how
    │   ├── UnreadableSubmission     a file that cannot be graded as it is
    │   ├── UnknownExerciseError     a name that no exercise of the course has
    │   ├── NoExercisesError         a folder that is no course
    │   ├── UnknownCriterionError    a name that is neither a criterion nor a function of an exercise
    │   ├── MissingExtraError        a command whose optional packages are not installed
    │   ├── RubricError              a record of a rubric that cannot be right
    │   ├── RubricFileError          a rubric that nothing can be graded by, read in this process
    │   └── ...                      each room has its own: GitError, StoreError, ClassFolderError
    ├── InternalError                a fault of the grader, or of a rubric: nothing is known about the submission
    │   ├── UnusableRubricError      the examiner cannot use the rubric
    │   ├── ProtocolError, BadParcelError   bytes of another process that are not what was due
    │   │   └── CutOffError          half of what was due: the process ended while it wrote
    │   └── SandboxError             processes or isolation: something could not be started, or went away
    │       └── ProcessGoneError     a process that was there is gone; with a new one, it may go well
    │           └── ExaminerGoneError    the examiner: what it was judging may have ended it
    └── signals                      answered by whoever called: CancelledError, PreconditionFailedError, ...

Who grades catches `InternalError`: it costs nobody a mark. Who talks to people catches `UserError` and prints its
text. The two are never caught together, so that neither is taken for the other. `tests/core/test_errors.py` holds
every exception class of the project against this tree.
"""

import difflib
import errno

from grader.core.i18n import Message, Translator, _

_WRITE_REASONS = {
    errno.ENOSPC: _("there is no room left on the disk"),
    errno.EDQUOT: _("your share of the disk is used up"),
    errno.EACCES: _("you have no right to write there"),
    errno.EPERM: _("you have no right to write there"),
    errno.EROFS: _("the disk can only be read"),
}


def explain_write_error(error: OSError) -> Message | str:
    """Return why something could not be written; of rare reasons, the system's own words."""
    return _WRITE_REASONS.get(error.errno or 0) or error.strerror or type(error).__name__


class GraderError(Exception):
    """Base of every error that the grader raises of its own."""


class UserError(GraderError):
    """Something that the user can mend. `text` says what happened, what was expected, and how to mend it."""

    def __init__(self, text: Message) -> None:
        super().__init__(text)  # from its arguments an error is made again in another process
        self.text = text

    def __str__(self) -> str:
        return Translator("en")(self.text)


class UnreadableSubmission(UserError):  # noqa: N818 - not a fault of the program, but a finding about a file
    """A file that cannot be graded as it is."""


class UnknownExerciseError(UserError):
    """A name that no exercise has. `exercises`: the names of those that the course has."""

    def __init__(self, name: str, exercises: tuple[str, ...]) -> None:
        listed = ", ".join(exercises) or "–"
        close = difflib.get_close_matches(name.casefold(), exercises, 1)
        if close:
            text = _(
                "There is no exercise {name!r}. Did you mean {close}? This course has: {known}.",
                name=name,
                close=close[0],
                known=listed,
            )
        else:
            text = _("There is no exercise {name!r}. This course has: {known}.", name=name, known=listed)
        super().__init__(text)
        self.name, self.exercises = name, exercises


class NoExercisesError(UserError):
    """A folder that is no course, for it holds no rubrics."""

    def __init__(self, folder: str) -> None:
        super().__init__(_("There are no exercises in {folder}: no exercises/NAME/rubric.py.", folder=folder))


class UnknownCriterionError(UserError):
    """A name that neither a criterion of an exercise has nor a function that it asks for."""


class RubricError(UserError, ValueError):
    """A rubric that cannot be right; `text` says why. A `ValueError` too, as of any constructor.

    `record` and `field` name the record and its parameter that hold the mistake ("title.de": in the record of a
    record), `place` the file and the line, where they are known already.
    """

    def __init__(
        self, text: Message, field: str = "", record: object = None, place: tuple[str, int] | None = None
    ) -> None:
        super().__init__(text)
        self.field, self.record, self.place = field, record, place


class RubricFileError(UserError):
    """A rubric that nothing can be graded by. `text` says why, to its author."""


class HiddenModuleError(UserError):
    """A module beside a rubric whose name is taken by another one."""


class InternalError(GraderError):
    """A fault of the grader: nothing was found out about the submission, so there is no mark."""


class UnusableRubricError(InternalError):
    """The examiner cannot grade by the rubric: a fault of its author. `text` says which."""

    def __init__(self, text: Message) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return Translator("en")(self.text)


class SandboxError(InternalError):
    """A process of the grader, or the isolation around it, could not be started or went away."""


class ProcessGoneError(SandboxError):
    """One of the grader's processes is gone or does not answer: with new ones, it may go well."""


class ExaminerGoneError(ProcessGoneError):
    """An examiner has ended or does not answer: maybe by itself, maybe because of what it was judging."""
