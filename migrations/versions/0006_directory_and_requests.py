"""The therapist directory, and requests sent to its entries."""

import sqlalchemy as sa
from alembic import op

from bot.models.base import Utc

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('directory_entry',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('changed_at', Utc(), nullable=False),
    sa.Column('changed_by', sa.String(length=36), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('match_request',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('entry_id', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('letter_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('asked_at', Utc(), nullable=False),
    sa.Column('changed_at', Utc(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_match_request_conversation_id'), 'match_request', ['conversation_id'])
    op.create_index('match_request_by_state', 'match_request', ['state', 'changed_at'])


def downgrade() -> None:
    """Take back."""
    op.drop_table('match_request')
    op.drop_table('directory_entry')
