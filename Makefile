# Lantern's commands. `make` alone lists them.
# Everything is installed from the lock files in locks/, with hashes, into .venv and .venv-rasa.

PY   := .venv/bin/python
RASA := .venv-rasa/bin/python
RUN  := .venv/bin/lantern
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup pages run test lint lock encoder chaos bench-load bench-replicas bench-turn bench-understanding bench-safety bench-screen bench-widget bench-console bench-matching clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

setup: .venv/.ready .venv-rasa/.ready pages ## Make both environments and the built pages

run: setup ## Set up what is missing, then start everything
	$(RUN) serve

test: setup .venv/.dev ## Set up what is missing, then run all tests (browser and Rasa included)
	deploy/chromium.sh
	$(PY) -m pytest

lint: .venv/.dev pages ## Style, types, import contracts, content, file map, web
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(RUN) check
	$(RUN) map --check
	cd web && npm run --silent check

lock: ## Write the lock files anew (newest versions)
	deploy/setup.sh lock

pages: web/.built ## Build widget and console

chaos: setup .venv/.dev ## A thousand kills on both databases, every bad wire, long random walks (CHAOS_SEED=n replays)
	CHAOS_KILLS=$${CHAOS_KILLS:-1000} CHAOS_PATIENCE=180 $(PY) -m pytest -q -s tests/faults/test_kill_loop.py
	CHAOS_WIRES=all $(PY) -m pytest -q tests/faults/test_wires.py
	MODEL_STEPS=$${MODEL_STEPS:-60} MODEL_WALKS=$${MODEL_WALKS:-200} $(PY) -m pytest -q tests/faults/test_model.py

bench-load: setup .venv/.dev ## Messages a second, waits and memory under an open-loop load
	$(PY) -m bench.load

bench-replicas: setup .venv/.dev ## Cost of a message with two of each process beside one of each
	$(PY) -m bench.replicas

encoder: setup ## Tune the sentence encoder anew on the texts of data/ (two hours; needs PyTorch)
	deploy/setup.sh encoder
	.venv-encoder/bin/python -m encoder.training --hours 2

bench-turn: setup .venv/.dev ## Reply time, start and memory beside stock Rasa
	$(PY) -m bench.turn

bench-understanding: setup .venv/.dev ## Understanding beside stock Rasa and keyword search
	$(PY) -m bench.understanding

bench-safety: setup .venv/.dev ## Crisis recall and false alarms beside two rivals
	$(PY) -m bench.safety

bench-screen: setup .venv/.dev ## Time of the screen on one core, by length of message
	$(PY) -m bench.screen

bench-widget: setup .venv/.dev ## Widget size and speed beside rasa-webchat
	deploy/chromium.sh
	$(PY) -m bench.widget

bench-console: setup .venv/.dev ## From a person's message to the counsellor's screen, 50 conversations open
	deploy/chromium.sh
	$(PY) -m bench.console

bench-matching: .venv/.ready ## One search in a directory of 10,000
	$(PY) -m bench.matching

clean: ## Remove environments, models and built pages (never var/)
	rm -rf .venv .venv-rasa models web/node_modules web/.built bot/pages

.venv/.ready: locks/gateway.txt pyproject.toml
	deploy/setup.sh gateway

.venv/.dev: locks/dev.txt .venv/.ready
	deploy/setup.sh dev

.venv-rasa/.ready: locks/rasa.txt
	deploy/setup.sh rasa

web/.built: web/package-lock.json $(shell find web content/helplines -type f -not -path '*/node_modules/*' -not -name .built 2>/dev/null)
	deploy/setup.sh pages
