"""A bridge for teams that already work in Chatwoot: the same handoff states, another screen.

client.py   Chatwoot's API: a contact, a conversation, its messages, who is there
forward.py  what waits for a human or is with one goes there, in order; presence comes from there
hook.py     what agents write and decide comes back, signed

Lantern owns the conversation: Chatwoot is told through an API inbox, and its answers are checked by the
same rules as the console's. When it is away for a minute, what it held returns to the queue.
"""

from bot.console.chatwoot.forward import Bridge
from bot.console.chatwoot.hook import routes

__all__ = ["Bridge", "routes"]
