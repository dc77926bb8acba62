"""`lantern add-counsellor`: people who answer in the console."""

from __future__ import annotations

from typing import Any


def add_verbs(verbs: Any) -> None:
    """Register this family's verbs."""
