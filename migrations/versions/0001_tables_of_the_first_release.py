"""Tables of the first release."""

import sqlalchemy as sa
from alembic import op

from bot.models.base import Utc

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('audit',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', Utc(), nullable=False),
    sa.Column('actor', sa.String(length=36), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=36), nullable=False),
    sa.Column('details', sa.JSON(), nullable=True),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index('audit_by_subject', ['subject', 'actor'], unique=False)

    op.create_table('contact',
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('counsellor',
    sa.Column('login', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('role', sa.String(length=15), nullable=False),
    sa.Column('languages', sa.String(length=40), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('password_hash', sa.String(length=255), nullable=True),
    sa.Column('totp_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('totp_used_step', sa.Integer(), nullable=False),
    sa.Column('enrolled_at', Utc(), nullable=True),
    sa.Column('link_hash', sa.String(length=64), nullable=True),
    sa.Column('link_expires_at', Utc(), nullable=True),
    sa.Column('failed_sign_ins', sa.Integer(), nullable=False),
    sa.Column('locked_until', Utc(), nullable=True),
    sa.Column('heartbeat_at', Utc(), nullable=True),
    sa.Column('available', sa.Boolean(), nullable=False),
    sa.Column('left_at', Utc(), nullable=True),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('login')
    )
    with op.batch_alter_table('counsellor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_counsellor_link_hash'), ['link_hash'], unique=False)

    op.create_table('console_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('counsellor_id', sa.String(length=36), nullable=False),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('last_seen_at', Utc(), nullable=False),
    sa.Column('ended_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash')
    )
    with op.batch_alter_table('console_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_console_session_counsellor_id'), ['counsellor_id'], unique=False)

    op.create_table('identity',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('address_hash', sa.String(length=64), nullable=False),
    sa.Column('address_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('opted_out_at', Utc(), nullable=True),
    sa.Column('unreachable', sa.String(length=40), nullable=True),
    sa.Column('last_inbound_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('channel', 'address_hash')
    )
    op.create_table('conversation',
    sa.Column('identity_id', sa.String(length=36), nullable=False),
    sa.Column('contact_id', sa.String(length=36), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('site', sa.String(length=255), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('language_source', sa.String(length=10), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('country_source', sa.String(length=10), nullable=True),
    sa.Column('zone', sa.String(length=40), nullable=True),
    sa.Column('holder', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('counsellor_id', sa.String(length=36), nullable=True),
    sa.Column('risk_level', sa.String(length=2), nullable=True),
    sa.Column('risk_protocol', sa.String(length=10), nullable=True),
    sa.Column('risk_since', Utc(), nullable=True),
    sa.Column('memory_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('events_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('disclosed_at', Utc(), nullable=True),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('last_inbound_at', Utc(), nullable=True),
    sa.Column('next_seq', sa.Integer(), nullable=False),
    sa.Column('next_event', sa.Integer(), nullable=False),
    sa.Column('waiting_since', Utc(), nullable=True),
    sa.Column('lease_until', Utc(), nullable=True),
    sa.Column('lease_token', sa.Integer(), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], ),
    sa.ForeignKeyConstraint(['identity_id'], ['identity.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.create_index('conversation_by_identity', ['identity_id'], unique=False)
        batch_op.create_index('conversation_by_work', ['waiting_since'], unique=False)

    op.create_table('access_grant',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('counsellor_id', sa.String(length=36), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('until', Utc(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_grant_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('alert',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=True),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('level', sa.String(length=2), nullable=True),
    sa.Column('raised_at', Utc(), nullable=False),
    sa.Column('seen_at', Utc(), nullable=True),
    sa.Column('seen_by', sa.String(length=36), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('callback',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('level', sa.String(length=2), nullable=False),
    sa.Column('asked_at', Utc(), nullable=False),
    sa.Column('done_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_callback_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('guide_run',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('guide', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=13), nullable=False),
    sa.Column('version', sa.String(length=12), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('step', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('level', sa.String(length=2), nullable=True),
    sa.Column('unclear', sa.Integer(), nullable=False),
    sa.Column('answers_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('started_at', Utc(), nullable=False),
    sa.Column('changed_at', Utc(), nullable=False),
    sa.Column('expires_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('guide_run', schema=None) as batch_op:
        batch_op.create_index('guide_run_open', ['conversation_id', 'state'], unique=False)

    op.create_table('handoff',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=False),
    sa.Column('level', sa.String(length=2), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('requested_at', Utc(), nullable=False),
    sa.Column('claimed_at', Utc(), nullable=True),
    sa.Column('first_reply_at', Utc(), nullable=True),
    sa.Column('ended_at', Utc(), nullable=True),
    sa.Column('end_reason', sa.String(length=40), nullable=True),
    sa.Column('counsellor_id', sa.String(length=36), nullable=True),
    sa.Column('released', sa.Integer(), nullable=False),
    sa.Column('shown', sa.String(length=20), nullable=False),
    sa.Column('flagged_at', Utc(), nullable=True),
    sa.Column('invited_id', sa.String(length=36), nullable=True),
    sa.Column('invited_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], ),
    sa.ForeignKeyConstraint(['invited_id'], ['counsellor.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('handoff', schema=None) as batch_op:
        batch_op.create_index('handoff_queue', ['state', 'level', 'requested_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_handoff_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('author', sa.String(length=10), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('provider_id', sa.String(length=255), nullable=True),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('content', sa.String(length=80), nullable=True),
    sa.Column('content_version', sa.String(length=12), nullable=True),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('holder_version', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(length=2), nullable=True),
    sa.Column('protocol', sa.String(length=10), nullable=True),
    sa.Column('route', sa.String(length=10), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', Utc(), nullable=True),
    sa.Column('failure', sa.String(length=80), nullable=True),
    sa.Column('answers_id', sa.String(length=36), nullable=True),
    sa.Column('counsellor_id', sa.String(length=36), nullable=True),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('sent_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('channel', 'provider_id'),
    sa.UniqueConstraint('conversation_id', 'seq')
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('message_by_work', ['direction', 'state', 'due_at'], unique=False)

    op.create_table('note',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('counsellor_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('at', Utc(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['counsellor_id'], ['counsellor.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_note_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('timer',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('value', sa.String(length=80), nullable=False),
    sa.Column('due_at', Utc(), nullable=False),
    sa.Column('done_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('timer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timer_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index('timer_due', ['done_at', 'due_at'], unique=False)

    op.create_table('unanswered',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('text_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('at', Utc(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('unanswered', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unanswered_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('web_session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('origin', sa.String(length=255), nullable=False),
    sa.Column('created_at', Utc(), nullable=False),
    sa.Column('last_seen_at', Utc(), nullable=False),
    sa.Column('ended_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash')
    )
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_web_session_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('choice',
    sa.Column('id', sa.String(length=22), nullable=False),
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('message_id', sa.String(length=36), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('effect_kind', sa.String(length=10), nullable=False),
    sa.Column('effect_value', sa.String(length=120), nullable=False),
    sa.Column('label_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('used_at', Utc(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('choice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_choice_conversation_id'), ['conversation_id'], unique=False)

    op.create_table('event',
    sa.Column('conversation_id', sa.String(length=36), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('message_id', sa.String(length=36), nullable=True),
    sa.Column('data', sa.JSON(), nullable=True),
    sa.Column('at', Utc(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', 'number')
    )
    op.create_table('feedback',
    sa.Column('message_id', sa.String(length=36), nullable=False),
    sa.Column('thumb', sa.String(length=4), nullable=False),
    sa.Column('content', sa.String(length=80), nullable=True),
    sa.Column('content_version', sa.String(length=12), nullable=True),
    sa.Column('model', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('at', Utc(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id')
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('feedback')
    op.drop_table('event')
    with op.batch_alter_table('choice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_choice_conversation_id'))

    op.drop_table('choice')
    with op.batch_alter_table('web_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_web_session_conversation_id'))

    op.drop_table('web_session')
    with op.batch_alter_table('unanswered', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unanswered_conversation_id'))

    op.drop_table('unanswered')
    with op.batch_alter_table('timer', schema=None) as batch_op:
        batch_op.drop_index('timer_due')
        batch_op.drop_index(batch_op.f('ix_timer_conversation_id'))

    op.drop_table('timer')
    with op.batch_alter_table('note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_note_conversation_id'))

    op.drop_table('note')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('message_by_work')

    op.drop_table('message')
    with op.batch_alter_table('handoff', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handoff_conversation_id'))
        batch_op.drop_index('handoff_queue')

    op.drop_table('handoff')
    with op.batch_alter_table('guide_run', schema=None) as batch_op:
        batch_op.drop_index('guide_run_open')

    op.drop_table('guide_run')
    with op.batch_alter_table('callback', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_callback_conversation_id'))

    op.drop_table('callback')
    op.drop_table('alert')
    with op.batch_alter_table('access_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_access_grant_conversation_id'))

    op.drop_table('access_grant')
    with op.batch_alter_table('conversation', schema=None) as batch_op:
        batch_op.drop_index('conversation_by_work')
        batch_op.drop_index('conversation_by_identity')

    op.drop_table('conversation')
    op.drop_table('identity')
    with op.batch_alter_table('console_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_console_session_counsellor_id'))

    op.drop_table('console_session')
    with op.batch_alter_table('counsellor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_counsellor_link_hash'))

    op.drop_table('counsellor')
    op.drop_table('contact')
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_index('audit_by_subject')

    op.drop_table('audit')
