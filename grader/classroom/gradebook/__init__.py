"""The class over several exercises: results joined by student, what hints were worth, and tables of it."""

from grader.classroom.gradebook.errors import CourseGradebookError
from grader.classroom.gradebook.join import ExerciseResults, join_results
from grader.classroom.gradebook.roster import Roster, read_roster
from grader.classroom.gradebook.tables import to_csv, to_xlsx

__all__ = ["CourseGradebookError", "ExerciseResults", "Roster", "join_results", "read_roster", "to_csv", "to_xlsx"]
