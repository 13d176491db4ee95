"""The verdict on a submission that could not be judged at all: every criterion is not graded, for one reason."""

from grader.core.i18n import Message, Translator, _
from grader.core.seal import name_seal
from grader.protocol.messages import Question
from grader.protocol.submission import Submission
from grader.protocol.verdict import (
    CriterionVerdict,
    Isolation,
    Notice,
    Resources,
    Status,
    SubmissionInfo,
    Verdict,
    Versions,
)
from grader.rubric.model import Rubric


def refuse(
    question: Question,
    rubric: Rubric,
    submission: Submission,
    reason: Message,
    isolation: Isolation,
    resources: Resources,
    versions: Versions,
    language: str,
) -> Verdict:
    """Return the verdict on a submission that is not judged. `reason`: why, as a sentence for the student."""
    translate = Translator(language)
    text = translate(reason)
    criteria = tuple(
        CriterionVerdict(
            id=criterion.id,
            title=translate(criterion.title),
            lesson=translate(criterion.lesson),
            status=Status.NOT_GRADED,
            points=0.0,
            max_points=float(criterion.points),
            bonus=float(criterion.bonus),
            message=text,
        )
        for criterion in rubric.criteria
    )
    return Verdict(
        language=language,
        exercise=question.exercise,
        title=translate(rubric.title),
        submission=SubmissionInfo(name=submission.name, sha256=submission.sha256),
        status=Status.NOT_GRADED,
        points=0.0,
        max_points=round(sum(c.max_points for c in criteria), 2),
        certified=None,
        certification=(),
        notices=(Notice(id="not-judged", severity="error", text=text),),
        isolation=isolation,
        versions=versions,
        seeds=question.seeds or rubric.seeds[:1],
        resources=resources,
        criteria=criteria,
        seal=name_seal(question.secret),
    )


def explain_memory(limit_mib: int) -> Message:
    """Return the reason for a submission whose judgement takes too much memory."""
    return _(
        "The grader gave up: to judge what this submission left, it would need more than the {limit} MiB of "
        "memory that it has. Return only what the task sheet asks for, and make networks and arrays smaller.",
        limit=limit_mib,
    )


def explain_time(seconds: float) -> Message:
    """Return the reason for a submission whose judgement takes too long."""
    return _(
        "The grader gave up: to judge what this submission left takes it longer than {seconds} s. Return only "
        "what the task sheet asks for, and make networks and arrays smaller.",
        seconds=f"{seconds:g}",
    )
