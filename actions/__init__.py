"""Custom actions: hand a conversation over to the questionnaire, a crisis protocol or a counsellor.

They compose, store and call nothing: what they want done goes back as data, and the gateway does it.
Run with `python -m actions` (loopback, port LANTERN_ACTIONS_PORT).
"""

from actions.crisis import Crisis
from actions.handoff import Handoff
from actions.questionnaire import Questionnaire

__all__ = ["Crisis", "Handoff", "Questionnaire"]
