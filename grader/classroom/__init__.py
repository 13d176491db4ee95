"""A whole class: intake, batch grading, storage, rescoring, exports, similarity."""
