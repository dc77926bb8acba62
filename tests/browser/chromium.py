"""The system's Chromium, for tests, pictures and benchmarks."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "no Chromium on this machine: run deploy/chromium.sh, or set CHROMIUM to its path"


def path() -> str | None:
    """Where it is, or None."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def start(playwright: Playwright) -> Browser:
    """A browser; the caller closes it. Ends the program where there is none."""
    if not (found := path()):
        raise SystemExit(MISSING)
    return playwright.chromium.launch(executable_path=found, args=FLAGS)
