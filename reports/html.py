"""The report as one HTML file that asks nothing of any server."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from grader.gradebook import Adjustment, Entry
from grader.text import Translator
from grader.verdict import Exhibits, Verdict
from reports import by_hand, charts, pictures, summary, symbols
from reports.clean import cleaned, one_line
from reports.number_format import Numbers

TEMPLATES = Path(__file__).parent / "templates"


def render(verdict: Verdict, exhibits: Exhibits, adjustments: Sequence[Adjustment] = ()) -> str:
    """Return the report on one submission as a complete HTML document in `verdict.language`.

    `adjustments`: what a person decided against the verdict.

    Pure: the same records give the same text. Raises `ValueError` for a language without a catalogue.
    """
    template = environment(verdict.language).get_template("report.html")
    return template.render(_view(cleaned(verdict), cleaned(exhibits), tuple(map(cleaned, adjustments))))


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
        "next_steps": summary.next_steps(verdict),
        "bonus_had": summary.bonus_had(verdict),
        "bonus_open": summary.bonus_open(verdict),
        "not_certified_because": summary.not_certified_because(verdict),
        "missing_walls": summary.missing_walls(verdict),
        "several_networks": any(score.network for score in exhibits.scores),
        "by_hand": [(by_hand.decided(verdict, a, say, numbers), a.reason) for a in adjustments],
        "mark_by_hand": Entry(student="", name="", file="", verdict=verdict, adjustments=adjustments).mark,
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


def content_security_policy(style: str, script: str = "") -> str:
    """Return a policy that allows this style sheet, this script, pictures inside the document, and nothing else.

    A hash stands for the very text of the element, so that not even a style or a script that a submission
    managed to smuggle in would apply.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            f"script-src '{_hash(script)}'" if script else "script-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _style() -> tuple[Markup, str]:
    """Return the style sheet, and the policy that allows it."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    # Our own file, and no value ever goes into it.
    return Markup(style), content_security_policy(style)  # noqa: S704


@cache
def environment(language: str) -> jinja2.Environment:
    """Return the templates in one language."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["one_line"] = one_line
    # The i18n extension adds this method to the environment, which type checkers cannot see.
    made.install_gettext_translations(  # type: ignore[attr-defined]
        Translator(language).catalogue, newstyle=True
    )
    return made
