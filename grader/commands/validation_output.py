"""Build the tables that `grader validate` prints."""

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
    MutantOutcome.NOT_GRADED: _("not graded"),
    MutantOutcome.NOT_EQUIVALENT: _("not equivalent"),
}


def build_expectation_table(name: str, results: Sequence[ExpectationResult], translate: Translator) -> Table:
    """Return a row for each of the course's own solutions: what it got, what it claims, and whether that is so."""
    table = Table(title=escape(name))
    for heading in (_("Submission"), _("Points"), _("Must lose"), _("As claimed?")):
        table.add_column(translate(heading))
    for result in results:
        verdict = "✓" if result.complaint is None else f"[red]✗ {escape(translate(result.complaint))}[/red]"
        claim = result.claim
        lost = translate(_("everything")) if claim.untouched or claim.empty else ", ".join(claim.loses) or "–"
        table.add_row(escape(claim.name), f"{result.points:g}", escape(lost), verdict)
    return table


def build_mutant_table(name: str, results: Sequence[MutantResult], translate: Translator) -> Table:
    """Return a row for each mutant: what was changed, what became of it, and by what or why."""
    table = Table(title=translate(_("{exercise}: mutants of the reference", exercise=escape(name))))
    table.add_column(translate(_("Line")), justify="right")
    for heading in (_("Mutant"), _("Fate"), _("By, or why")):
        table.add_column(translate(heading), overflow="fold")
    for result in results:
        fate, mutant = translate(_OUTCOMES[result.fate]), result.mutant
        outcome = f"✓ {fate}" if result.is_as_it_should_be else f"[red]✗ {fate}[/red]"
        table.add_row(str(mutant.line), escape(mutant.id), outcome, escape(_why(result)))
    return table


def _why(result: MutantResult) -> str:
    """Return the criteria, or the reason; for one that survived, the change itself, so that it can be judged."""
    if result.fate is MutantOutcome.SURVIVED:
        return f"{result.mutant.before}\n→ {result.mutant.after}"
    return result.reason or ", ".join(result.criteria)


def count_mutants(results: Sequence[MutantResult], translate: Translator) -> str:
    """Return one sentence with the numbers."""
    count = Counter(result.fate for result in results)
    return translate(
        _(
            "{total} mutants: {killed} killed, {survived} survived, {equivalent} equivalent, {undecided} not "
            "graded, {wrong} listed as equivalent but not so.",
            total=len(results),
            killed=count[MutantOutcome.KILLED],
            survived=count[MutantOutcome.SURVIVED],
            equivalent=count[MutantOutcome.EQUIVALENT],
            undecided=count[MutantOutcome.NOT_GRADED],
            wrong=count[MutantOutcome.NOT_EQUIVALENT],
        )
    )
