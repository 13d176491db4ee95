"""Render the report on a submission as one HTML file that loads nothing from any server."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from markupsafe import Markup

from grader.core.i18n import Translator
from grader.core.sanitize import sanitize_record
from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.verdict import Exhibits, Verdict
from reports.common import charts, pictures, symbols
from reports.common.numbers import Numbers
from reports.common.templates import TEMPLATES, content_security_policy, load_templates
from reports.submission import highlights
from reports.submission.adjustments import describe_adjustment


def render(verdict: Verdict, exhibits: Exhibits, adjustments: Sequence[Adjustment] = ()) -> str:
    """Return the report on one submission as a complete HTML document in `verdict.language`.

    The same records always give the same text.

    Args:
        verdict: The verdict on the submission.
        exhibits: The curves, pictures and tables to show besides.
        adjustments: How a person changed the mark.

    Raises:
        ValueError: There is no catalogue for the language of the verdict.
    """
    template = load_templates(verdict.language).get_template("report.html")
    return template.render(
        _template_values(
            sanitize_record(verdict), sanitize_record(exhibits), tuple(map(sanitize_record, adjustments))
        )
    )


def _template_values(verdict: Verdict, exhibits: Exhibits, adjustments: tuple[Adjustment, ...]) -> dict[str, Any]:
    """Return the values that the templates use: records as they are, and the geometry of what is drawn."""
    translate, numbers = Translator(verdict.language), Numbers(verdict.language)
    style, policy = _style()
    return {
        "verdict": verdict,
        "exhibits": exhibits,
        "translate": translate,
        "number": numbers,
        "status_symbols": symbols.STATUS,
        "status_sentences": symbols.SENTENCE,
        "severity_symbols": symbols.SEVERITY,
        "network_styles": symbols.NETWORK_STYLES,
        "next_steps": highlights.find_next_steps(verdict),
        "gained_bonus": highlights.sum_gained_bonus(verdict),
        "open_bonuses": highlights.find_open_bonuses(verdict),
        "disagreements": highlights.find_disagreements(verdict),
        "missing_walls": highlights.find_missing_walls(verdict),
        "several_networks": any(score.network for score in exhibits.scores),
        "adjustments": [(describe_adjustment(verdict, a, translate, numbers), a.reason) for a in adjustments],
        "adjusted_mark": GradebookEntry(
            student="", name="", file="", verdict=verdict, adjustments=adjustments
        ).mark,
        "strip": pictures.draw_strip(verdict.criteria),
        "training": charts.draw_charts(exhibits.curves, translate, numbers),
        "experiments": charts.draw_charts(exhibits.experiments, translate, numbers),
        "heat": pictures.find_heat_classes(exhibits.confusion) if exhibits.confusion else (),
        "mistakes": tuple(pictures.draw_mistake(mistake) for mistake in exhibits.mistakes),
        "layers": pictures.draw_layers(exhibits.network) if exhibits.network else (),
        "figures": tuple((figure, pictures.is_png(figure)) for figure in exhibits.figures),
        "style": style,
        "policy": policy,
    }


@cache
def _style() -> tuple[Markup, str]:
    """Return the style sheet, and the policy that allows it."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    # Our own file, and no value ever goes into it.
    return Markup(style), content_security_policy(style)  # noqa: S704
