"""A case from packed evidence, as the examiner builds it."""

from grader.evidence.case import Case
from grader.examiner.build_case import DecodedEvidence, build_case
from grader.protocol.messages import Evidence, Question
from grader.rubric.data import Data
from grader.rubric.model import Rubric


def decoded_case(question: Question, rubric: Rubric, data: Data, evidence: Evidence) -> Case:
    """Decode evidence and build the case."""
    decoded = DecodedEvidence()
    decoded.add(evidence)
    return build_case(question, rubric, data, decoded)
