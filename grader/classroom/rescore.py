"""The class judged again with today's rubric: from kept evidence, and by a run only where that does not do."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from grader.classroom.batch import GradingJob, Owner, fault
from grader.classroom.pages import Publisher
from grader.classroom.rejudge import Again, Desks, Kept, Rejudged
from grader.classroom.store import HandInRow, Judgement, Store, StoreError
from grader.core.i18n import Translator
from grader.grading.evidence_key import EvidenceKey

AT_ONCE = 100  # verdicts that are written together


@dataclass
class Rescored:
    """What came of judging again: how many were judged, and what has to be run, by reason and key."""

    judged: int = 0
    again: dict[Again, dict[str, GradingJob]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)  # key of the evidence: what went wrong with the grader
    lost: list[StoreError] = field(default_factory=list)  # neither evidence nor submission is there any more

    def tasks(self) -> list[GradingJob]:
        """Return everything that has to be run."""
        return [task for tasks in self.again.values() for task in tasks.values()]


class Rescoring:
    """Judges all kept evidence of a class. `advance` is told how many more are done.

    What could not be read stays as it is; old verdicts stay in the history.
    """

    def __init__(
        self, store: Store, publisher: Publisher, terms: EvidenceKey, by: str, advance: Callable[[int], None]
    ) -> None:
        self.store, self.publisher, self.terms = store, publisher, terms
        self.by, self.advance = by, advance
        self._say = Translator(terms.language)
        self._found = Rescored()
        self._waiting: list[Judgement] = []

    def judge(self, desks: Desks) -> Rescored:
        """Judge. Raises `UserError` and `InternalError`; what was done by then is kept."""
        series = self.publisher.folder.settings.series
        held = {stored.number: stored for stored in self.store.entries(series) if stored.sha256}
        kept = []
        for stored in held.values():
            if stored.key is None:  # never judged, or a fault of the grader at the last time
                self._put_again(Again.LOST, stored)
            else:
                entry = msgspec.structs.replace(stored.entry, verdict=None)
                kept.append(Kept(stored.number, stored.key, entry))
        try:
            for result in desks.judge(kept):
                self._take(result, held[result.number])
        finally:
            self._write()
        return self._found

    def _take(self, result: Rejudged, stored: HandInRow) -> None:
        if result.verdict is not None:
            self._found.judged += 1
            self._waiting.append(
                Judgement(number=result.number, key=stored.key, verdict=result.verdict, by=self.by)
            )
        elif result.again is not None:
            self._put_again(result.again, stored)
        else:
            self._found.faults[stored.key or ""] = result.fault
            self.store.note(result.number, self._say(fault(result.fault)))
        if len(self._waiting) == AT_ONCE:
            self._write()

    def _write(self) -> None:
        self.store.judge_many(self._waiting)
        self.advance(len(self._waiting))
        self._waiting.clear()

    def _put_again(self, why: Again, stored: HandInRow) -> None:
        """Note that a submission has to be run; one that several handed in, once."""
        try:
            submission = self.store.submission(stored.number)
        except StoreError as error:
            self._found.lost.append(error)
            return
        entry = stored.entry
        owner = Owner(stored.number, self.publisher.shown(entry.student, entry.name), entry)
        key = self.terms.key(submission)
        self._found.again.setdefault(why, {}).setdefault(key, GradingJob(key, submission)).owners.append(owner)
