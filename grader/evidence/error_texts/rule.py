"""A rule of a table: what an exception says, and the sentence that a student reads instead."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.core.i18n import Words
from grader.evidence.error_texts.reason import find_reason
from grader.protocol.evidence import ExceptionFacts


@dataclass(frozen=True)
class RaisedError:
    """An exception as rules look at it."""

    facts: ExceptionFacts
    reason: str  # the innermost sentence of its message

    @property
    def text(self) -> str:
        """Return type and reason, as Python prints them."""
        return f"{self.facts.type}: {self.reason}" if self.reason else self.facts.type


@dataclass(frozen=True)
class Rule:
    """One kind of exception and its sentence."""

    pattern: re.Pattern[str]  # found in "Type: reason"
    explain: Callable[[re.Match[str], RaisedError], Words | None]  # None: it is another kind after all


def rule(pattern: str, explain: Callable[[re.Match[str], RaisedError], Words | None]) -> Rule:
    """Return a rule for exceptions in whose text a regular expression is found."""
    return Rule(re.compile(pattern, re.DOTALL), explain)


def read_error(facts: ExceptionFacts) -> RaisedError:
    """Return an exception with the reason that its message gives."""
    return RaisedError(facts, find_reason(facts.message))


def apply_rules(rules: tuple[Rule, ...], error: RaisedError) -> Words | None:
    """Return the sentence of the first rule that an exception obeys, None where there is none."""
    for one in rules:
        match = one.pattern.search(error.text)
        sentence = one.explain(match, error) if match is not None else None
        if sentence is not None:
            return sentence
    return None
