"""How proofs of a rubric are shown on a terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from grader.authoring.validation.validate import ExpectationResult, MutantOutcome, MutantResult
from grader.core.i18n import Message, Translator, _

_FATES: dict[MutantOutcome, Message] = {
    MutantOutcome.KILLED: _("killed"),
    MutantOutcome.SURVIVED: _("survived"),
    MutantOutcome.EQUIVALENT: _("equivalent"),
    MutantOutcome.NOT_GRADED: _("not graded"),
    MutantOutcome.NOT_EQUIVALENT: _("not equivalent"),
}


def build_expectation_table(name: str, proofs: Sequence[ExpectationResult], translate: Translator) -> Table:
    """Return a row for each of the course's own solutions: what it got, what it claims, and whether that is so."""
    table = Table(title=escape(name))
    for heading in (_("Submission"), _("Points"), _("Must lose"), _("As claimed?")):
        table.add_column(translate(heading))
    for proof in proofs:
        verdict = "✓" if proof.complaint is None else f"[red]✗ {escape(translate(proof.complaint))}[/red]"
        claim = proof.claim
        lost = translate(_("everything")) if claim.untouched or claim.empty else ", ".join(claim.loses) or "–"
        table.add_row(escape(claim.name), f"{proof.points:g}", escape(lost), verdict)
    return table


def build_mutant_table(name: str, trials: Sequence[MutantResult], translate: Translator) -> Table:
    """Return a row for each mutant: what was changed, what became of it, and by what or why."""
    table = Table(title=translate(_("{exercise}: mutants of the reference", exercise=escape(name))))
    table.add_column(translate(_("Line")), justify="right")
    for heading in (_("Mutant"), _("Fate"), _("By, or why")):
        table.add_column(translate(heading), overflow="fold")
    for trial in trials:
        fate, mutant = translate(_FATES[trial.fate]), trial.mutant
        shown = f"✓ {fate}" if trial.is_as_it_should_be else f"[red]✗ {fate}[/red]"
        table.add_row(str(mutant.line), escape(mutant.id), shown, escape(_why(trial)))
    return table


def _why(trial: MutantResult) -> str:
    """Return the criteria, or the reason; for one that survived, the change itself, so that it can be judged."""
    if trial.fate is MutantOutcome.SURVIVED:
        return f"{trial.mutant.before}\n→ {trial.mutant.after}"
    return trial.reason or ", ".join(trial.criteria)


def count_mutants(trials: Sequence[MutantResult], translate: Translator) -> str:
    """Return one sentence with the numbers."""
    count = Counter(trial.fate for trial in trials)
    return translate(
        _(
            "{total} mutants: {killed} killed, {survived} survived, {equivalent} equivalent, {undecided} not "
            "graded, {wrong} listed as equivalent but not so.",
            total=len(trials),
            killed=count[MutantOutcome.KILLED],
            survived=count[MutantOutcome.SURVIVED],
            equivalent=count[MutantOutcome.EQUIVALENT],
            undecided=count[MutantOutcome.NOT_GRADED],
            wrong=count[MutantOutcome.NOT_EQUIVALENT],
        )
    )
