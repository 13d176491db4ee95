"""Everything that a store knows of a person: to hand it out, and to delete it.

What is to be deleted beside the database is noted in it, in the transaction that deletes the rows: whoever opens
the store after a crash finds the note and goes on.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from grader.classroom.store import queries
from grader.classroom.store.blobs import Blobs
from grader.classroom.store.database import Database
from grader.classroom.store.records import StoredEvidence
from grader.classroom.store.schema import (
    adjustments,
    comments,
    evidence,
    hand_ins,
    requests,
    settings,
    students,
    verdicts,
)
from grader.protocol.gradebook import Adjustment
from grader.protocol.hand_in import HandIn, hand_in_fields
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Record, Resources, Verdict, Versions


class Erasure(Record, frozen=True):
    """What is still to be deleted, after the rows are."""

    students: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # that they are recognised by in other files
    blobs: tuple[str, ...] = ()  # files that nothing refers to any more


class GivenVerdict(Record, frozen=True, kw_only=True):
    """A verdict of the history. `verdict`: None where it cannot be read any more."""

    at: datetime
    by: str
    key: str | None  # of the evidence
    rubric: str
    verdict: Verdict | None


class StoredHandIn(Record, frozen=True, kw_only=True):
    """A hand-in with its whole history."""

    number: int
    hand_in: HandIn
    entered: datetime
    sha256: str
    problem: str
    is_newest: bool
    submission: Submission | None
    verdicts: tuple[GivenVerdict, ...]


class StoredAdjustment(Record, frozen=True, kw_only=True):
    """An adjustment or mark by hand, also one that was withdrawn. Its reason begins with the reusable comment."""

    adjustment: Adjustment
    is_second: bool  # of a second marker: it changes no mark
    withdrawn_by: str | None
    withdrawn_at: datetime | None


class StoredRequest(Record, frozen=True, kw_only=True):
    """A regrade request. `answer`: the mark by hand that answers it; None while it is open."""

    criterion: str
    text: str
    by: str  # who entered it
    at: datetime
    answer: StoredAdjustment | None


class EvidenceSummary(Record, frozen=True, kw_only=True):
    """What is known of the evidence of a run, without the evidence itself: that holds hidden rows."""

    key: str
    at: datetime
    bytes: int
    seeds: tuple[int, ...]
    versions: Versions
    isolation: Isolation
    resources: Resources


class PersonRecords(Record, frozen=True, kw_only=True):
    """Everything that a store knows of a student in one class."""

    hand_ins: tuple[StoredHandIn, ...]
    adjustments: tuple[StoredAdjustment, ...]
    requests: tuple[StoredRequest, ...]
    evidence: tuple[EvidenceSummary, ...]


class Mentions(Record, frozen=True, kw_only=True):
    """Where other people's rows name somebody."""

    reasons: tuple[str, ...] = ()  # keys of students, in the reason of whose adjustment
    requests: tuple[str, ...] = ()  # keys of students, in whose regrade request
    comments: tuple[str, ...] = ()  # criteria, in a reusable comment on which


