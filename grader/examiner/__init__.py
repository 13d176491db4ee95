"""The process that plans and judges: it reads rubrics and evidence, and runs no submission."""
