"""Sentences in templates: their fields are escaped, their own markup is not, and `%%` is a percent sign."""

import pytest

from reports.common.templates import load_templates


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ _('100 %% of <b>all</b>') }}", "100 % of <b>all</b>"),
        ("{{ _('100 %% of %(name)s', name='<b>') }}", "100 % of &lt;b&gt;"),
        ("{{ _('nothing to fill in', name='x') }}", "nothing to fill in"),
    ],
)
def test_a_sentence_is_formatted_with_fields_and_without(template: str, expected: str) -> None:
    assert load_templates("en").from_string(template).render() == expected
