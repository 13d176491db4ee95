"""Classes to be reviewed, and desks that really serve: on a socket of this machine, from a thread of the tests."""

import hashlib
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import uvicorn

from grader.classroom.folder import ClassFolder, Settings, open_store, prepare_folder
from grader.classroom.pages import Publisher
from grader.classroom.review.desk import Desk
from grader.classroom.review.guard import new_token
from grader.classroom.review.serve import listen, make_link, make_server
from grader.classroom.store import Judgement, NewHandIn, Store
from grader.protocol.hand_in import HandIn
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import CodePlace, Exhibits, Status, Verdict
from tests.reports import sample_code, sample_exhibits
from tests.reports.classroom.samples import criterion, judged

SERIES = "view-0"
BY_HAND = ("explanation", "figure")
ANSWER = "The network memorises the rows.\n\nIts validation loss rises."


def make_verdict(student: str) -> Verdict:
    """Return a verdict: two criteria wait for a person, one failed, one is passed."""
    return judged(
        criterion("scale", Status.FAILED, title="Scale"),
        criterion(
            "explanation",
            Status.NOT_GRADED,
            title="Explain overfitting",
            received=f"{student}: {ANSWER}",
            bonus=2.0,
        ),
        criterion("figure", Status.NOT_GRADED, title="Judge the figure"),
        criterion("labels", Status.PASSED, 10.0, title="Labels"),
    )


def make_exhibits() -> Exhibits:
    """Return exhibits with curves, figures, a confusion matrix, a network, and code."""
    units = sample_code.script_code()
    places = tuple(
        CodePlace(criterion=name, cell=None, first=first, last=first + 3)
        for name, first in (("scale", 1), ("explanation", 6), ("figure", 12))
    )
    return msgspec.structs.replace(sample_exhibits.exhibits(), code=units, places=places)


def make_class(path: Path, count: int, *, anonymous: bool = False, with_reports: bool = True) -> ClassFolder:
    """Make the folder of a graded class, with a report for everybody."""
    settings = Settings(
        exercise="view", series=SERIES, course="", language="en", mode="walls", anonymous=anonymous
    )
    folder = prepare_folder(path, settings)
    students = [f"student{number:04}" for number in range(count)]
    with open_store(folder) as store:
        run = store.begin_run(SERIES, "me")
        numbers = store.add_hand_ins(SERIES, [make_hand_in(student) for student in students], run)
        store.add_verdicts(
            Judgement(number=number, key=f"key-{number}", verdict=make_verdict(student), by="me")
            for number, student in zip(numbers, students, strict=True)
        )
        if with_reports:
            publisher, exhibits = Publisher(folder, store), make_exhibits()
            for row in store.newest_hand_ins(SERIES):
                assert row.entry.verdict is not None
                publisher.write_report(row.entry, row.entry.verdict, exhibits)
    return folder


def make_hand_in(student: str, code: str = "x = 1\n") -> NewHandIn:
    """Return a hand-in of a student."""
    source = f"# {student}\n{code}"
    submission = Submission(
        "submission.py", hashlib.sha256(source.encode()).hexdigest(), "script", (Unit(source, source),)
    )
    who = HandIn(student=student, name=student.title(), file=f"{student}/submission.py")
    return NewHandIn(hand_in=who, submission=submission)


@dataclass(frozen=True)
class Answer:
    """What a desk answered to one request."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Served:
    """A desk that answers."""

    desk: Desk
    link: str
    address: str  # host and port
    token: str

    def ask(
        self, method: str, path: str, fields: dict[str, str] | bytes | None = None, **headers: str | None
    ) -> Answer:
        """Send a request as a browser with the desk's cookie does; `headers` change that, None leaves one out."""
        port = self.address.rpartition(":")[2]
        sent: dict[str, str | None] = {
            "Host": self.address,
            "Cookie": f"grader-desk-{port}={self.token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if method == "POST":
            sent |= {"Origin": f"http://{self.address}", "Sec-Fetch-Site": "same-origin"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)
        try:
            body = urlencode(fields) if isinstance(fields, dict) else fields
            connection.putrequest(method, path, skip_host=True)
            data = body.encode() if isinstance(body, str) else body or b""
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()

    def reference(self, student: str) -> str:
        """Return the reference of a student."""
        return self.desk.publisher.public_reference(student)

    def version(self, student: str, criterion_id: str) -> str:
        """Return what a page that is opened now would say that it was made of."""
        return str(self.desk.read().version(student, criterion_id, is_second=self.desk.is_second))

    def save(self, student: str, criterion_id: str, **fields: str) -> Answer:
        """Send the form of a hand-in."""
        form = {"points": "5", "words": "", "version": self.version(student, criterion_id)} | fields
        return self.ask("POST", f"/criterion/{criterion_id}/{self.reference(student)}", form)


@contextmanager
def serve_desk(
    folder: ClassFolder, store: Store, *, marker: str = "eve", is_second: bool = False, language: str = "en"
) -> Iterator[Served]:
    """Serve a desk while the block runs."""
    desk = Desk(Publisher(folder, store), store, marker, is_second=is_second)
    token = new_token()
    with listen(0) as listener:
        server: uvicorn.Server = make_server(desk, language, listener, token)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        link = make_link(listener, token)
        try:
            yield Served(desk, link, link.removeprefix("http://").partition("/")[0], token)
        finally:
            server.should_exit = True
            thread.join(60)
