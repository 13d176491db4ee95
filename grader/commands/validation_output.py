"""Render the results of `grader validate` as tables for a terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from grader.authoring.validation.validate import ExpectationResult, MutantOutcome, MutantResult
from grader.core.i18n import Message, Translator, _

_OUTCOMES: dict[MutantOutcome, Message] = {
    MutantOutcome.KILLED: _("killed"),
    MutantOutcome.SURVIVED: _("survived"),
    MutantOutcome.EQUIVALENT: _("equivalent"),
    MutantOutcome.BORDERLINE: _("borderline"),
    MutantOutcome.NOT_GRADED: _("not graded"),
    MutantOutcome.NOT_EQUIVALENT: _("not equivalent"),
}


def build_expectation_table(name: str, results: Sequence[ExpectationResult], translate: Translator) -> Table:
    """Return a table with a row for each of the course's own submissions: points, what it must lose, complaint."""
    table = Table(title=escape(name))
    for heading in (_("Submission"), _("Points"), _("Must lose"), _("As expected?")):
        table.add_column(translate(heading))
    for result in results:
        answer = "✓" if result.complaint is None else f"[red]✗ {escape(translate(result.complaint))}[/red]"
        expectation = result.expectation
        loses_all = expectation.is_stub or expectation.is_empty
        names = ", ".join((*expectation.loses, *sorted(expectation.usually_loses)))
        loses = translate(_("everything")) if loses_all else names or "–"
        table.add_row(escape(expectation.name), f"{result.points:g}", escape(loses), answer)
    return table


def build_mutant_table(name: str, results: Sequence[MutantResult], translate: Translator) -> Table:
    """Return a table with a row for each mutant: what was changed, what became of it, and by what or why."""
    table = Table(title=translate(_("{exercise}: mutants of the reference", exercise=escape(name))))
    table.add_column(translate(_("Line")), justify="right")
    for heading in (_("Mutant"), _("Outcome"), _("By, or why")):
        table.add_column(translate(heading), overflow="fold")
    for result in results:
        outcome, mutant = translate(_OUTCOMES[result.outcome]), result.mutant
        cell = f"✓ {outcome}" if result.is_expected else f"[red]✗ {outcome}[/red]"
        table.add_row(str(mutant.line), escape(mutant.id), cell, escape(_explain(result)))
    return table


def count_consequences(results: Sequence[MutantResult], translate: Translator) -> str:
    """Return how many mutants cost only criteria about the functions that they change, and name the others."""
    clear = [result for result in results if result.consequences is not None]
    alone = [result for result in clear if not result.consequences]
    others = [f"{r.mutant.id} ({', '.join(r.consequences or ())})" for r in clear if r.consequences]
    sentence = translate(
        _(
            "{alone} of {clear} killed mutants cost only points of criteria about what they change ({share:.0%}).",
            alone=len(alone),
            clear=len(clear),
            share=len(alone) / len(clear) if clear else 1.0,
        )
    )
    if not others:
        return sentence
    return " ".join([sentence, translate(_("The others: {mutants}", mutants="; ".join(others)))])


def _explain(result: MutantResult) -> str:
    """Return the criteria, or the reason; for one that survived, the change itself, so that it can be judged."""
    if result.outcome is MutantOutcome.SURVIVED:
        return f"{result.mutant.before}\n→ {result.mutant.after}"
    return result.reason or ", ".join(result.criteria)


def count_mutants(results: Sequence[MutantResult], translate: Translator) -> str:
    """Return one sentence with the numbers."""
    count = Counter(result.outcome for result in results)
    return translate(
        _(
            "{total} mutants: {killed} killed, {survived} survived, {equivalent} equivalent, {borderline} "
            "borderline, {undecided} not graded, {wrong} listed as equivalent but not so.",
            total=len(results),
            killed=count[MutantOutcome.KILLED],
            survived=count[MutantOutcome.SURVIVED],
            equivalent=count[MutantOutcome.EQUIVALENT],
            borderline=count[MutantOutcome.BORDERLINE],
            undecided=count[MutantOutcome.NOT_GRADED],
            wrong=count[MutantOutcome.NOT_EQUIVALENT],
        )
    )
