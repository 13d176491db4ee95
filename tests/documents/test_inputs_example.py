"""The example of a network with several inputs, as the documents show it, is an exercise."""

import re
from typing import Any

from grader.core.i18n import Bilingual
from grader.core.seal import Seal
from grader.protocol.task import Task
from grader.rubric import Criterion, Rubric
from grader.rubric.agreement import refuse_disagreement, refuse_missing_arrays
from grader.rubric.agreement_of_inputs import add_packed_rows, refuse_unfit_inputs
from tests.helpers.paths import ROOT


def test_its_checks_fit_its_data() -> None:
    page = (ROOT / "docs" / "rubric-authors.md").read_text("utf-8").split("## Several inputs")[1]
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0], names)
    text = Bilingual(en="x", de="x")
    criteria = tuple(Criterion(f"c{i}", 10, text, text, check) for i, check in enumerate(names["CHECKS"]))
    rubric = Rubric(
        title=text,
        task=Task(kind="classification", classes=3, labels="integers"),
        data=names["plants"],
        criteria=criteria,
        total=10 * len(criteria),
    )
    data = rubric.build_data(Seal(b"s" * 32))
    refuse_unfit_inputs(rubric, data)
    packed = add_packed_rows(data, rubric.trainings)
    assert (packed.inside["x_train"].shape, packed.outside["x_test"].shape) == ((400, 9), (400, 9))
    refuse_missing_arrays(rubric, packed)
    refuse_disagreement(rubric, packed)
