"""Make the tables of the first releases. Stores of theirs are taken to be at this revision."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables. Written out: what `schema.py` says may change, this may not."""
    op.create_table(
        "grader_store",
        sa.Column("schema", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False),
    )
    op.create_table(
        "grader_settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "grader_runs",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("exercise", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "grader_hand_ins",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("exercise", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("blob", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("platform_id", sa.Text, nullable=False),
        sa.Column("submitted", sa.DateTime),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("exercise", "student", "sha256", "kind"),
    )
    op.create_table(
        "grader_evidence",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("blob", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "grader_students",
        sa.Column("exercise", sa.Text, primary_key=True),
        sa.Column("student", sa.Text, primary_key=True),
        sa.Column("hand_in", sa.Integer, sa.ForeignKey("grader_hand_ins.number"), nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
    )
    op.create_table(
        "grader_verdicts",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("hand_in", sa.Integer, sa.ForeignKey("grader_hand_ins.number"), nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("rubric", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("verdict", sa.LargeBinary, nullable=False),
    )
    op.create_index("grader_verdicts_of", "grader_verdicts", ["hand_in", "number"])
    op.create_table(
        "grader_adjustments",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("exercise", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("criterion", sa.Text),
        sa.Column("points", sa.Double, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("withdrawn_by", sa.Text),
        sa.Column("withdrawn_at", sa.DateTime),
        sa.ForeignKeyConstraint(["exercise", "student"], ["grader_students.exercise", "grader_students.student"]),
    )
    op.create_index("grader_adjustments_of", "grader_adjustments", ["exercise", "student"])
