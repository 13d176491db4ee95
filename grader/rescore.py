"""The class judged again with today's rubric: from kept evidence, and by a run only where that does not do."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from grader.batch import Owner, Task
from grader.publish import Publisher
from grader.rejudge import Again, Desks, Kept
from grader.store import Judgement, Store, Stored
from grader.terms import Terms

AT_ONCE = 100  # verdicts that are written together


@dataclass
class Rescored:
    """What came of judging again: how many were judged, and what has to be run, by reason."""

    judged: int = 0
    again: dict[Again, list[Task]] = field(default_factory=dict)

    def tasks(self) -> list[Task]:
        """Return everything that has to be run."""
        return [task for tasks in self.again.values() for task in tasks]


def rescore(
    store: Store, publisher: Publisher, desks: Desks, terms: Terms, by: str, advance: Callable[[int], None]
) -> Rescored:
    """Judge all kept evidence of a class. `advance` is told how many more are done.

    Raises `StoreError` and `ClassFolderError`. What could not be read stays as it is; old verdicts stay in the
    history.
    """
    folder = publisher.folder
    held = {stored.number: stored for stored in store.entries(folder.settings.series) if stored.sha256}
    rescored = Rescored()
    for stored in held.values():
        if stored.key is None:  # stopped before it was judged for the first time
            _put_again(rescored, Again.LOST, stored, store, publisher, terms)
    kept = [
        Kept(s.number, s.key, msgspec.structs.replace(s.entry, verdict=None))
        for s in held.values()
        if s.key is not None
    ]
    waiting: list[Judgement] = []
    for result in desks.judge(kept):
        stored = held[result.number]
        if result.verdict is not None:
            rescored.judged += 1
            waiting.append(Judgement(number=result.number, key=stored.key, verdict=result.verdict, by=by))
        else:
            assert result.again is not None
            _put_again(rescored, result.again, stored, store, publisher, terms)
        if len(waiting) == AT_ONCE:
            _write(store, waiting, advance)
    _write(store, waiting, advance)
    return rescored


def _write(store: Store, waiting: list[Judgement], advance: Callable[[int], None]) -> None:
    store.judge_many(waiting)
    advance(len(waiting))
    waiting.clear()


def _put_again(
    rescored: Rescored, why: Again, stored: Stored, store: Store, publisher: Publisher, terms: Terms
) -> None:
    """Note that a submission has to be run; one that several handed in, once."""
    submission = store.submission(stored.number)
    entry = stored.entry
    owner = Owner(stored.number, publisher.shown(entry.student, entry.name), entry)
    tasks = rescored.again.setdefault(why, [])
    key = terms.key(submission)
    same = next((task for task in tasks if task.key == key), None)
    if same is None:
        tasks.append(Task(key, submission, [owner]))
    else:
        same.owners.append(owner)
