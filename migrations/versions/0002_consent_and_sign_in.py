"""Consent of contacts, skills of counsellors, sign-in by the organisation's own provider."""

import sqlalchemy as sa
from alembic import op

from bot.models.base import Utc

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('consent',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('noted_by', sa.String(length=36), nullable=False),
    sa.Column('given_at', Utc(), nullable=False),
    sa.Column('ended_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('consent_by_contact', 'consent', ['contact_id', 'purpose'])
    with op.batch_alter_table('counsellor', schema=None) as batch_op:
        batch_op.add_column(sa.Column('skills', sa.String(length=80), server_default='', nullable=False))
        batch_op.add_column(sa.Column('oidc_hash', sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint('counsellor_oidc_hash', ['oidc_hash'])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('counsellor', schema=None) as batch_op:
        batch_op.drop_constraint('counsellor_oidc_hash', type_='unique')
        batch_op.drop_column('oidc_hash')
        batch_op.drop_column('skills')
    op.drop_table('consent')
