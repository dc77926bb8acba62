"""Parts that providers took, events for partners, codes to join channels."""

import sqlalchemy as sa
from alembic import op

from bot.models.base import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("message_id", sa.String(36), sa.ForeignKey("message.id", ondelete="CASCADE")),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("provider_id", sa.String(255), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.UniqueConstraint("message_id", "part"),
        sa.UniqueConstraint("channel", "provider_id"),
    )
    op.create_table(
        "dispatch",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("target", sa.String(40), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("failure", sa.String(40), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.UniqueConstraint("target", "source"),
    )
    op.create_index("dispatch_by_work", "dispatch", ["state", "due_at"])
    op.create_table(
        "join_code",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column(
            "conversation_id",
            sa.String(36),
            sa.ForeignKey("conversation.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
    )
    op.create_index("ix_join_code_conversation_id", "join_code", ["conversation_id"])


def downgrade() -> None:
    """Take back."""
    for table in ("join_code", "dispatch", "delivery"):
        op.drop_table(table)
