"""Say what is wrong with a command line in the language that `--lang` asks for: Typer itself speaks English."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from typer.core import TyperGroup

from grader.core.i18n import LANGUAGES, Message, Translator, _, default_language

# The beginnings of Typer's sentences that have no class of their own.
_NO_COMMAND = re.compile(r"No such command '?(.+?)'?\.")
_EXTRA = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)")
_NEEDS_VALUE = re.compile(r"Option '?(.+?)'? requires an argument")


class TranslatingGroup(TyperGroup):
    """The commands of the program. What is wrong with a command line is told in the language that it names."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Parse the options before the name of a command."""
        language = find_language(args)
        with _translated(language):
            context = super().make_context(info_name, args, parent, **extra)
        context.obj = language
        return context

    def invoke(self, ctx: Any) -> Any:
        """Parse what follows the name of a command, and run it."""
        with _translated(ctx.obj or default_language()):
            return super().invoke(ctx)


def find_language(arguments: Sequence[str]) -> str:
    """Return the language that `--lang` names among arguments, else that of the terminal."""
    for position, word in enumerate(arguments):
        name, _sign, value = word.partition("=")
        if name == "--lang":
            language = value or next(iter(arguments[position + 1 :]), "")
            if language in LANGUAGES:
                return language
    return default_language()


@contextlib.contextmanager
def _translated(language: str) -> Iterator[None]:
    """Replace a usage error by one in another language; English ones stay as they are."""
    try:
        yield
    except Exception as error:
        kinds = {cls.__name__: cls for cls in type(error).__mro__}
        if language == "en" or "UsageError" not in kinds:
            raise
        from typer import rich_utils  # a tenth of a second that only mistakes need

        translate = Translator(language)
        rich_utils.ERRORS_PANEL_TITLE = translate(_("Error"))
        context = getattr(error, "ctx", None)
        text = translate(describe_usage_error(error))
        if context is not None:
            text += " " + translate(_("Help: {command}", command=f"{context.command_path} --help"))
        raise kinds["UsageError"](text) from None  # without a context, whose usage lines would be English


def describe_usage_error(error: Any) -> Message:
    """Return what is wrong with a command line, from the exception that says so in English."""
    kind, text = type(error).__name__, str(error.format_message())
    parameter = getattr(error, "param", None)
    name = _name_parameter(parameter)
    if kind == "MissingParameter":
        return _("{name} is missing.", name=name)
    if kind == "NoSuchOption":
        close = list(getattr(error, "possibilities", None) or ())
        if close:
            return _("There is no option {name}. Did you mean {close}?", name=error.option_name, close=close[0])
        return _("There is no option {name}.", name=error.option_name)
    if kind == "BadParameter" and (choices := getattr(getattr(parameter, "type", None), "choices", None)):
        known = ", ".join(str(getattr(choice, "value", choice)) for choice in choices)
        return _("{name} is one of: {known}.", name=name, known=known)
    if (found := _NO_COMMAND.match(text)) is not None:
        return _("There is no command {name}. grader --help shows them all.", name=found[1])
    if (found := _EXTRA.match(text)) is not None:
        return _("That is too much: {words}.", words=found[1])
    if (found := _NEEDS_VALUE.match(text)) is not None:
        return _("{name} needs a value.", name=found[1])
    if name:
        reason = str(getattr(error, "message", text)).rstrip(".")
        return _("{name} cannot have this value ({reason}).", name=name, reason=reason)
    return _("This command line cannot be read ({reason}).", reason=text.rstrip("."))


def _name_parameter(parameter: Any) -> str:
    """Return what a parameter is called on the command line; "" for none."""
    if parameter is None:
        return ""
    options = [option for option in getattr(parameter, "opts", ()) if option.startswith("-")]
    return max(options, key=len) if options else str(getattr(parameter, "metavar", None) or parameter.name).upper()
