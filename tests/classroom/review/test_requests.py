"""Regrade requests: read from whatever a form gives, put in front, answered once, and the answer is a mark."""

from pathlib import Path

import pytest

from grader.classroom.folder import ClassFolder, open_store
from grader.classroom.review.errors import ReviewError
from grader.classroom.review.requests_file import ReadRequests, read_requests
from grader.classroom.store import ConflictError, NewMark, Store, Version
from grader.core.i18n import Translator
from tests.helpers.review_class import SERIES, Served, serve_desk

FIRST, SECOND = "student0000", "student0001"


def read(served: Served, tmp_path: Path, text: str | bytes) -> ReadRequests:
    file = tmp_path / "requests.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_requests(file, served.desk.read())


def refused(served: Served, tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(ReviewError) as caught:
        read(served, tmp_path, text)
    return Translator("en")(caught.value.text)


def test_requests_are_read_as_forms_and_mailboxes_give_them(served: Served, tmp_path: Path) -> None:
    one, two = served.reference(FIRST), served.reference(SECOND).replace("-", " ").lower()
    for text in (
        f'reference,criterion,text\n{one},scale,"I divided, really"\n\n{two},Judge the figure,Look again\n',
        f'\ufeffZeit;Text;Kriterium;Referenz\n1;"I divided, really";Scale;{one}\n2;Look again;FIGURE;{two}\n',
        f"Text\tReference\tCriterion\nI divided, really\t{one}\tscale\nLook again\t{two}\tfigure\n",
    ):
        requests = read(served, tmp_path, text)
        assert requests.problems == ()
        assert requests.wishes == ((FIRST, "scale", "I divided, really"), (SECOND, "figure", "Look again"))


def test_a_row_that_means_nobody_costs_the_others_nothing(served: Served, tmp_path: Path) -> None:
    one = served.reference(FIRST)
    rows = f"XXXX-YYYY,scale,why\n{one},chess,why\n{one},scale,\n,,\n{one}\n"
    rows += f"\x1b[31m,scale,why\n{one},scale,Because.\n"
    requests = read(served, tmp_path, f"reference,criterion,text\n{rows}")
    assert requests.wishes == ((FIRST, "scale", "Because."),)
    problems = list(map(Translator("en"), requests.problems))
    assert len(problems) == 5
    for problem, sentence in zip(
        problems,
        (
            "Row 2: no report of this class has the reference XXXX-YYYY.",
            "Row 3: there is no criterion chess. This class has: scale, explanation, figure, labels.",
            "Row 4: the student does not say why.",
            "Row 6: there is no criterion –.",
            "Row 7: no report of this class has the reference \N{REPLACEMENT CHARACTER}[31m.",
        ),
        strict=True,
    ):
        assert problem.startswith(sentence)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("reference,text\n", "requests.csv lacks the columns criterion. Its first row has to name"),
        ("", "lacks the columns reference, criterion, text"),
        (b"PK\x03\x04\0\0", "is no CSV file in UTF-8"),
        (b"reference,criterion,text\n\xff,\xfe,x\n", "is no CSV file in UTF-8"),
        (b"reference,criterion,text\n" + b"x" * 200_000, "is no CSV file in UTF-8"),
    ],
)
def test_a_file_that_holds_no_requests_is_refused(
    served: Served, tmp_path: Path, content: str | bytes, sentence: str
) -> None:
    assert sentence in refused(served, tmp_path, content)


def test_a_file_that_is_not_there_is_refused(served: Served, tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="cannot be read"):
        read_requests(tmp_path / "none.csv", served.desk.read())


def test_requests_come_first_and_each_is_answered_with_points_and_a_sentence(served: Served, store: Store) -> None:
    wishes = [(FIRST, "scale", "I divided."), (SECOND, "figure", "Look <again>.")]
    store.hand_marks.add_requests(SERIES, wishes, "eve")
    page = served.ask("GET", "/").text
    assert page.index("Regrade requests") < page.index('<h2 id="criteria-title"')
    assert "Look &lt;again&gt;." in page
    one, two = store.hand_marks.read_requests(SERIES)
    page = served.ask("GET", f"/criterion/scale/{served.reference(FIRST)}").text
    assert "The student asks" in page
    assert 'value="0"' in page  # the grader's points: an answer may leave them
    without = served.save(FIRST, "scale", points="0", answers=str(one.number))
    assert "An answer needs a sentence" in without.text
    answer = served.save(FIRST, "scale", points="0", words="It is divided by 8.", answers=str(one.number))
    assert answer.headers["location"] == f"/criterion/figure/{served.reference(SECOND)}"
    assert served.save(SECOND, "figure", words="Right.", answers=str(two.number)).headers["location"] == "/"
    assert "The student asks" not in served.ask("GET", f"/criterion/scale/{served.reference(FIRST)}").text
    marks = {mark.student: mark for mark in store.hand_marks.read_marks(SERIES)}
    assert (marks[FIRST].points, marks[FIRST].text) == (0, "It is divided by 8.")
    assert [r.adjustment for r in store.hand_marks.read_requests(SERIES)] == [m.number for m in marks.values()]
    served.ask("POST", "/undo", {})
    assert "Look &lt;again&gt;." in served.ask("GET", "/").text


