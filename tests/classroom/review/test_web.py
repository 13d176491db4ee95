"""The desk as a browser sees it: what is saved, what is refused, and that nothing typed is ever lost."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from grader.classroom.folder import ClassFolder, open_store
from grader.classroom.store import Judgement, Store
from grader.protocol.verdict import Status
from tests.helpers.review_class import (
    ANSWER,
    SERIES,
    Served,
    make_class,
    make_hand_in,
    make_verdict,
    serve_desk,
)
from tests.helpers.store_tables import replay_marks

FIRST, SECOND = "student0000", "student0001"


def marks(store: Store, student: str = FIRST) -> list[tuple[str | None, float, str, str]]:
    rows = {row.entry.student: row.entry for row in store.newest_hand_ins(SERIES)}
    return [(a.criterion, a.points, a.reason, a.by) for a in rows[student].adjustments]


def test_the_overview_counts_what_waits(served: Served) -> None:
    page = served.ask("GET", "/").text
    assert "Explain overfitting" in page
    assert '<b class="status-not_graded waits">3</b>' in page
    served.save(FIRST, "explanation")
    assert '<b class="status-not_graded waits">2</b>' in served.ask("GET", "/").text


def test_a_page_shows_the_answer_the_code_and_the_evidence(served: Served) -> None:
    page = served.ask("GET", f"/criterion/explanation/{served.reference(FIRST)}").text
    assert ANSWER in page
    assert "The lines in question" in page
    for section in ("figures", "training", "held-out", "network", "code"):
        assert f'<section id="{section}"' in page
    assert "Student0000" in page
    assert served.reference(FIRST) in served.ask("GET", f"/report/{served.reference(FIRST)}").text


def test_a_mark_is_saved_with_author_and_reason_and_leads_to_the_next(served: Served, store: Store) -> None:
    order = served.desk.read().order("explanation")
    answer = served.save(order[0], "explanation", points="7,5", words="  Good.\r\nAlmost.  ")
    assert answer.status == 303
    assert answer.headers["location"] == f"/criterion/explanation/{served.reference(order[1])}"
    assert marks(store, order[0]) == [("explanation", 7.5, "Good.\nAlmost.", "eve")]
    assert replay_marks(store, SERIES) == {(order[0], "explanation"): 7.5}
    for student in order[1:]:
        answer = served.save(student, "explanation")
    assert answer.headers["location"] == "/?decided=explanation"
    assert "Nobody waits any more: Explain overfitting." in served.ask("GET", "/?decided=explanation").text


def test_a_criterion_begins_with_who_waits(served: Served) -> None:
    order = served.desk.read().order("figure")
    served.save(order[0], "figure")
    begin = served.ask("GET", "/criterion/figure")
    assert begin.headers["location"].endswith(served.reference(order[1]))


def test_the_order_is_stable_and_another_one_for_each_criterion(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "out", 12, with_reports=False)
    with open_store(folder) as store, serve_desk(folder, store) as served:
        view = served.desk.read()
        orders = {name: view.order(name) for name in ("explanation", "figure", "scale")}
        assert len(set(orders.values())) == 3
        assert sorted(orders["scale"]) == sorted(view.rows)
        served.save(orders["figure"][0], "figure")
        assert served.desk.read().order("figure") == orders["figure"]


def test_what_the_grader_left_open_comes_first(served: Served, store: Store) -> None:
    decided = served.desk.read().order("figure")[0]
    row = next(row for row in store.newest_hand_ins(SERIES) if row.entry.student == decided)
    verdict = make_verdict(decided)
    criteria = tuple(
        msgspec.structs.replace(c, status=Status.NOT_ATTEMPTED) if c.id == "figure" else c
        for c in verdict.criteria
    )
    new = msgspec.structs.replace(verdict, criteria=criteria)
    store.add_verdicts([Judgement(number=row.number, key=row.key, verdict=new, by="me")])
    view = served.desk.read()
    assert view.order("figure")[-1] == decided
    assert not view.is_open(decided, "figure", is_second=False)


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        (
            {"points": "12.5"},
            422,
            "This criterion cannot give 12.5 points: a number from 0 to 10, or to 12",
        ),
        ({"points": "-1"}, 422, "cannot give -1 points"),
        ({"points": "nan"}, 422, "cannot give nan points"),
        ({"points": "much"}, 422, "&#39;much&#39; is no number of points"),
        ({"points": " "}, 422, "The points are missing: a number from 0 to 10"),
        ({"comment": "no-such"}, 422, "The chosen comment is not there any more"),
        ({"version": "1-2"}, 422, "This page is not complete"),
        ({"version": "1-2-9"}, 409, "Your decision was not saved"),
        ({"words": "x" * 4001}, 422, "The comment has 4001 characters"),
    ],
)
def test_what_cannot_be_saved_is_said_in_one_sentence_and_stays_in_the_form(
    served: Served, store: Store, fields: dict[str, str], status: int, sentence: str
) -> None:
    answer = served.save(FIRST, "explanation", **({"words": "All of <this> I typed."} | fields))
    assert answer.status == status
    assert sentence in answer.text
    typed = fields.get("words", "All of &lt;this&gt; I typed.")
    assert f">\n{typed}</textarea>" in answer.text
    if fields.get("points", "").strip():
        assert f'value="{fields["points"]}"' in answer.text
    assert marks(store) == []


def test_a_mark_against_the_grader_needs_a_reason(served: Served, store: Store) -> None:
    assert "Say in a sentence why" in served.save(FIRST, "scale").text
    assert marks(store) == []
    assert served.save(FIRST, "scale", words="A typo in the task.").status == 303
    served.save(FIRST, "figure")
    assert marks(store) == [
        ("scale", 5, "A typo in the task.", "eve"),
        ("figure", 5, "Marked by a person.", "eve"),
    ]


def test_two_desks_do_not_overwrite_each_other(served: Served, folder: ClassFolder, store: Store) -> None:
    with open_store(folder) as other_store, serve_desk(folder, other_store, marker="mia") as other:
        version = served.version(FIRST, "figure")
        assert other.save(FIRST, "figure", points="8", words="Clear.").status == 303
        answer = served.save(FIRST, "figure", points="2", words="Unclear.", version=version)
        assert answer.status == 409
        assert "mia decided this criterion since you opened the page" in answer.text
        assert "Clear." in answer.text
        assert ">\nUnclear.</textarea>" in answer.text
        assert marks(store) == [("figure", 8, "Clear.", "mia")]
        assert served.save(FIRST, "figure", points="2", words="Unclear.").status == 303
    assert marks(store) == [("figure", 2, "Unclear.", "eve")]


def test_what_is_graded_meanwhile_is_noticed(served: Served, store: Store) -> None:
    version = served.version(FIRST, "figure")
    (number,) = store.add_hand_ins(SERIES, [make_hand_in(FIRST, "y = 2\n")], store.begin_run(SERIES, "me"))
    answer = served.save(FIRST, "figure", version=version)
    assert answer.status == 404  # the new hand-in has no verdict yet
    store.add_verdicts([Judgement(number=number, key="k", verdict=make_verdict(FIRST), by="me")])
    answer = served.save(FIRST, "figure", version=version, words="So.")
    assert answer.status == 409
    assert "handed in again meanwhile" in answer.text
    assert marks(store) == []


def test_undo_goes_back_step_by_step(served: Served, store: Store) -> None:
    served.save(FIRST, "figure", points="3", words="one")
    served.save(FIRST, "figure", points="4", words="two")
    served.save(SECOND, "figure", points="5", words="three")
    assert "Undo" in served.ask("GET", "/").text
    back = served.ask("POST", "/undo", {})
    assert back.headers["location"] == f"/criterion/figure/{served.reference(SECOND)}"
    assert marks(store, SECOND) == []
    served.ask("POST", "/undo", {})
    assert marks(store) == [("figure", 3, "one", "eve")]
    served.ask("POST", "/undo", {})
    assert marks(store) == []
    assert "There is nothing to undo" in served.ask("POST", "/undo", {}).text
    assert replay_marks(store, SERIES) == {}


def test_what_somebody_else_decided_is_not_undone(served: Served, folder: ClassFolder, store: Store) -> None:
    served.save(FIRST, "figure", points="3")
    with open_store(folder) as other_store, serve_desk(folder, other_store, marker="mia") as other:
        other.save(FIRST, "figure", points="8", words="No.")
    answer = served.ask("POST", "/undo", {})
    assert answer.status == 409
    assert "somebody decided anew" in answer.text
    assert marks(store) == [("figure", 8, "No.", "mia")]


def test_a_comment_is_offered_to_others_and_mended_for_all(served: Served, store: Store) -> None:
    served.save(FIRST, "figure", words="Lable the axes.", reusable="yes")
    (comment,) = served.desk.read().comments
    page = served.ask("GET", f"/criterion/figure/{served.reference(SECOND)}").text
    assert f'value="{comment.id}"' in page
    served.save(SECOND, "figure", comment=comment.id, words="And hand in again.")
    mended = {"comment": comment.id, "text": "Label the axes.", "seen": comment.text}
    assert served.ask("POST", "/comments/figure", mended).status == 303
    assert [m[2] for m in marks(store)] == ["Label the axes."]
    assert [m[2] for m in marks(store, SECOND)] == ["Label the axes. And hand in again."]
    assert "2 hand-ins have it" in served.ask("GET", "/comments/figure").text
    again = served.ask("POST", "/comments/figure", mended | {"text": "An older page."})
    assert again.status == 409
    assert "Somebody else changed this comment meanwhile" in again.text
    assert "An older page." in again.text
    assert "cannot be empty" in served.ask("POST", "/comments/figure", mended | {"text": " "}).text
    # A comment of one criterion is no comment of another.
    assert "not there any more" in served.save(FIRST, "explanation", comment=comment.id).text


def test_a_second_marker_sees_no_points_and_disagreements_are_listed(
    served: Served, folder: ClassFolder, store: Store
) -> None:
    served.save(FIRST, "figure", points="3", words="Poor.")
    served.save(SECOND, "figure", points="5")
    with open_store(folder) as other_store, serve_desk(folder, other_store, marker="mia", is_second=True) as other:
        page = other.ask("GET", f"/criterion/figure/{other.reference(FIRST)}").text
        assert "Poor." not in page
        assert "What counts now" not in page
        assert "Whole report" not in page
        assert '<section id="code"' in page
        report = other.ask("GET", f"/report/{other.reference(FIRST)}")
        assert report.status == 404
        assert "A second marker sees no reports" in report.text
        other.save(FIRST, "figure", points="9", words="Rich.")
        other.save(SECOND, "figure", points="5")
    assert marks(store) == [("figure", 3, "Poor.", "eve")]
    page = served.ask("GET", "/disagreements").text
    assert "2 criteria were marked twice" in page
    assert "gave 3 points more" in page
    assert "Poor." in page
    assert "Rich." in page
    assert "Student0001" not in page.partition("<main")[2]
    assert "1 disagreement<" in served.ask("GET", "/").text


def test_markup_and_control_characters_are_shown_and_run_nothing(served: Served, store: Store) -> None:
    words = "<script>alert(1)</script> \x00\x1b[31m \u202e &amp; 'quoted'"
    assert served.save(FIRST, "figure", words=words).status == 303
    assert marks(store)[0][2] == words
    page = served.ask("GET", f"/criterion/figure/{served.reference(FIRST)}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "⟨U+202E⟩" in page


def test_what_is_not_there_is_said_in_one_sentence(served: Served) -> None:
    for path, sentence in (
        ("/criterion/chess", "There is no criterion chess. This class has: scale, explanation, figure, labels."),
        ("/criterion/figure/XXXX-YYYY", "No hand-in with the reference XXXX-YYYY"),
        ("/comments/chess", "There is no criterion chess"),
        ("/report/XXXX-YYYY", "There is no report of this hand-in"),
        ("/elsewhere", "There is no such page at the desk"),
        ("/criterion/%3Cb%3E", "There is no criterion &lt;b&gt;"),
    ):
        answer = served.ask("GET", path)
        assert answer.status == 404, path
        assert sentence in answer.text, path


def test_a_class_without_verdicts_has_an_empty_desk(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "out", 0)
    with open_store(folder) as store, serve_desk(folder, store) as served:
        assert "There is no verdict yet" in served.ask("GET", "/").text


def test_an_anonymous_class_has_pseudonyms_only(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "out", 2, anonymous=True)
    with open_store(folder) as store, serve_desk(folder, store) as served:
        served.save(FIRST, "figure", words="For student0000.")
        pages = [
            served.ask("GET", path).text
            for path in (
                "/",
                f"/criterion/explanation/{served.reference(FIRST)}",
                f"/report/{served.reference(FIRST)}",
            )
        ]
    for page in pages:
        assert "student000" not in page.lower()


def test_a_hand_in_without_a_report_can_be_marked(tmp_path: Path) -> None:
    folder = make_class(tmp_path / "out", 1, with_reports=False)
    with open_store(folder) as store, serve_desk(folder, store) as served:
        page = served.ask("GET", f"/criterion/figure/{served.reference(FIRST)}").text
        assert "There is no report with this hand-in" in page
        assert served.save(FIRST, "figure").status == 303


def test_a_store_that_fails_loses_nothing_of_what_was_typed(served: Served, store: Store) -> None:
    version = served.version(FIRST, "figure")
    with store._database.write() as connection:
        connection.execute(text("ALTER TABLE grader_adjustments RENAME TO elsewhere"))
    answer = served.ask(
        "POST",
        f"/criterion/figure/{served.reference(FIRST)}",
        {"points": "5", "words": "Ten lines of mine.", "version": version},
    )
    assert answer.status == 503
    assert "cannot be read or written" in answer.text
    assert "Ten lines of mine." in answer.text
