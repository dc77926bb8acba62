"""The gateway: it owns channels, inbox, outbox, screen, guides, handoff, console, all truth about people.

The path of a message, in ten lines:

    1  routes.py, channels/   verify, normalise, refuse what is wrong
    2  inbox.py               store it once, then acknowledge; mark the conversation as waiting
    3  worker.py -> turn.py   lease the conversation, read its new messages in order
    4  safety/                screen every word a person wrote, before all else
    5  crisis/                danger: protocol and numbers at once, staff alerted, risk stays open
    6  handoff/               a human awaited or there: the bot is silent
    7  verbs.py, guide/       a choice, a questionnaire's answer, "I want a person"
    8  dialogue.py            otherwise ask Rasa, five seconds at most; it keeps nothing
    9  composing.py, content/ the ids it chose become words that a person can read and sign
    10 outbox/                store the replies, check who may speak, deliver, retry
"""
