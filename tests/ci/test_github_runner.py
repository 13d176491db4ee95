"""The stand-in for GitHub's runner is as strict as the runner, so that what it lets pass means something."""

import pytest

from tests.ci.github_runner import effects, filled, holds, outputs_of


@pytest.mark.parametrize(
    "line",
    [
        "::error file=a.py,line=1::text",
        "   ::error::text",
        "\t::Error::text",
        "before ##[error]after",
        "##[error file=a.py]text",
    ],
)
def test_a_command_is_seen_in_every_form(line: str) -> None:
    assert [command.name for command in effects(line)] == ["error"]


@pytest.mark.parametrize("line", ["text ::error::x", "::nonsense::x", ":error::x", "##[nonsense]x", "::error:x"])
def test_what_is_no_command_has_no_effect(line: str) -> None:
    assert effects(line) == []


def test_between_stop_and_token_nothing_has_an_effect() -> None:
    log = "::stop-commands::abc\n::error::no\n##[add-mask]no\n::abd::\n::ABC::\n::warning::yes"
    assert [command.name for command in effects(log)] == ["stop-commands", "warning"]


def test_a_carriage_return_begins_a_line_of_its_own() -> None:
    assert [command.name for command in effects("x\r::error::y")] == ["error"]


def test_names_are_filled_in_and_unknown_ones_are_an_error() -> None:
    assert filled("a ${{ inputs.base }} b", {"inputs.base": "x"}) == "a x b"
    assert filled("${{ steps.skipped.outputs.code }}", {}) == ""
    with pytest.raises(AssertionError, match="unknown expression"):
        filled("${{ github.head_ref }}", {})


def test_conditions_are_compared_and_unknown_ones_are_an_error() -> None:
    names = {"runner.os": "Linux", "runner.environment": "self-hosted"}
    assert holds("runner.os == 'Linux'", names)
    assert not holds("runner.os == 'Linux' && runner.environment == 'github-hosted'", names)
    with pytest.raises(AssertionError, match="unknown condition"):
        holds("always()", names)


def test_an_output_of_several_lines_is_an_error() -> None:
    assert outputs_of("a=1\nb=x=y\n") == {"a": "1", "b": "x=y"}
    with pytest.raises(AssertionError):
        outputs_of("a<<END\n1\nEND\n")
