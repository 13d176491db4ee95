"""Find the reports that are older than what people have decided, and write them anew."""

from datetime import UTC, datetime

from grader.classroom.pages import Publisher
from grader.classroom.rejudge import JudgePool, RejudgeJob
from grader.classroom.store import HandInRow, Store


def find_outdated(publisher: Publisher, store: Store) -> list[HandInRow]:
    """Return the hand-ins whose reports do not show what was decided last, by their times. Raises `StoreError`."""
    times = store.hand_marks.read_change_times(publisher.series)
    if not times:
        return []
    return [
        row
        for row in store.newest_hand_ins(publisher.series)
        if row.key is not None and _is_older(publisher, row.entry.student, times.get(row.entry.student))
    ]


def write_reports(rows: list[HandInRow], judges: JudgePool) -> int:
    """Write the reports of hand-ins, and return of how many that was not possible without running them again."""
    jobs = [RejudgeJob(row.number, row.key, row.entry) for row in rows if row.key is not None]
    verdicts = {row.number: row.entry.verdict for row in rows}
    return sum(result.verdict != verdicts[result.number] for result in judges.judge(jobs))


def _is_older(publisher: Publisher, student: str, changed: datetime | None) -> bool:
    written = publisher.report_time(student)
    return changed is not None and (written is None or datetime.fromtimestamp(written, UTC) <= changed)
