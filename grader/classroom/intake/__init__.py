"""Read what an instructor has, a folder or a zip, into one hand-in per student."""

from grader.classroom.intake.open_hand_ins import open_hand_ins
from grader.classroom.intake.records import GradableHandIn, Intake, Layout, LeftOut, UnusableHandInsError

__all__ = [
    "GradableHandIn",
    "Intake",
    "Layout",
    "LeftOut",
    "UnusableHandInsError",
    "open_hand_ins",
]
