"""A browser fetches built pages: compressed where it may be, versioned files kept, others asked anew."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot import static

VERSIONED = "lantern-0123456789ab.js"


@pytest.fixture
def visitor(tmp_path: Path) -> TestClient:
    """A browser before pages of our own making."""
    widget, console = tmp_path / "widget", tmp_path / "console"
    for folder in (widget, console):
        folder.mkdir()
        (folder / "index.html").write_text("<p>hello</p>")
    for name in ("lantern.js", VERSIONED):
        (widget / name).write_text("let chat;")
        (widget / f"{name}.gz").write_bytes(gzip.compress(b"let chat;"))
    return TestClient(Starlette(routes=list(static.mounts(tmp_path))))


def test_the_script_comes_compressed_to_a_browser_that_takes_it(visitor: TestClient) -> None:
    packed = visitor.get("/widget/lantern.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"].endswith("/javascript; charset=utf-8")
    assert packed.text == "let chat;"
    plain = visitor.get("/widget/lantern.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.text == "let chat;"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_versioned_file_is_kept_for_good_and_the_others_are_not(visitor: TestClient) -> None:
    assert visitor.get(f"/widget/{VERSIONED}").headers["Cache-Control"].endswith("immutable")
    fresh = visitor.get("/widget/lantern.js")
    assert fresh.headers["Cache-Control"] == "no-cache"
    again = visitor.get("/widget/lantern.js", headers={"If-None-Match": fresh.headers["ETag"]})
    assert again.status_code == 304


def test_only_what_was_built_is_served(visitor: TestClient) -> None:
    assert visitor.get("/widget/").text == "<p>hello</p>"
    assert visitor.get("/widget/..%2f..%2fsecret").status_code == 404
    assert visitor.get("/console/").status_code == 404  # the console brings its own door
    assert static.mounts(Path("nowhere")) == []
