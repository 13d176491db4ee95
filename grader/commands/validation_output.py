"""How proofs of a rubric are shown on a terminal."""

from collections import Counter
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from grader.authoring.validation.validate import Fate, Proof, Trial
from grader.core.i18n import T, Text, Translator

_FATES: dict[Fate, Text] = {
    Fate.KILLED: T("killed"),
    Fate.SURVIVED: T("survived"),
    Fate.EQUIVALENT: T("equivalent"),
    Fate.NOT_GRADED: T("not graded"),
    Fate.NOT_EQUIVALENT: T("not equivalent"),
}


def table_of_claims(name: str, proofs: Sequence[Proof], say: Translator) -> Table:
    """Return a row for each of the course's own solutions: what it got, what it claims, and whether that is so."""
    table = Table(title=escape(name))
    for heading in (T("Submission"), T("Points"), T("Must lose"), T("As claimed?")):
        table.add_column(say(heading))
    for proof in proofs:
        verdict = "✓" if proof.complaint is None else f"[red]✗ {escape(say(proof.complaint))}[/red]"
        claim = proof.claim
        lost = say(T("everything")) if claim.untouched or claim.empty else ", ".join(claim.loses) or "–"
        table.add_row(escape(claim.name), f"{proof.points:g}", escape(lost), verdict)
    return table


def table_of_mutants(name: str, trials: Sequence[Trial], say: Translator) -> Table:
    """Return a row for each mutant: what was changed, what became of it, and by what or why."""
    table = Table(title=say(T("{exercise}: mutants of the reference", exercise=escape(name))))
    table.add_column(say(T("Line")), justify="right")
    for heading in (T("Mutant"), T("Fate"), T("By, or why")):
        table.add_column(say(heading), overflow="fold")
    for trial in trials:
        fate, mutant = say(_FATES[trial.fate]), trial.mutant
        shown = f"✓ {fate}" if trial.is_as_it_should_be else f"[red]✗ {fate}[/red]"
        table.add_row(str(mutant.line), escape(mutant.id), shown, escape(_why(trial)))
    return table


def _why(trial: Trial) -> str:
    """Return the criteria, or the reason; for one that survived, the change itself, so that it can be judged."""
    if trial.fate is Fate.SURVIVED:
        return f"{trial.mutant.before}\n→ {trial.mutant.after}"
    return trial.reason or ", ".join(trial.criteria)


def count_of_mutants(trials: Sequence[Trial], say: Translator) -> str:
    """Return one sentence with the numbers."""
    count = Counter(trial.fate for trial in trials)
    return say(
        T(
            "{total} mutants: {killed} killed, {survived} survived, {equivalent} equivalent, {undecided} not "
            "graded, {wrong} listed as equivalent but not so.",
            total=len(trials),
            killed=count[Fate.KILLED],
            survived=count[Fate.SURVIVED],
            equivalent=count[Fate.EQUIVALENT],
            undecided=count[Fate.NOT_GRADED],
            wrong=count[Fate.NOT_EQUIVALENT],
        )
    )
