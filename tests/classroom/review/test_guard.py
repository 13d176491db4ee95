"""Who gets through to the desk: a browser with the token, on a page of its own, and nobody else."""

from pathlib import Path
from typing import Any

import pytest

from grader.classroom.folder import open_store
from grader.classroom.review.forms import MOST_BYTES
from grader.classroom.store import Store
from tests.helpers.review_class import SERIES, Served, make_class, serve_desk

STUDENT = "student0000"
FOREIGN: dict[str, dict[str, Any]] = {
    "another page": {"Origin": "http://example.org"},
    "another port": {"Origin": "http://127.0.0.1:1"},
    "a sandboxed frame": {"Origin": "null"},
    "who does not say where from": {"Origin": None},
    "a page of another site": {"Sec_Fetch_Site": "cross-site"},
}


def nothing_decided(store: Store) -> bool:
    return store.hand_marks.read_marks(SERIES, with_withdrawn=True) == []


def form(served: Served) -> dict[str, str]:
    return {"points": "5", "words": "Mine.", "version": served.version(STUDENT, "figure")}


def path_of(served: Served) -> str:
    return f"/criterion/figure/{served.reference(STUDENT)}"


def test_the_link_opens_the_desk_and_hides_its_token(served: Served) -> None:
    answer = served.ask("GET", f"/?token={served.token}", Cookie=None)
    assert answer.status == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    for part in (served.token, "HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie


@pytest.mark.parametrize(
    "path", ["/", "/criterion/figure", "/report/x", "/?token=", "/?token=wrong", "/elsewhere"]
)
@pytest.mark.parametrize("cookie", [None, "x=y", "grader-desk=1", "\x7f;;=", "grader-desk-0=ä"])
def test_without_the_token_nothing_is_shown(served: Served, path: str, cookie: str | None) -> None:
    answer = served.ask("GET", path, Cookie=cookie)
    assert answer.status == 403
    assert "needs the whole link" in answer.text
    assert "Student" not in answer.text


@pytest.mark.parametrize("who", FOREIGN)
def test_another_page_cannot_post_to_the_desk(served: Served, store: Store, who: str) -> None:
    answer = served.ask("POST", path_of(served), form(served), **FOREIGN[who])
    assert answer.status == 403
    assert "Another page tried to change something here. Nothing was changed." in answer.text
    assert "Mine." not in answer.text
    assert nothing_decided(store)


def test_a_page_of_a_desk_that_was_closed_saves_nothing_and_gives_back_what_was_typed(
    served: Served, store: Store
) -> None:
    port = served.address.rpartition(":")[2]
    answer = served.ask("POST", path_of(served), form(served), Cookie=f"grader-desk-{port}=of-an-earlier-desk")
    assert answer.status == 403
    assert "the page of a desk that was closed" in answer.text
    assert "Mine." in answer.text
    assert nothing_decided(store)


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "", "[::1]:80"])
def test_under_another_name_the_desk_does_not_answer(served: Served, host: str) -> None:
    """A foreign name can be made to lead to this machine: its pages would then be of one origin with the desk."""
    answer = served.ask("GET", "/", Host=host)
    assert answer.status == 421
    assert f"it answers under {served.address} only" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/elsewhere", "/desk.css", "/desk.js", "/criterion/figure", "/report/x", "/?token=wrong"]
)
def test_every_answer_forbids_what_the_pages_do_not_need(served: Served, path: str) -> None:
    headers = served.ask("GET", path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    if not path.startswith("/report"):
        assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"points=%ff", b"&".join(b"f%d=1" % n for n in range(30)), b"words=" + b"x" * MOST_BYTES],
    ids=["bytes", "no UTF-8", "fields", "length"],
)
def test_what_is_no_form_is_refused_in_one_sentence(served: Served, store: Store, body: bytes) -> None:
    answer = served.ask("POST", path_of(served), body)
    assert answer.status == 422
    assert "is no form of this page. Nothing was saved" in answer.text
    assert nothing_decided(store)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_do_nothing(served: Served, store: Store, method: str) -> None:
    own: dict[str, Any] = {"Origin": f"http://{served.address}"}
    assert served.ask(method, path_of(served)).status == 403
    assert served.ask(method, path_of(served), **own).status == 404
    assert nothing_decided(store)


def test_two_desks_have_two_tokens(served: Served, tmp_path: Path) -> None:
    folder = make_class(tmp_path / "other", 1)
    with open_store(folder) as store, serve_desk(folder, store) as other:
        assert other.token != served.token
        port = other.address.rpartition(":")[2]
        assert other.ask("GET", "/", Cookie=f"grader-desk-{port}={served.token}").status == 403
