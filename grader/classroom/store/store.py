"""The store of a class. What a method wrote is on the disk when it returns.

Several processes and threads may use one store at once. A process that is killed inside a method has written
everything or nothing.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TypeVar

import msgspec
from sqlalchemy import URL, Connection, Row, bindparam, insert, select, update

from grader.classroom.store import errors, queries
from grader.classroom.store.blobs import Blobs, sha256_of
from grader.classroom.store.database import Database
from grader.classroom.store.errors import StoreError
from grader.classroom.store.hand_marks import HandMarks
from grader.classroom.store.personal_data import PersonalData
from grader.classroom.store.records import Attempt, HandInRow, Judgement, NewHandIn, StoredEvidence
from grader.classroom.store.schema import adjustments, evidence, hand_ins, runs, settings, students, verdicts
from grader.core.i18n import _
from grader.protocol.gradebook import Adjustment
from grader.protocol.hand_in import hand_in_fields
from grader.protocol.submission import Submission

T = TypeVar("T")

WRITERS = 8  # files that are written at the same time
BATCH_SIZE = 500  # items of a list in one query: databases limit the number of parameters

_EVIDENCE_OF = select(evidence.c.blob).where(evidence.c.key == bindparam("key"))
_SUBMISSION_OF = select(hand_ins.c.blob, hand_ins.c.student, hand_ins.c.exercise).where(
    hand_ins.c.number == bindparam("number")
)


class Store:
    """Hand-ins, evidence, the history of verdicts, adjustments and settings. A context manager; thread-safe.

    All methods raise `StoreError` with a sentence for people.
    """

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self.hand_marks = HandMarks(database)

    @classmethod
    def open(cls, folder: Path, url: str | None = None, files: str | None = None) -> Self:
        """Open a store, or make it where there is none.

        Args:
            folder: Holds both parts of the store where no other place is given.
            url: Address of the database, for SQLAlchemy.
            files: Address of the folder for submissions and evidence, for fsspec.
        """
        if url is None or files is None:
            _make(folder)
        database = Database(url or URL.create("sqlite", database=str(folder / "store.sqlite3")))
        try:
            return cls(database, Blobs(files or str(folder / "evidence"), database.id))
        except BaseException:
            database.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Nothing is lost without it."""
        self._database.close()

    @property
    def personal_data(self) -> PersonalData:
        """Return the way to everything that is known of a person."""
        return PersonalData(self._database, self._blobs)

    def tidy(self) -> None:
        """Remove files that killed processes left behind. Once per batch is often enough."""
        self._blobs.tidy(self._all_used)

    # Hand-ins

    def begin_run(self, exercise: str, by: str) -> int:
        """Begin a run over a class's hand-ins, and return its number: higher than all before."""
        row = {"exercise": exercise, "by": by, "at": _now()}
        with self._database.write() as connection:
            return _number(connection.execute(insert(runs).values(row)).inserted_primary_key)

    def add_hand_ins(self, exercise: str, hands: Sequence[NewHandIn], run: int) -> list[int]:
        """Enter hand-ins as the newest of their students, as a run found them; all of them or none.

        Where a later run was faster, its hand-in stays the newest.

        Returns:
            The number of each hand-in. The same file of a student gets the same number again.
        """
        blobs = self._write_submissions(hands)
        with self._database.write() as connection:
            return [_enter(connection, exercise, *pair, run) for pair in zip(hands, blobs, strict=True)]

    def note_problem(self, number: int, problem: str) -> None:
        """Note why the grader failed at a hand-in, which has no verdict until it is judged again."""
        with self._database.write() as connection:
            connection.execute(update(hand_ins).where(hand_ins.c.number == number).values(problem=problem))

    def read_submission(self, number: int) -> Submission:
        """Return the submission of a hand-in."""
        with self._database.read() as connection:
            row = connection.execute(_SUBMISSION_OF, {"number": number}).one()
        return self._read_submission(row)

    def find_judged(self, number: int, key: str) -> tuple[StoredEvidence | None, Callable[[], Submission]]:
        """Return what `find_evidence` does, and what does as `read_submission`; the database is asked once."""
        with self._database.read() as connection:
            digest = connection.execute(_EVIDENCE_OF, {"key": key}).scalar()
            row = connection.execute(_SUBMISSION_OF, {"number": number}).one()
        return self._read_evidence(digest), lambda: self._read_submission(row)

    def _read_submission(self, row: Row[str | None, str, str]) -> Submission:
        data = None if row.blob is None else self._blobs.get(row.blob)
        if data is not None:
            try:
                return msgspec.msgpack.decode(data, type=Submission)
            except msgspec.MsgspecError:
                pass  # of another version of this program
        raise StoreError(
            _(
                "What {student} handed in for {exercise} is no longer in the store. Run the batch again with the "
                "files.",
                student=errors.printable(row.student),
                exercise=row.exercise,
            )
        )

    def newest_hand_ins(self, exercise: str) -> list[HandInRow]:
        """Return each student's newest hand-in with its newest verdict, sorted by student."""
        with self._database.read() as connection:
            return queries.newest_hand_ins(connection, exercise)

    def earlier_hand_ins(self, exercise: str) -> list[HandInRow]:
        """Return each student's hand-ins but the newest, with their newest verdicts, and without adjustments."""
        with self._database.read() as connection:
            return queries.earlier_hand_ins(connection, exercise)

    def attempts(self, exercise: str) -> dict[str, list[Attempt]]:
        """Return all hand-ins of each student, oldest first, each with its newest verdict."""
        with self._database.read() as connection:
            return queries.attempts(connection, exercise)

    # Evidence

    def find_evidence(self, key: str) -> StoredEvidence | None:
        """Return the evidence of this key; None where there is none, or where its file is lost or was changed."""
        with self._database.read() as connection:
            digest = connection.execute(_EVIDENCE_OF, {"key": key}).scalar()
        return self._read_evidence(digest)

    def _read_evidence(self, digest: str | None) -> StoredEvidence | None:
        data = None if digest is None else self._blobs.get(digest)
        if data is None:
            return None
        try:
            return msgspec.msgpack.decode(data, type=StoredEvidence)
        except msgspec.MsgspecError:
            return None  # of another version of this program

    def keep_evidence(self, key: str, stored: StoredEvidence) -> None:
        """Write evidence under its key, in the place of older evidence of the same key."""
        digest = self._blobs.put(msgspec.msgpack.encode(stored))
        row = {"blob": digest, "at": _now()}
        with self._database.write() as connection:
            if not connection.execute(update(evidence).where(evidence.c.key == key).values(row)).rowcount:
                connection.execute(insert(evidence).values(row | {"key": key}))

    # Verdicts

    def add_verdicts(self, judgements: Iterable[Judgement]) -> int:
        """Append verdicts to the history of their hand-ins, all of them or none.

        Returns:
            How many were appended: a verdict that equals the newest one of its hand-in is not.
        """
        encoded = [(judgement, msgspec.json.encode(judgement.verdict)) for judgement in judgements]
        numbers = sorted({judgement.number for judgement, _ in encoded})
        at = _now()
        with self._database.write() as connection:
            newest: dict[int, tuple[str | None, bytes]] = {}
            for some in _batches(numbers):
                newest |= queries.newest_verdicts(connection, some)
            rows = []
            for judgement, data in encoded:
                if newest.get(judgement.number) != (judgement.key, data):
                    newest[judgement.number] = (judgement.key, data)
                    rows.append(_verdict_row(judgement, data, at))
            if rows:
                connection.execute(insert(verdicts), rows)
            for some in _batches(numbers):
                solved = (hand_ins.c.number.in_(some), hand_ins.c.problem != "")
                connection.execute(update(hand_ins).where(*solved).values(problem=""))
        return len(rows)

    # Adjustments

    def add_adjustment(self, exercise: str, student: str, adjustment: Adjustment) -> None:
        """Write what a person decided about a student's mark."""
        self.add_adjustments(exercise, student, (adjustment,))

    def add_adjustments(self, exercise: str, student: str, decided: Sequence[Adjustment]) -> None:
        """Write what a person decided about a student's mark, all of it or nothing."""
        if not all(math.isfinite(adjustment.points) for adjustment in decided):
            raise ValueError(f"no numbers of points: {[adjustment.points for adjustment in decided]}")
        rows = [{"exercise": exercise, "student": student} | msgspec.structs.asdict(one) for one in decided]
        with self._database.write() as connection:
            student_rows = select(students).where(students.c.exercise == exercise, students.c.student == student)
            if connection.execute(student_rows).first() is None:
                raise StoreError(
                    _(
                        "The store holds no hand-in of {student} for {exercise}. Check the spelling.",
                        student=errors.printable(student),
                        exercise=exercise,
                    )
                )
            for row in rows:
                connection.execute(insert(adjustments).values(row))

    def withdraw_adjustment(self, exercise: str, student: str, adjustment: Adjustment, by: str) -> bool:
        """Mark an adjustment as withdrawn; it stays in the store. Return whether it counted until now."""
        with self._database.write() as connection:
            rows = connection.execute(
                queries.valid_adjustments(exercise).where(adjustments.c.student == student)
            ).all()
            number = next((row.number for row in rows if queries.to_adjustment(row) == adjustment), None)
            if number is None:
                return False
            withdrawn = {"withdrawn_by": by, "withdrawn_at": _now()}
            connection.execute(update(adjustments).where(adjustments.c.number == number).values(withdrawn))
        return True

    # Settings

    def set_default_setting(self, name: str, value: str) -> str:
        """Write a setting unless there is one of this name. Return the one that counts, for all processes."""
        with self._database.write() as connection:
            earlier = connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()
            if earlier is None:
                connection.execute(insert(settings).values(name=name, value=value))
        return value if earlier is None else earlier

    def read_setting(self, name: str) -> str | None:
        """Return a setting; None where there is none of this name."""
        with self._database.read() as connection:
            return connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()

    def write_setting(self, name: str, value: str) -> None:
        """Write a setting over what was there, if that is another value."""
        if self.read_setting(name) == value:
            return
        with self._database.write() as connection:
            if not connection.execute(
                update(settings).where(settings.c.name == name).values(value=value)
            ).rowcount:
                connection.execute(insert(settings).values(name=name, value=value))

    def _write_submissions(self, hands: Sequence[NewHandIn]) -> list[str | None]:
        """Write the submissions that are not there yet, and return the hash of each."""
        packed = [None if hand.submission is None else msgspec.msgpack.encode(hand.submission) for hand in hands]
        digests = [None if data is None else sha256_of(data) for data in packed]
        present = {digest for digest in self._find_used(digests) if self._blobs.get(digest) is not None}
        new = {d: data for d, data in zip(digests, packed, strict=True) if data is not None and d not in present}
        with ThreadPoolExecutor(WRITERS) as pool:  # each waits for the disk
            list(pool.map(self._blobs.put, new.values()))
        return digests

    def _find_used(self, digests: Sequence[str | None]) -> set[str]:
        """Return the hashes that hand-ins refer to already. Only their files are safe from `tidy`."""
        used: set[str] = set()
        with self._database.read() as connection:
            for some in _batches([digest for digest in digests if digest is not None]):
                used.update(connection.execute(select(hand_ins.c.blob).where(hand_ins.c.blob.in_(some))).scalars())
        return used

    def _all_used(self) -> set[str]:
        """Return the hashes of all files that something refers to."""
        with self._database.read() as connection:
            used = select(hand_ins.c.blob).where(hand_ins.c.blob.is_not(None)).union(select(evidence.c.blob))
            return set(connection.execute(used).scalars())


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), BATCH_SIZE):
        yield items[start : start + BATCH_SIZE]


