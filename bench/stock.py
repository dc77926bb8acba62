"""Stock Rasa as `rasa init` makes it (DIET, TED), on our data: prepared, trained once, kept in build/."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from bot.cli.processes import ROOT, rasa_python

HOME = ROOT / "build" / "stock-rasa"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
# The actions hand over to our gateway; stock Rasa has none, so it says that it would.
_HANDOVERS = {
    "action_crisis": "utter_crisis",
    "action_handoff": "utter_handoff",
    "action_questionnaire": "utter_questionnaire",
}


def config(epochs: int) -> dict[str, object]:
    """The configuration that `rasa init` of 3.6 writes, with its epochs (100 there) set."""
    counts = {"name": "CountVectorsFeaturizer"}
    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            counts,
            counts | {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "epochs": epochs, "constrain_similarities": True},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {
                "name": "TEDPolicy",
                "max_history": 5,
                "epochs": epochs,
                "constrain_similarities": True,
            },
        ],
    }


def prepare(epochs: int) -> Path:
    """The folder of a stock project on our data, trained if its data or configuration changed."""
    sources = [*sorted((ROOT / "data").glob("[nrs]*/**/*.yml")), ROOT / "domain.yml"]
    sources = [path for path in sources if "safety" not in path.parts]
    text = b"".join(path.read_bytes() for path in sources) + str(config(epochs)).encode()
    mark = HOME / "made-of.txt"
    made_of = hashlib.sha256(text).hexdigest()
    if mark.exists() and mark.read_text(encoding="ascii") == made_of:
        return HOME
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    _write("config.yml", config(epochs))
    _write("domain.yml", _domain())
    _write("credentials.yml", {"rest": None})
    for name in ("nlu", "rules", "stories"):
        shutil.copytree(ROOT / "data" / name, HOME / "data" / name)
    for path in (HOME / "data").glob("[rs]*/*.yml"):
        plain = path.read_text(encoding="utf-8")
        for action, said in _HANDOVERS.items():
            plain = plain.replace(action, said)
        path.write_text(plain, encoding="utf-8")
    print("Training stock Rasa (once; it is kept in build/) ...", flush=True)
    subprocess.run([*_rasa(), "train", "--fixed-model-name", "stock"], cwd=HOME, env=_environ(), check=True)
    mark.write_text(made_of, encoding="ascii")
    return HOME


@contextmanager
def serving(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Stock Rasa on a port of loopback, with its REST channel, for as long as the block lasts."""
    command = [*_rasa(), "run", "-i", "127.0.0.1", "-p", str(port), "--model", "models/stock.tar.gz"]
    with (home / "run.log").open("wb") as output:
        process = subprocess.Popen(command, cwd=home, env=_environ(), stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _rasa() -> list[str]:
    return [str(rasa_python()), "-m", "rasa"]


def _environ() -> dict[str, str]:
    return os.environ | QUIET


def _domain() -> dict[str, object]:
    held: dict[str, object] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    held["actions"] = []
    responses = dict(held["responses"])  # type: ignore[call-overload]  # a mapping by Rasa's rules
    responses |= {said: [{"custom": {"say": said}}] for said in _HANDOVERS.values()}
    held["responses"] = responses
    return held


def _write(name: str, body: object) -> None:
    (HOME / name).write_text(yaml.safe_dump(body, sort_keys=False), encoding="utf-8")
