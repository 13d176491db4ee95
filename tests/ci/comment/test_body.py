"""What stands in the place of marks, and what is no record: the parts that no host changes."""

import pytest

from grader.ci.comment.body import decode_record, render_refusal
from grader.core.errors import UserError
from grader.core.i18n import Translator
from tests.ci.comment.results import data

EN = Translator("en")


def test_ten_files_that_decide_are_named_and_the_others_counted() -> None:
    names = [f"action{number}.yml" for number in range(13)]
    assert "more" not in render_refusal(names[:10], EN)
    page = render_refusal(names, EN)
    assert "action9" in page
    assert "action10" not in page
    assert "and 3 more" in page


def test_of_a_language_that_nobody_speaks_no_more_is_repeated_than_names_it() -> None:
    record = data().replace(b'"language": "en"', b'"language": "' + b"x" * 50 + b'"')
    with pytest.raises(UserError) as refused:
        decode_record(record)
    assert f"its language is {'x' * 40!r}" in EN(refused.value.text)