def _enter(connection: Connection, exercise: str, hand: NewHandIn, blob: str | None, run: int) -> int:
    """Write one hand-in, and that it is the newest."""
    file = hand.submission
    details = hand_in_fields(hand.hand_in) | {"blob": blob, "problem": hand.problem}
    student = details.pop("student")
    same: dict[str, object] = {
        "exercise": exercise,
        "student": student,
        "sha256": file.sha256 if file is not None else "",
        "kind": file.kind if file is not None else "",
    }
    number = connection.execute(select(hand_ins.c.number).filter_by(**same)).scalar()
    if number is None:
        row = same | details | {"at": _now()}
        number = _number(connection.execute(insert(hand_ins).values(row)).inserted_primary_key)
    earlier = connection.execute(select(students).filter_by(exercise=exercise, student=student)).first()
    if earlier is None:
        newest = {"exercise": exercise, "student": student, "hand_in": number, "run": run}
        connection.execute(insert(students).values(newest))
    elif run >= earlier.run:
        if file is not None:
            del details["problem"]  # what was noted of it holds until it is judged
        connection.execute(update(hand_ins).where(hand_ins.c.number == number).values(details))
        who = (students.c.exercise == exercise, students.c.student == student)
        connection.execute(update(students).where(*who).values(hand_in=number, run=run))
    return number


def _verdict_row(judgement: Judgement, data: bytes, at: datetime) -> dict[str, object]:
    return {
        "hand_in": judgement.number,
        "key": judgement.key,
        "rubric": judgement.verdict.versions.rubric,
        "by": judgement.by,
        "at": at,
        "verdict": data,
    }


def _number(key: Sequence[object] | None) -> int:
    assert key is not None
    (number,) = key
    assert isinstance(number, int)
    return number


def _now() -> datetime:
    return datetime.now(UTC)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.explain_file_error(error, errors.printable(str(folder))) from error