def test_a_request_is_answered_once(served: Served, folder: ClassFolder, store: Store) -> None:
    store.hand_marks.add_requests(SERIES, [(FIRST, "scale", "Why?")], "eve")
    (request,) = store.hand_marks.read_requests(SERIES)
    with open_store(folder) as other_store, serve_desk(folder, other_store, marker="mia") as other:
        other.save(FIRST, "scale", words="So.", answers=str(request.number))
    again = served.save(FIRST, "scale", points="7", words="Otherwise.", answers=str(request.number))
    assert again.status == 409
    assert "was answered meanwhile" in again.text
    assert "Otherwise." in again.text
    assert [mark.points for mark in store.hand_marks.read_marks(SERIES)] == [5]


def test_a_reference_says_nothing_about_a_name_and_is_another_one_in_another_class(
    served: Served, folder: ClassFolder
) -> None:
    references = {served.reference(student) for student in (FIRST, SECOND)}
    assert len(references) == 2
    assert all(len(reference) == 9 for reference in references)
    page = next((folder.path / "reports").glob("student0000*")).read_text()
    assert f"Reference: <code>{served.reference(FIRST)}</code>" in page


def test_a_desk_of_another_folder_loses_who_is_deleted(served: Served, store: Store) -> None:
    store.hand_marks.add_requests(SERIES, [(FIRST, "scale", "why?"), (SECOND, "scale", "why?")], "eve")
    before = served.reference(FIRST)
    assert served.ask("GET", f"/criterion/scale/{before}").status == 200
    version = served.version(FIRST, "scale")
    assert served.save(FIRST, "figure", points="3").status == 303  # which could be undone
    store.personal_data.erase(SERIES, [FIRST], [FIRST], lambda text: FIRST in text)
    assert served.ask("GET", f"/criterion/scale/{before}").status == 404
    form = {"points": "1", "words": "Because.", "version": version, "answers": "1"}
    refused_ = served.ask("POST", f"/criterion/scale/{before}", form)
    assert refused_.status == 404
    assert "No hand-in with the reference" in refused_.text
    assert served.ask("POST", "/undo", {}).status == 409
    assert before not in served.ask("GET", "/").text
    assert {request.student for request in store.hand_marks.read_requests(SERIES)} == {SECOND}
    records = store.personal_data.read(SERIES, FIRST)
    assert (records.hand_ins, records.adjustments, records.requests) == ((), (), ())
    assert served.save(SECOND, "scale", points="1", words="Because.", answers="2").status == 303


def test_a_decision_that_was_on_its_way_when_its_student_was_deleted_is_refused(store: Store) -> None:
    seen = next(state for state in store.hand_marks.read_states(SERIES) if state.student == FIRST)
    store.personal_data.erase(SERIES, [FIRST], [FIRST], lambda text: FIRST in text)
    mark = NewMark(student=FIRST, criterion="scale", points=1.0, reason="late")
    version = Version(hand_in=seen.hand_in, verdict=seen.verdict, adjustment=0)
    with pytest.raises(ConflictError, match="no longer in the store"):
        store.hand_marks.decide(SERIES, mark, version, "eve")
    assert store.personal_data.read(SERIES, FIRST).adjustments == ()


def test_what_a_desk_undoes_is_never_the_mark_of_another_student(served: Served, store: Store) -> None:
    assert served.save(FIRST, "figure", points="3").status == 303
    store.personal_data.erase(SERIES, [FIRST], [FIRST], lambda text: FIRST in text)
    state = next(state for state in store.hand_marks.read_states(SERIES) if state.student == SECOND)
    version = Version(hand_in=state.hand_in, verdict=state.verdict, adjustment=0)
    mark = NewMark(student=SECOND, criterion="figure", points=2.0, reason="of another desk")
    number = store.hand_marks.decide(SERIES, mark, version, "mia")
    assert number == 1  # SQLite gives it once more
    assert served.ask("POST", "/undo", {}).status == 409
    assert [m.reason for m in store.hand_marks.read_marks(SERIES)] == ["of another desk"]
