"""Add what people mark by hand with: reusable comments, a second marker, and regrade requests."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add two columns and two tables. Adjustments that are there have no comment, and count."""
    op.add_column("grader_adjustments", sa.Column("comment", sa.Text))
    op.add_column(
        "grader_adjustments", sa.Column("is_second", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_table(
        "grader_comments",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("exercise", sa.Text, nullable=False),
        sa.Column("criterion", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_index("grader_comments_of", "grader_comments", ["exercise", "criterion"])
    op.create_table(
        "grader_requests",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("exercise", sa.Text, nullable=False),
        sa.Column("student", sa.Text, nullable=False),
        sa.Column("criterion", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("adjustment", sa.Integer),
    )
    op.create_index("grader_requests_of", "grader_requests", ["exercise", "student"])
