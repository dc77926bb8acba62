"""The counsellors' console: its HTTP API, accounts and sign-in, event stream and built pages.

pages.py     the built page, with headers that let nothing foreign in
routes.py    the table of all acts: method, path, who may, what it takes
door.py      session, role, Origin and body are checked before an act runs
oidc.py      sign-in by the organisation's own provider, where one is set
passkeys.py  sign-in without a code, where the device has checked its owner
accounts.py  one-time links, enrolment, sign-in, sessions (secrets.py: hashes and codes)
desk.py      claim, answer, release, close; each tells the person
team.py      transfer, take-over, whisper, flag; staff.py: accounts for administrators
bank.py      prepared replies, passages that fit, protocols
earlier.py   earlier talks of the same person, with their consent
overview.py  numbers by day and language; review.py: thumbs, unanswered, dead letters
reading.py   a conversation as the counsellor sees it; summary.py by quotes
board.py     queue, health, own conversations, alerts: the sections of the stream
stream.py    sends a section whenever it has changed (shared.py: read once for all consoles)
"""