class PersonalData:
    """Reads and deletes what a store knows of people. All methods raise `StoreError`."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database, self._blobs = database, blobs

    def read(self, exercise: str, student: str) -> PersonRecords:
        """Return everything about a student of a class."""
        with self._database.read() as connection:
            who = (hand_ins.c.exercise == exercise, hand_ins.c.student == student)
            newest = connection.execute(
                select(students.c.hand_in).where(students.c.exercise == exercise, students.c.student == student)
            ).scalar()
            rows = connection.execute(select(hand_ins).where(*who).order_by(hand_ins.c.number)).all()
            history = {row.number: self._read_verdicts(connection, row.number) for row in rows}
            changed = connection.execute(
                queries.select_with_comments()
                .where(adjustments.c.exercise == exercise, adjustments.c.student == student)
                .order_by(adjustments.c.number)
            ).all()
            asked = connection.execute(
                select(requests)
                .where(requests.c.exercise == exercise, requests.c.student == student)
                .order_by(requests.c.number)
            ).all()
            keys = sorted({one.key for of_one in history.values() for one in of_one if one.key is not None})
            stored = [
                row
                for key in keys
                for row in connection.execute(select(evidence).where(evidence.c.key == key)).all()
            ]
        adjusted = {row.number: _to_stored(row) for row in changed}
        return PersonRecords(
            hand_ins=tuple(
                StoredHandIn(
                    number=row.number,
                    hand_in=HandIn(**hand_in_fields(row)),
                    entered=row.at,
                    sha256=row.sha256,
                    problem=row.problem,
                    is_newest=row.number == newest,
                    submission=self._read_submission(row.blob),
                    verdicts=history[row.number],
                )
                for row in rows
            ),
            adjustments=tuple(adjusted.values()),
            requests=tuple(
                StoredRequest(
                    criterion=row.criterion,
                    text=row.text,
                    by=row.by,
                    at=row.at,
                    answer=adjusted.get(row.adjustment),
                )
                for row in asked
            ),
            evidence=tuple(
                summary for row in stored if (summary := self._summarise(row.key, row.at, row.blob)) is not None
            ),
        )

    def list_other_classes(self, exercise: str, student: str) -> list[str]:
        """Return the other classes of this store that a student of this key is in."""
        with self._database.read() as connection:
            query = select(students.c.exercise).where(
                students.c.student == student, students.c.exercise != exercise
            )
            return sorted(set(connection.execute(query).scalars()))

    def find_mentions(
        self, exercise: str, is_named: Callable[[str], bool], without: Sequence[str] = ()
    ) -> Mentions:
        """Return where rows of a class name somebody, also withdrawn adjustments and earlier texts of comments.

        Args:
            exercise: the class.
            is_named: says whether a text names them.
            without: keys of students whose own rows are left out, with the comments that go with them.
        """
        with self._database.read() as connection:
            reasons = connection.execute(
                select(adjustments.c.student, adjustments.c.reason)
                .where(adjustments.c.exercise == exercise)
                .order_by(adjustments.c.number)
            ).all()
            asked = connection.execute(
                select(requests.c.student, requests.c.text)
                .where(requests.c.exercise == exercise)
                .order_by(requests.c.number)
            ).all()
            deleted = _find_comments_to_delete(connection, exercise, is_named, without)
            commented = connection.execute(
                select(comments).where(comments.c.exercise == exercise).order_by(comments.c.number)
            ).all()
        own = frozenset(without)
        return Mentions(
            reasons=tuple(
                dict.fromkeys(row.student for row in reasons if row.student not in own and is_named(row.reason))
            ),
            requests=tuple(
                dict.fromkeys(row.student for row in asked if row.student not in own and is_named(row.text))
            ),
            comments=tuple(
                dict.fromkeys(
                    row.criterion for row in commented if row.number not in deleted and is_named(row.text)
                )
            ),
        )

    def count_comments_to_delete(
        self, exercise: str, erased: Sequence[str], is_named: Callable[[str], bool]
    ) -> int:
        """Return how many texts of reusable comments `erase` would delete."""
        with self._database.read() as connection:
            return len(_find_comments_to_delete(connection, exercise, is_named, erased))

    def erase(
        self, exercise: str, erased: Sequence[str], texts: Sequence[str], is_named: Callable[[str], bool]
    ) -> Erasure:
        """Delete all rows of students, all or none, and note what is to be deleted beside the database.

        Reusable comments that nobody else has go, too, and earlier texts of the others that name them.

        Args:
            exercise: the class.
            erased: keys of the students.
            texts: that they are recognised by in other files.
            is_named: says whether a text names them.
        """
        with self._database.write() as connection:
            deleted = _find_comments_to_delete(connection, exercise, is_named, erased)
            for number in sorted(deleted):
                connection.execute(delete(comments).where(comments.c.number == number))
            keys: set[str] = set()
            blobs: set[str] = set()
            for student in erased:
                _delete_student(connection, exercise, student, keys, blobs)
            is_alone = _is_alone(connection, exercise)
            used = set(connection.execute(select(verdicts.c.key).where(verdicts.c.key.is_not(None))).scalars())
            for row in connection.execute(select(evidence.c.key, evidence.c.blob)).all():
                # Others may have handed in the same bytes. What no verdict was made from was left by a crash.
                if row.key not in used and (row.key in keys or is_alone):
                    connection.execute(delete(evidence).where(evidence.c.key == row.key))
                    blobs.add(row.blob)
            blobs -= set(connection.execute(select(hand_ins.c.blob).where(hand_ins.c.blob.is_not(None))).scalars())
            blobs -= set(connection.execute(select(evidence.c.blob)).scalars())
            erasure = Erasure(tuple(erased), tuple(texts), tuple(sorted(blobs)))
            connection.execute(insert(settings).values(name=_note(exercise), value=_encode(erasure)))
        return erasure

    def find_unfinished(self, exercise: str) -> Erasure | None:
        """Return what is still to be deleted, after a crash; None where nothing is."""
        with self._database.read() as connection:
            value = connection.execute(select(settings.c.value).where(settings.c.name == _note(exercise))).scalar()
        return None if value is None else msgspec.convert(json.loads(value), Erasure)

    def remove_files(self, exercise: str, erasure: Erasure) -> None:
        """Remove files of submissions and evidence; all unused ones where no other class uses the store."""
        for digest in erasure.blobs:
            self._blobs.remove(digest)
        with self._database.read() as connection:
            is_alone = _is_alone(connection, exercise)
        if is_alone:  # nobody else writes, so what nothing refers to was left by a crash
            self._blobs.tidy(self._list_used, at_once=True)

    def finish(self, exercise: str) -> None:
        """Overwrite what the database's file still holds of deleted rows, and the note at last."""
        with self._database.write() as connection:
            empty = update(settings).where(settings.c.name == _note(exercise)).values(value=_encode(Erasure()))
            connection.execute(empty)
        self._database.compact()
        with self._database.write() as connection:
            connection.execute(delete(settings).where(settings.c.name == _note(exercise)))

    def _read_verdicts(self, connection: Connection, number: int) -> tuple[GivenVerdict, ...]:
        query = select(verdicts).where(verdicts.c.hand_in == number).order_by(verdicts.c.number)
        return tuple(
            GivenVerdict(
                at=row.at,
                by=row.by,
                key=row.key,
                rubric=row.rubric,
                verdict=queries.decode_verdict(row.verdict),
            )
            for row in connection.execute(query)
        )

    def _read_submission(self, digest: str | None) -> Submission | None:
        data = None if digest is None else self._blobs.get(digest)
        try:
            return None if data is None else msgspec.msgpack.decode(data, type=Submission)
        except msgspec.MsgspecError:
            return None  # of another version of this program

    def _summarise(self, key: str, at: datetime, digest: str) -> EvidenceSummary | None:
        data = self._blobs.get(digest)
        if data is None:
            return None
        try:
            stored = msgspec.msgpack.decode(data, type=StoredEvidence)
        except msgspec.MsgspecError:
            return None
        return EvidenceSummary(
            key=key,
            at=at,
            bytes=len(data),
            seeds=stored.seeds,
            versions=stored.versions,
            isolation=stored.isolation,
            resources=stored.resources,
        )

    def _list_used(self) -> set[str]:
        with self._database.read() as connection:
            used = select(hand_ins.c.blob).where(hand_ins.c.blob.is_not(None)).union(select(evidence.c.blob))
            return set(connection.execute(used).scalars())


