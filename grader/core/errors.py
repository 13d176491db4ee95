"""Every error that the grader raises of its own, in one tree.

    GraderError                      any of them; caught as such only where a program ends
    ├── UserError                    something the user can mend; `text` says what and how
    │   ├── UnreadableSubmission     a file that cannot be graded as it is
    │   ├── UnknownExerciseError     a name that no exercise of the course has
    │   ├── NoExercisesError         a folder that is no course
    │   ├── MissingExtraError        a command whose optional packages are not installed
    │   ├── RubricFileError          a rubric that nothing can be graded by, read in this process
    │   └── ...                      each room has its own: GitError, StoreError, ClassFolderError
    ├── InternalError                a fault of the grader, or of a rubric: nothing is known about the submission
    │   ├── UnusableRubricError      the examiner cannot use the rubric
    │   ├── ProtocolError, BadParcelError   bytes of another process that are not what was due
    │   └── SandboxError             processes or isolation: something could not be started, or went away
    │       └── ProcessGoneError     a process that was there is gone; with a new one, it may go well
    └── signals                      answered by whoever called: CancelledError, PreconditionFailedError, ...

Who grades catches `InternalError`: it costs nobody a mark. Who talks to people catches `UserError` and prints its
text. The two are never caught together, so that neither is taken for the other. `tests/core/test_errors.py` holds
every exception class of the project against this tree.
"""

from grader.core.i18n import Message, Translator, _


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
        super().__init__(_("There is no exercise {name!r}. This course has: {known}.", name=name, known=listed))
        self.name, self.exercises = name, exercises


class NoExercisesError(UserError):
    """A folder that is no course, for it holds no rubrics."""

    def __init__(self, folder: str) -> None:
        super().__init__(_("There are no exercises in {folder}: no exercises/NAME/rubric.py.", folder=folder))


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
