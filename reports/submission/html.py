"""Render the report on a submission as one HTML file that loads nothing from any server."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from markupsafe import Markup

from grader.core.i18n import Translator
from grader.core.sanitize import sanitize_record
from grader.protocol.gradebook import Adjustment, AppliedRule, GradebookEntry
from grader.protocol.verdict import Confusion, Exhibits, Status, Verdict
from reports.common import charts, label_charts, pictures, symbols
from reports.common.numbers import Numbers
from reports.common.templates import TEMPLATES, content_security_policy, load_templates
from reports.common.times import format_time
from reports.submission import highlights
from reports.submission.adjustments import describe_adjustment
from reports.submission.class_place import ClassPlace, render_neighbours
from reports.submission.code import CodeView
from reports.submission.rules import RuleWords

# Of these, a report shows the first; the others unfold.
MOST_RUNS = 3
MOST_MISTAKES = 4


def render(
    verdict: Verdict,
    exhibits: Exhibits,
    adjustments: Sequence[Adjustment] = (),
    handed_in: ClassPlace | None = None,
    rules: Sequence[AppliedRule] = (),
    grade: str = "",
) -> str:
    """Return the report on one submission as a complete HTML document in `verdict.language`.

    The same records always give the same text.

    Args:
        verdict: The verdict on the submission.
        exhibits: The curves, pictures and tables to show besides.
        adjustments: How a person changed the mark.
        handed_in: Who handed it in; None outside of a class.
        rules: What the rules of the course did to the mark.
        grade: By the key of the course.

    Raises:
        ValueError: There is no catalogue for the language of the verdict.
    """
    template = load_templates(verdict.language).get_template("report.html")
    return template.render(
        _template_values(
            sanitize_record(verdict),
            sanitize_record(exhibits),
            tuple(map(sanitize_record, adjustments)),
            tuple(map(sanitize_record, rules)),
        )
        | {"grade": RuleWords(verdict.language).grade(grade)}
        | _class_values(handed_in, verdict.language)
    )


def _template_values(
    verdict: Verdict,
    exhibits: Exhibits,
    adjustments: tuple[Adjustment, ...],
    rules: tuple[AppliedRule, ...],
) -> dict[str, Any]:
    """Return the values that the templates use: records as they are, and the geometry of what is drawn."""
    translate, numbers = Translator(verdict.language), Numbers(verdict.language)
    entry = GradebookEntry(student="", name="", file="", verdict=verdict, adjustments=adjustments, rules=rules)
    words = RuleWords(verdict.language)
    decided = {a.criterion: a.points for a in adjustments if a.criterion is not None}
    places = [*(c.location for c in verdict.criteria), *(n.location for n in verdict.notices)]
    code = CodeView(exhibits, places)
    style, policy = _style()
    standings = _criteria_values(verdict, decided)
    return {
        **standings,
        "excerpts_of": code.arrange_excerpts(standings["open_criteria"]),
        "title_of": {criterion.id: criterion.title for criterion in verdict.criteria},
        "verdict": verdict,
        "exhibits": exhibits,
        "translate": translate,
        "number": numbers,
        "status_symbols": symbols.STATUS,
        "choose_sentence": symbols.choose_sentence,
        "severity_symbols": symbols.SEVERITY,
        "network_styles": symbols.NETWORK_STYLES,
        "next_steps": highlights.find_next_steps(verdict, decided),
        "gained_bonus": highlights.sum_gained_bonus(verdict),
        "open_bonuses": highlights.find_open_bonuses(verdict),
        "disagreements": highlights.find_disagreements(verdict),
        "missing_walls": highlights.find_missing_walls(verdict),
        "several_networks": any(score.network for score in exhibits.scores),
        "words_of_people": {a.criterion: a.reason for a in adjustments if a.criterion is not None},
        "adjustments": [(describe_adjustment(verdict, a, translate, numbers), a.reason) for a in adjustments],
        "rules": [(words.describe(rule), words.change(rule)) for rule in rules],
        "language": verdict.language,
        "version": verdict.versions.grader,
        "decided_points": verdict.points if entry.points is None else entry.points,
        "is_final": entry.mark is not None,
        "code": code,
        "listings": code.list_code(),
        "code_lines": code.count_lines(),
        "most_runs": MOST_RUNS,
        "most_mistakes": MOST_MISTAKES,
        "strip": pictures.draw_strip(verdict.criteria),
        "training": charts.draw_charts(exhibits.curves, translate, numbers),
        "experiments": charts.draw_charts(exhibits.experiments, translate, numbers),
        "heat": _list_cells(exhibits.confusion, numbers) if exhibits.confusion else (),
        "value_heat": pictures.find_value_classes(exhibits.walkthrough) if exhibits.walkthrough else (),
        "balances": tuple(label_charts.draw_balance(balance) for balance in exhibits.balances),
        "reliabilities": tuple(label_charts.draw_reliability(r, numbers) for r in exhibits.reliabilities),
        "mistakes": tuple(pictures.draw_mistake(mistake, numbers) for mistake in exhibits.mistakes),
        "narrow_rows": tuple(pictures.draw_mistake(row, numbers) for row in exhibits.narrow_rows),
        "weights": tuple((layer, pictures.is_png(layer)) for layer in exhibits.weights),
        "layers": pictures.draw_layers(exhibits.network) if exhibits.network else (),
        "figures": tuple((figure, pictures.is_png(figure)) for figure in exhibits.figures),
        "style": style,
        "policy": policy,
    }


def _list_cells(confusion: Confusion, numbers: Numbers) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return the style class and the number of each cell, by row."""
    rows = zip(pictures.find_heat_classes(confusion), confusion.counts, strict=True)
    return tuple(tuple(zip(styles, map(numbers.integer, counts), strict=True)) for styles, counts in rows)


def _criteria_values(verdict: Verdict, decided: Mapping[str, float]) -> dict[str, Any]:
    """Return the criteria by where they stand: to be explained, consequences of others, and right.

    What a person has decided needs no explanation any more, but for what the grader said about it.
    """
    passed = [
        c
        for c in verdict.criteria
        if c.status is Status.PASSED or (c.id in decided and decided[c.id] >= c.max_points)
    ]
    waiting = [c for c in verdict.criteria if c.status is Status.SKIPPED or (c.same_cause_as and c not in passed)]
    return {
        "decided_criteria": decided,
        "open_criteria": [c for c in verdict.criteria if c not in passed and c not in waiting],
        "waiting_criteria": waiting,
        "passed_criteria": passed,
    }


def _class_values(handed_in: ClassPlace | None, language: str) -> dict[str, Any]:
    """Return the values of the line about the student."""
    if handed_in is None:
        return {"handed_in": None}
    return {
        "handed_in": handed_in,
        "submitted": format_time(handed_in.submitted, language) if handed_in.submitted is not None else "",
        # Made by a template of its own, which escapes.
        "neighbours": Markup(render_neighbours(handed_in.neighbours, language)),  # noqa: S704
    }


@cache
def _style() -> tuple[Markup, str]:
    """Return the style sheet, and the policy that allows it."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    # Our own file, and no value ever goes into it.
    return Markup(style), content_security_policy(style)  # noqa: S704
