"""The error of a policy that cannot be applied."""

from grader.core.errors import UserError
from grader.core.i18n import Message, _


class PolicyError(UserError):
    """A policy says something that cannot be. `text` names the file and the field, and says what would do."""

    def __init__(self, file: str, field: str, what: Message | str) -> None:
        text = (
            _("{file}, {field}: {what}", file=file, field=field, what=what)
            if field
            else _("{file}: {what}", file=file, what=what)
        )
        super().__init__(text)
        self.file, self.field, self.what = file, field, what

    def __reduce__(self) -> tuple[type["PolicyError"], tuple[str, str, Message | str]]:
        """Make it again in another process."""
        return type(self), (self.file, self.field, self.what)
