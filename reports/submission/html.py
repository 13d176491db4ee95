"""The report as one HTML file that asks nothing of any server."""

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
from reports.common.templates import TEMPLATES, content_security_policy, environment
from reports.submission import adjustments as by_hand
from reports.submission import highlights


def render(verdict: Verdict, exhibits: Exhibits, adjustments: Sequence[Adjustment] = ()) -> str:
    """Return the report on one submission as a complete HTML document in `verdict.language`.

    `adjustments`: what a person decided against the verdict.

    Pure: the same records give the same text. Raises `ValueError` for a language without a catalogue.
    """
    template = environment(verdict.language).get_template("report.html")
    return template.render(
        _view(sanitize_record(verdict), sanitize_record(exhibits), tuple(map(sanitize_record, adjustments)))
    )


def _view(verdict: Verdict, exhibits: Exhibits, adjustments: tuple[Adjustment, ...]) -> dict[str, Any]:
    """Return everything that the templates name: records as they are, and the geometry of what is drawn."""
    say, numbers = Translator(verdict.language), Numbers(verdict.language)
    style, policy = _style()
    return {
        "verdict": verdict,
        "exhibits": exhibits,
        "say": say,
        "number": numbers,
        "status_symbols": symbols.STATUS,
        "status_sentences": symbols.SENTENCE,
        "severity_symbols": symbols.SEVERITY,
        "network_styles": symbols.NETWORK_STYLES,
        "next_steps": highlights.next_steps(verdict),
        "bonus_had": highlights.bonus_had(verdict),
        "bonus_open": highlights.bonus_open(verdict),
        "not_certified_because": highlights.not_certified_because(verdict),
        "missing_walls": highlights.missing_walls(verdict),
        "several_networks": any(score.network for score in exhibits.scores),
        "by_hand": [(by_hand.decided(verdict, a, say, numbers), a.reason) for a in adjustments],
        "mark_by_hand": GradebookEntry(
            student="", name="", file="", verdict=verdict, adjustments=adjustments
        ).mark,
        "strip": pictures.strip(verdict.criteria),
        "training": charts.charts(exhibits.curves, say, numbers),
        "experiments": charts.charts(exhibits.experiments, say, numbers),
        "heat": pictures.heat(exhibits.confusion) if exhibits.confusion else (),
        "mistakes": tuple(pictures.picture(mistake) for mistake in exhibits.mistakes),
        "layers": pictures.layers(exhibits.network) if exhibits.network else (),
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
