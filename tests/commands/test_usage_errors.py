"""What is wrong with a command line is told in the language that it asks for."""

import pytest
from typer.testing import CliRunner

from grader.commands.app import app
from grader.commands.usage_errors import find_language
from grader.core.exit_codes import ExitCode


def said(*arguments: str, **environment: str) -> str:
    done = CliRunner().invoke(app, arguments, env={"LANG": "C", "LC_ALL": "", "COLUMNS": "200"} | environment)
    assert done.exit_code == ExitCode.USAGE
    return done.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "--lang", "de", "--foo"), "Eine Option --foo gibt es nicht."),
        (("check", "--lang=de", "--watsch"), "Meinst du --watch?"),
        (("start", "--lang", "de"), "NAME fehlt."),
        (("check", "--lang", "de", "digits", "--html"), "--html braucht einen Wert."),
        (("chek", "--lang", "de"), "Einen Befehl chek gibt es nicht."),
        (("list", "--lang", "de", "digits"), "Das ist zu viel: digits."),
    ],
)
def test_usage_errors_are_german_where_german_is_asked_for(arguments: tuple[str, ...], sentence: str) -> None:
    german = said(*arguments)
    assert sentence in german
    assert "Try" not in german
    assert "Usage" not in german


def test_usage_errors_are_english_otherwise() -> None:
    assert "Missing argument 'NAME'" in said("start")
    assert "Missing argument 'NAME'" in said("start", "--lang", "en", LANG="de_DE.UTF-8")


def test_the_language_is_read_wherever_it_stands() -> None:
    assert find_language(["check", "--lang", "de"]) == find_language(["--lang=de"]) == "de"
    assert find_language(["check", "--lang"]) == find_language(["--lang", "fr"]) == find_language([])
