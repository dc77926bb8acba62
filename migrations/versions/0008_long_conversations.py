"""Indexes with which a turn costs the same in a conversation of any length."""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index('message_by_state', 'message', ['conversation_id', 'state', 'seq'])
    op.create_index(op.f('ix_choice_message_id'), 'choice', ['message_id'])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f('ix_choice_message_id'), 'choice')
    op.drop_index('message_by_state', 'message')
