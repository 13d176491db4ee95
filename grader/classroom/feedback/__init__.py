"""The way back to the students: every report where a platform's bulk upload looks for it."""
