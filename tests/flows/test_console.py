"""Through the front door: a person asks for a human, a counsellor signs in, answers and closes."""

from __future__ import annotations
