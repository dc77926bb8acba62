"""The pages that bench/widget.py visits: one with our script, one with the rival's, one with neither."""

from __future__ import annotations

import gzip
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from fake_gateway import Gateway
from starlette.responses import Response
from starlette.routing import Route

RIVAL = "rasa-webchat@1.0.1"
CACHE = Path(__file__).resolve().parents[1] / "build" / "bench"
# Notes when the launcher can first be hit, the largest paint, how the page moves, how long it was blocked.
WATCH = """
window.seen = { usable: 0, blocked: 0, moved: 0, painted: 0 };
const observe = (type, take) =>
  new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
observe('longtask', (e) => { seen.blocked += Math.max(0, e.duration - 50); });
observe('layout-shift', (e) => { seen.moved += e.value; });
observe('largest-contentful-paint', (e) => { seen.painted = e.startTime; });
const hit = (x, y) => {
  let e = document.elementFromPoint(x, y);
  while (e?.shadowRoot) e = e.shadowRoot.elementFromPoint(x, y);
  return e;
};
const look = () => {
  const ours = document.querySelector('lantern-chat')?.shadowRoot;
  const launcher = ours?.querySelector('.launcher') ?? document.querySelector('.rw-launcher');
  const box = launcher?.getBoundingClientRect();
  const at = box?.width && hit(box.x + box.width / 2, box.y + box.height / 2);
  if (at && launcher.contains(at)) seen.usable = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A website</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<h1>A website</h1><p>{words}</p>{tag}"""
OURS = '<script src="/code/ours.js" defer data-country="US" data-gateway="/" data-exit-url="/away"></script>'
# Presses quick exit: when nothing was left on screen, and when the browser began to leave.
EXIT = """new Promise((done) => {
  const found = {}, start = performance.now();
  navigation.onnavigate = () => { found.exit_leaves_slow_ms = performance.now() - start; };
  document.querySelector('lantern-chat').shadowRoot.querySelector('.exit').click();
  requestAnimationFrame(() => setTimeout(() => {
    found.exit_hidden_slow_ms = performance.now() - start; done(found); })); })"""
# As its README says, with the options that show the launcher where no server of its own answers.
THEIRS = """<script>!(function () { let e = document.createElement("script"), t = document.head;
(e.src = "/code/theirs.js"), (e.async = !0), (e.onload = () => { window.WebChat.default(
{ customData: { language: "en" }, socketUrl: location.origin,
  connectOn: "open", hideWhenNotConnected: false, withRules: false }, null); }),
t.insertBefore(e, t.firstChild); })();</script>"""


def rival() -> bytes:
    """The rival's script as published, from the npm registry; kept in build/."""
    script = CACHE / "package" / "lib" / "index.js"
    if not script.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", RIVAL], cwd=CACHE, check=True, capture_output=True)
        with tarfile.open(next(CACHE.glob("rasa-webchat-*.tgz"))) as packed:
            packed.extractall(CACHE, filter="data")
    return script.read_bytes()


def site(gateway: Gateway, codes: dict[str, bytes]) -> str:
    """A page of words with ours, theirs or nothing on it; its address ends in the name."""
    packed = {name: gzip.compress(code, 9) for name, code in codes.items()}

    async def code(request: Any) -> Response:
        headers = {"Content-Encoding": "gzip", "Content-Type": "text/javascript", "Cache-Control": "no-store"}
        return Response(packed[request.path_params["name"]], headers=headers)

    async def away(request: Any) -> Response:
        return Response(status_code=204)  # the page stays, so that it can tell when it began to leave

    gateway.app.router.routes[:0] = [Route("/code/{name}.js", code), Route("/away", away)]
    for name, tag in (("none", ""), ("ours", OURS), ("theirs", THEIRS)):
        gateway.pages[name] = (PAGE.format(words="Some words of the website. " * 60, tag=tag), {})
    return f"http://127.0.0.1:{gateway.serving.port}/host"
