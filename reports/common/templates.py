"""Load the HTML templates of the reports, and the policy that keeps a report from loading anything else."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from grader.core.i18n import Translator
from grader.core.sanitize import one_line

TEMPLATES = Path(__file__).parent.parent / "templates"


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
def load_templates(language: str) -> jinja2.Environment:
    """Return the templates in one language; text that they insert is escaped."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters["one_line"] = one_line
    # The i18n extension adds this method to the environment, which type checkers cannot see.
    catalogue = Translator(language).catalogue
    templates.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    templates.globals["gettext"] = _make_gettext(catalogue.gettext)
    return templates


def _make_gettext(translate: Callable[[str], str]) -> Callable[..., Markup]:
    """Return what templates call for a sentence. The extension formats even what has no fields, each time anew."""

    @cache
    def mark(sentence: str) -> Markup:
        return Markup(translate(sentence))  # noqa: S704 - from the templates and the catalogue, which are ours

    def gettext(sentence: str, **fields: object) -> Markup:
        text = mark(sentence)
        return text % fields if fields or "%" in text else text

    return gettext
