"""The store: everything that is known of a class, safe on the disk when a call returns.

Several processes and threads use one store at once. What is killed in the middle of a call has kept either
everything or nothing.
"""

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec
from sqlalchemy import URL, Connection, insert, select, update

from grader.classroom.store import errors, queries
from grader.classroom.store.blobs import Blobs, digest_of
from grader.classroom.store.database import Database
from grader.classroom.store.errors import StoreError
from grader.classroom.store.records import HandInRow, Judgement, NewHandIn, StoredEvidence, VerdictHistoryItem
from grader.classroom.store.schema import adjustments, evidence, hand_ins, runs, settings, students, verdicts
from grader.core.i18n import _
from grader.protocol.gradebook import Adjustment
from grader.protocol.hand_in import hand_in_fields
from grader.protocol.submission import Submission
from grader.protocol.verdict import Verdict

WRITERS = 8  # files that are written at once
AT_ONCE = 500  # of a list, as far as one question to the database goes


class Store:
    """Hand-ins, evidence, the history of verdicts, adjustments and settings. A context manager; thread-safe.

    All methods raise `StoreError` with a sentence for people.
    """

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    @classmethod
    def open(cls, folder: Path, url: str | None = None, files: str | None = None) -> Self:
        """Open a store, or make it where there is none: in `folder`, unless the addresses say otherwise.

        `url`: of a database, as SQLAlchemy writes it; `files`: of a folder, as fsspec writes it.
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
        """Close the connections. What was kept is safe without it."""
        self._database.close()

    def tidy(self) -> None:
        """Remove what killed processes left among the files. Once per batch is often enough."""
        self._blobs.tidy(self._wanted)

    # Hand-ins

    def begin(self, exercise: str, by: str) -> int:
        """Begin a run over a class's hand-ins, and return its number: higher than all before."""
        row = {"exercise": exercise, "by": by, "at": _now()}
        with self._database.write() as connection:
            return _number(connection.execute(insert(runs).values(row)).inserted_primary_key)

    def hand_in(self, exercise: str, hand: NewHandIn, run: int) -> int:
        """Keep that this is the student's newest hand-in, as this run found it; return the hand-in's number.

        The same file gets the same number again. Where a later run was faster, its hand-in stays the newest.
        """
        return self.hand_in_many(exercise, [hand], run)[0]

    def hand_in_many(self, exercise: str, hands: Sequence[NewHandIn], run: int) -> list[int]:
        """Do the same for many, at once or not at all."""
        blobs = self._keep_submissions(hands)
        with self._database.write() as connection:
            return [_hand_in(connection, exercise, *pair, run) for pair in zip(hands, blobs, strict=True)]

    def note(self, number: int, problem: str) -> None:
        """Keep that the grader failed at this hand-in: it has no verdict until it is judged again."""
        with self._database.write() as connection:
            connection.execute(update(hand_ins).where(hand_ins.c.number == number).values(problem=problem))

    def submission(self, number: int) -> Submission:
        """Return what was read of the file of this hand-in."""
        with self._database.read() as connection:
            found = connection.execute(select(hand_ins).where(hand_ins.c.number == number)).one()
        data = None if found.blob is None else self._blobs.get(found.blob)
        if data is not None:
            try:
                return msgspec.msgpack.decode(data, type=Submission)
            except msgspec.MsgspecError:
                pass  # of another version of this program
        raise StoreError(
            _(
                "What {student} handed in for {exercise} is no longer in the store. Run the batch again with the "
                "files.",
                student=errors.printable(found.student),
                exercise=found.exercise,
            )
        )

    def exercises(self) -> tuple[str, ...]:
        """Return the exercises that something was handed in for, sorted."""
        with self._database.read() as connection:
            return tuple(sorted(connection.execute(select(students.c.exercise).distinct()).scalars()))

    def entries(self, exercise: str) -> list[HandInRow]:
        """Return each student's newest hand-in with its newest verdict, sorted by student."""
        with self._database.read() as connection:
            return queries.newest_hand_ins(connection, exercise)

    # Evidence

    def evidence(self, key: str) -> StoredEvidence | None:
        """Return the evidence of this key; None where there is none, or where its file is lost or was changed."""
        with self._database.read() as connection:
            digest = connection.execute(select(evidence.c.blob).where(evidence.c.key == key)).scalar()
        data = None if digest is None else self._blobs.get(digest)
        if data is None:
            return None
        try:
            return msgspec.msgpack.decode(data, type=StoredEvidence)
        except msgspec.MsgspecError:
            return None  # of another version of this program

    def keep(self, key: str, kept: StoredEvidence) -> None:
        """Keep evidence. Newer one of the same key takes the older's place."""
        digest = self._blobs.put(msgspec.msgpack.encode(kept))
        row = {"blob": digest, "at": _now()}
        with self._database.write() as connection:
            if not connection.execute(update(evidence).where(evidence.c.key == key).values(row)).rowcount:
                connection.execute(insert(evidence).values(row | {"key": key}))

    # Verdicts

    def judge(self, number: int, key: str | None, verdict: Verdict, by: str) -> bool:
        """Append a verdict to the history of a hand-in; not where the newest one is the same. Tell whether."""
        return self.judge_many([Judgement(number=number, key=key, verdict=verdict, by=by)]) == 1

    def judge_many(self, judgements: Iterable[Judgement]) -> int:
        """Do the same for many, at once or not at all. Return how many were appended."""
        given = [(j, msgspec.json.encode(j.verdict)) for j in judgements]
        at = _now()
        with self._database.write() as connection:
            newest: dict[int, tuple[str | None, bytes]] = {}
            for start in range(0, len(given), AT_ONCE):
                newest |= queries.newest_verdicts(
                    connection, [j.number for j, _ in given[start : start + AT_ONCE]]
                )
            rows = []
            for judgement, data in given:
                if newest.get(judgement.number) != (judgement.key, data):
                    newest[judgement.number] = (judgement.key, data)
                    rows.append(_verdict_row(judgement, data, at))
            if rows:
                connection.execute(insert(verdicts), rows)
            numbers = sorted({judgement.number for judgement, _ in given})
            for start in range(0, len(numbers), AT_ONCE):
                judged = hand_ins.c.number.in_(numbers[start : start + AT_ONCE])
                connection.execute(update(hand_ins).where(judged, hand_ins.c.problem != "").values(problem=""))
        return len(rows)

    def verdicts(self, exercise: str, student: str) -> list[VerdictHistoryItem]:
        """Return all verdicts that a student ever had for an exercise, oldest first."""
        with self._database.read() as connection:
            return queries.history(connection, exercise, student)

    # Adjustments

    def adjust(self, exercise: str, student: str, adjustment: Adjustment) -> None:
        """Keep what a person decided."""
        if not math.isfinite(adjustment.points):
            raise ValueError(f"no number of points: {adjustment.points}")
        row = {"exercise": exercise, "student": student} | msgspec.structs.asdict(adjustment)
        with self._database.write() as connection:
            known = select(students).where(students.c.exercise == exercise, students.c.student == student)
            if connection.execute(known).first() is None:
                raise StoreError(
                    _(
                        "The store holds no hand-in of {student} for {exercise}. Check the spelling.",
                        student=errors.printable(student),
                        exercise=exercise,
                    )
                )
            connection.execute(insert(adjustments).values(row))

    def withdraw(self, exercise: str, student: str, adjustment: Adjustment, by: str) -> bool:
        """Let an adjustment count no longer; that there was one stays known. Tell whether it still counted."""
        with self._database.write() as connection:
            rows = connection.execute(queries.standing(exercise).where(adjustments.c.student == student)).all()
            number = next((row.number for row in rows if queries.adjustment(row) == adjustment), None)
            if number is None:
                return False
            withdrawn = {"withdrawn_by": by, "withdrawn_at": _now()}
            connection.execute(update(adjustments).where(adjustments.c.number == number).values(withdrawn))
        return True

    # Settings

    def setting(self, name: str) -> str | None:
        """Return a setting, None where it was never set."""
        with self._database.read() as connection:
            return connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting."""
        with self._database.write() as connection:
            if not connection.execute(
                update(settings).where(settings.c.name == name).values(value=value)
            ).rowcount:
                connection.execute(insert(settings).values(name=name, value=value))

    def setting_once(self, name: str, value: str) -> str:
        """Keep a setting unless it is set already. Return what is set: for all processes the same."""
        with self._database.write() as connection:
            found = connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()
            if found is None:
                connection.execute(insert(settings).values(name=name, value=value))
        return value if found is None else found

    def _keep_submissions(self, hands: Sequence[NewHandIn]) -> list[str | None]:
        """Keep what was read, and return the hash of each. What is there is not written again."""
        packed = [None if hand.submission is None else msgspec.msgpack.encode(hand.submission) for hand in hands]
        digests = [None if data is None else digest_of(data) for data in packed]
        there = {digest for digest in self._referred(digests) if self._blobs.get(digest) is not None}
        new = {d: data for d, data in zip(digests, packed, strict=True) if data is not None and d not in there}
        with ThreadPoolExecutor(WRITERS) as pool:  # each waits for the disk
            list(pool.map(self._blobs.put, new.values()))
        return digests

    def _referred(self, digests: Sequence[str | None]) -> set[str]:
        """Return those that hand-ins refer to already. Only these are safe from being tidied."""
        found: set[str] = set()
        with self._database.read() as connection:
            for start in range(0, len(digests), AT_ONCE):
                some = [digest for digest in digests[start : start + AT_ONCE] if digest is not None]
                found.update(
                    connection.execute(select(hand_ins.c.blob).where(hand_ins.c.blob.in_(some))).scalars()
                )
        return found

    def _wanted(self) -> set[str]:
        """Return the hashes of all files that something refers to."""
        with self._database.read() as connection:
            named = select(hand_ins.c.blob).where(hand_ins.c.blob.is_not(None)).union(select(evidence.c.blob))
            return set(connection.execute(named).scalars())


def _hand_in(connection: Connection, exercise: str, hand: NewHandIn, blob: str | None, run: int) -> int:
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
    found = connection.execute(select(students).filter_by(exercise=exercise, student=student)).first()
    if found is None:
        newest = {"exercise": exercise, "student": student, "hand_in": number, "run": run}
        connection.execute(insert(students).values(newest))
    elif run >= found.run:
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
        raise errors.of_files(error, errors.printable(str(folder))) from error
