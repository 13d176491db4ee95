"""Take parts out of a finished report: what another page shows is what the student sees, and is made once.

Everything that a submission says is escaped in a report, so none of it can look like the tags that are sought.
"""

import re

import msgspec

_SECTION = re.compile(r'<section id="([a-z-]+)".*?</section>', re.DOTALL)
_CRITERION = re.compile(
    r'<(article|details) class="[^"]*\bcriterion\b[^"]*" id="criterion-([^"]+)".*?</\1>', re.DOTALL
)
_OWN_LINES = re.compile(r'<div class="own-lines">.*(?=</article>)', re.DOTALL)
# The sections that show evidence, in the order in which whoever judges by hand needs them.
EVIDENCE = ("figures", "training", "held-out", "class-sizes", "reliability", "mistakes", "network")
CODE = "code"


class ReportParts(msgspec.Struct, frozen=True):
    """Parts of one report, as HTML that is safe to be inserted."""

    own_lines: str = ""  # the student's code that a criterion is about
    evidence: tuple[str, ...] = ()
    code: str = ""  # all of it, unfolded where there are no lines of the criterion


def take_parts(page: str, criterion: str) -> ReportParts:
    """Return the parts of a report that show what one criterion, named by its id, is judged by."""
    sections = {match[1]: match[0] for match in _SECTION.finditer(page)}
    article = next((m[0] for m in _CRITERION.finditer(page) if m[2] == criterion), "")
    own_lines = _OWN_LINES.search(article)
    lines = own_lines[0] if own_lines is not None and 'class="row' in own_lines[0] else ""
    code = sections.get(CODE, "")
    if not lines:
        code = code.replace('<details class="whole">', '<details class="whole" open>', 1)
    return ReportParts(
        own_lines=lines, evidence=tuple(sections[name] for name in EVIDENCE if name in sections), code=code
    )