def _delete_student(connection: Connection, exercise: str, student: str, keys: set[str], blobs: set[str]) -> None:
    """Delete the rows of a student, and add the keys and files that they referred to."""
    for table in (requests, adjustments, students):
        connection.execute(delete(table).where(table.c.exercise == exercise, table.c.student == student))
    who = (hand_ins.c.exercise == exercise, hand_ins.c.student == student)
    for row in connection.execute(select(hand_ins.c.number, hand_ins.c.blob).where(*who)).all():
        of_one = select(verdicts.c.key).where(verdicts.c.hand_in == row.number, verdicts.c.key.is_not(None))
        keys.update(connection.execute(of_one).scalars())
        connection.execute(delete(verdicts).where(verdicts.c.hand_in == row.number))
        if row.blob is not None:
            blobs.add(row.blob)
    connection.execute(delete(hand_ins).where(*who))


def _find_comments_to_delete(
    connection: Connection, exercise: str, is_named: Callable[[str], bool], erased: Sequence[str]
) -> set[int]:
    """Return the rows of reusable comments that go with students. What others read today is never among them."""
    having = connection.execute(
        select(adjustments.c.student, adjustments.c.comment).where(
            adjustments.c.exercise == exercise, adjustments.c.comment.is_not(None)
        )
    )
    own, by_comment = frozenset(erased), defaultdict[str, set[str]](set)
    for adjusted in having:
        by_comment[adjusted.comment].add(adjusted.student)
    texts: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    query = select(comments).where(comments.c.exercise == exercise).order_by(comments.c.number)
    for row in connection.execute(query):
        texts[row.id].append(row)
    deleted: set[int] = set()
    for id_, (*earlier, newest) in texts.items():
        having_it = by_comment[id_]
        if having_it <= own and (having_it or is_named(newest.text)):
            deleted.update(row.number for row in (*earlier, newest))  # an earlier text would count again
        else:
            deleted.update(row.number for row in earlier if is_named(row.text))
    return deleted


def _to_stored(row: Row[Any]) -> StoredAdjustment:
    return StoredAdjustment(
        adjustment=queries.to_adjustment(row),
        is_second=row.is_second,
        withdrawn_by=row.withdrawn_by,
        withdrawn_at=row.withdrawn_at,
    )


def _is_alone(connection: Connection, exercise: str) -> bool:
    """Return whether a store has no other class."""
    query = select(hand_ins.c.number).where(hand_ins.c.exercise != exercise).limit(1)
    return connection.execute(query).first() is None


def _note(exercise: str) -> str:
    return f"erasure in {exercise}"


def _encode(erasure: Erasure) -> str:
    return json.dumps(msgspec.to_builtins(erasure))  # unlike msgspec, it writes keys of any characters
