"""What an instructor has, a folder or a zip, read into one hand-in per student."""

from grader.classroom.intake.open_hand_ins import open_hand_ins
from grader.classroom.intake.records import GradableHandIn, Intake, Layout, LeftOut, UnusableHandInsError
from grader.submission.exercise_match import looks_like

__all__ = [
    "GradableHandIn",
    "Intake",
    "Layout",
    "LeftOut",
    "UnusableHandInsError",
    "looks_like",
    "open_hand_ins",
]
