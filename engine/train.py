"""Trains into models/ only if something changed: `python -m engine.train`.

What a model was made of (texts, rules, stories, domain, config, encoder, the code of this package)
has a fingerprint; a model bears it in its name, so that an older model is never served by mistake.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
import time
from pathlib import Path

import encoder
from engine.cache import models

ROOT = Path(__file__).resolve().parent.parent
MADE_OF = ("config.yml", "domain.yml", "data/nlu", "data/rules", "data/stories", "engine")
SERVING_ONLY = {"channel.py", "request.py", "turn.py", "serve.py", "light.py", "tracker.py", "train.py"}
KEEP = 2
NOTE = "current.json"


def fingerprint() -> str:
    """Twelve characters that change whenever a model would come out differently."""
    digest = hashlib.sha256(encoder.fingerprint().encode())
    for path in _sources():
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _sources() -> list[Path]:
    found: set[Path] = set()
    for part in MADE_OF:
        path = ROOT / part
        found.update([path] if path.is_file() else path.rglob("*.yml"))
        found.update(one for one in path.rglob("*.py") if one.name not in SERVING_ONLY)
    return sorted(found)


def _target() -> Path:
    return models() / f"lantern-{fingerprint()}.tar.gz"


def trained() -> Path:
    """The model that was trained last, checked against the hash that training noted.

    Raises:
        SystemExit: with a sentence, when there is none or it is not the file that was trained.
    """
    noted = models() / NOTE
    if not noted.exists():
        raise SystemExit("There is no trained model. Run: python -m engine.train")
    note = json.loads(noted.read_text(encoding="utf-8"))
    path = models() / note["model"]
    if not path.exists() or _hash(path) != note["sha256"]:
        raise SystemExit(f"{path} is not the model that was trained. Run: python -m engine.train")
    return path


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def train(force: bool = False) -> Path:
    """The model of the present files, trained if it is missing or if `force` is given."""
    target = _target()
    if force or not target.exists():
        _run(target)
    note = {"model": target.name, "sha256": _hash(target)}
    (models() / NOTE).write_text(json.dumps(note), encoding="utf-8")
    _forget_old(target)
    return target


def _run(target: Path) -> None:
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", TQDM_DISABLE="1")
    from rasa.model_training import train as rasa_train
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    result = rasa_train(
        domain="domain.yml",
        config="config.yml",
        training_files=["data/nlu", "data/rules", "data/stories"],
        output=str(models()),
        fixed_model_name=target.name.removesuffix(".tar.gz"),
        force_training=True,
    )
    if result.code or not target.exists():
        raise SystemExit("Training made no model; what Rasa printed above says why.")


def _forget_old(newest: Path) -> None:
    others = [path for path in models().glob("lantern-*.tar.gz") if path != newest]
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[: -(KEEP - 1)]:
        path.unlink()


def main() -> None:
    """Train if needed and print the model's path."""
    os.chdir(ROOT)
    began = time.monotonic()
    path = train(force="--force" in sys.argv[1:])
    print(f"{path} ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
