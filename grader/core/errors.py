"""TODO: grader/core/errors.py."""

from grader.core.i18n import Message, Translator


class UserError(Exception):
    """Something cannot be done. `text` tells people what happened, what was expected, and how to mend it."""

    def __init__(self, text: Message) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return self.text.msgid


class UnreadableSubmission(UserError):  # noqa: N818 - not a fault of the program, but a finding about a file
    """The file cannot be graded. `text` says what is wrong, what was expected, and how to mend it."""


class UnknownExerciseError(LookupError):
    """No such exercise. `known`: those that there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


class GraderError(Exception):
    """The grader itself failed: nothing was found out about the submission."""


class ProcessGoneError(GraderError):
    """One of the grader's processes is gone or does not answer: with new ones, it may go well."""


class UnusableRubricError(GraderError):
    """Nothing can be graded by the rubric: a fault of its author. `text` says which."""

    def __init__(self, text: Message) -> None:
        super().__init__(text)  # by this it is made again in the process that started this one
        self.text = text

    def __str__(self) -> str:
        return Translator("en")(self.text)


class SandboxError(Exception):
    """The grader's own processes could not be started or went away."""


class RubricFileError(UserError):
    """A rubric that nothing can be graded by. `text` says why, for its author."""

    def __str__(self) -> str:
        return Translator("en")(self.text)


class HiddenModuleError(UserError):
    """A module beside a rubric whose name is taken."""
