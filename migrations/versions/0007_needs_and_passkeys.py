"""What a handoff needs somebody to know about; passkeys of counsellors."""

import sqlalchemy as sa
from alembic import op

from bot.models.base import Utc

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('handoff') as batch_op:
        batch_op.add_column(sa.Column('needs', sa.String(length=80), server_default='', nullable=False))
    op.create_table('passkey',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('counsellor_id', sa.String(length=36), nullable=False),
    sa.Column('credential', sa.String(length=400), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.BigInteger(), nullable=False),
    sa.Column('answered', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('used_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('credential')
    )
    op.create_index(op.f('ix_passkey_counsellor_id'), 'passkey', ['counsellor_id'])


def downgrade() -> None:
    """Take back."""
    op.drop_table('passkey')
    with op.batch_alter_table('handoff') as batch_op:
        batch_op.drop_column('needs')
