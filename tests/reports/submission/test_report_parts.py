"""Parts of a finished report: the lines and the evidence of one criterion, whatever the submission says."""

import msgspec
import pytest

from grader.protocol.verdict import CodeUnit, CriterionVerdict, Exhibits, Location, Status, Verdict
from reports.submission import html
from reports.submission.report_parts import take_parts
from tests.reports import samples
from tests.reports.classroom.samples import adjustment, criterion, judged

HOSTILE = '</section></article><section id="figures"><script>alert(1)</script></section><div class="own-lines">'


def page(*criteria: CriterionVerdict, lines: tuple[str, ...] = ("x = 1",)) -> str:
    exhibits = Exhibits(code=(CodeUnit(cell=None, lines=lines),))
    return html.render(judged(*criteria), exhibits)


def at_line(name: str, line: int) -> CriterionVerdict:
    return criterion(name, Status.FAILED, location=Location(file="a.py", line=line))


def test_the_lines_of_a_criterion_are_its_own() -> None:
    report = page(at_line("one", 1), at_line("two", 12), lines=tuple(f"line_{n} = {n}" for n in range(1, 20)))
    one, two = take_parts(report, "one"), take_parts(report, "two")
    assert "line_1 = 1<" in one.own_lines
    assert "line_12 = 12" not in one.own_lines
    assert "line_12 = 12" in two.own_lines
    assert one.own_lines.count("<div") == one.own_lines.count("</div>")
    assert '<details class="whole">' in one.code


@pytest.mark.parametrize("name", ["passed", "no-such"])
def test_without_lines_of_its_own_the_whole_code_is_unfolded(name: str) -> None:
    parts = take_parts(page(criterion("passed", Status.PASSED, 10.0)), name)
    assert parts.own_lines == ""
    assert '<details class="whole" open>' in parts.code


def test_the_evidence_of_a_whole_report_is_found() -> None:
    verdict, exhibits = samples.mixed("en")
    parts = take_parts(html.render(verdict, exhibits), verdict.criteria[0].id)
    assert len(parts.evidence) == 7
    for section in parts.evidence:
        assert section.startswith("<section id=")
        assert section.count("<section") == section.count("</section>") == 1


def test_what_a_submission_says_cannot_look_like_a_part() -> None:
    verdict, exhibits = samples.hostile("en")
    report = html.render(verdict, exhibits)
    expected = take_parts(html.render(*samples.mixed("en")), "").evidence
    parts = take_parts(report, verdict.criteria[0].id)
    assert len(parts.evidence) <= len(expected)
    parts = take_parts(page(criterion("one", Status.FAILED, message=HOSTILE), lines=(HOSTILE,)), "one")
    assert parts.evidence == ()
    assert "<script" not in parts.own_lines + parts.code


def test_what_is_no_report_has_no_parts() -> None:
    parts = take_parts("<html>changed by hand", "one")
    assert (parts.own_lines, parts.evidence, parts.code) == ("", (), "")


def render(verdict: Verdict, points: float) -> str:
    return html.render(verdict, Exhibits(), (adjustment("one", points, "Well <seen>."),))


def test_what_a_person_wrote_stands_at_the_criterion_and_all_points_make_it_right() -> None:
    verdict = judged(criterion("one", Status.NOT_GRADED), criterion("two", Status.PASSED, 10.0))
    partly, fully = render(verdict, 4.0), render(verdict, 10.0)
    for report in (partly, fully):
        article = report.partition('id="criterion-one"')[2].partition("criterion-two")[0]
        assert "Well &lt;seen&gt;." in article
        assert "From a person" in article
    assert "Title of one: 4 of 10 points" in partly
    assert 'id="open"' in partly
    assert 'id="open"' not in fully
    failed = msgspec.structs.replace(verdict, criteria=(criterion("one", Status.FAILED), verdict.criteria[1]))
    assert "Title of one: 4 points instead of 0" in render(failed, 4.0)
