#!/usr/bin/env bash
# Makes one part of the installation: gateway | dev | encoder | rasa | pages | lock.
# Called by make; every step says what it does, and what is missing is named with the way to get it.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '== %s\n' "$*"; }
fail() { printf 'lantern: %s\n' "$*" >&2; exit 1; }

# uv installs in seconds what pip takes minutes for; it comes into a small environment of its own.
uv() {
  if [ ! -x .venv/.uv/bin/uv ]; then
    say "Installing uv"
    python3 -m venv .venv/.uv || fail "python3 has no venv module; on Debian: apt-get install python3-venv"
    .venv/.uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
  fi
  .venv/.uv/bin/uv "$@"
}

pyenv_root() { printf '%s' "${PYENV_ROOT:-$HOME/.pyenv}"; }

# The newest CPython from 3.11 up that this machine has (pyenv's versions count also when its shim refuses).
newest_python() {
  local minor candidate
  for minor in 14 13 12 11; do
    for candidate in "$(command -v "python3.$minor" || true)" "$(pyenv_root)"/versions/3."$minor".*/bin/python3."$minor" /usr/bin/python3."$minor"; do
      [ -x "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { printf '%s' "$candidate"; return; }
    done
  done
  fail "no Python 3.11 or newer found; on Debian: apt-get install python3.11 python3.11-venv"
}

# Rasa needs exactly 3.10: python3.10, then pyenv's versions, then one that uv fetches.
python310() {
  local candidate
  for candidate in "$(command -v python3.10 || true)" "$(pyenv_root)"/versions/3.10.*/bin/python3.10 /usr/bin/python3.10; do
    [ -x "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null && { printf '%s' "$candidate"; return; }
  done
  uv python install --quiet 3.10 2>/dev/null && uv python find 3.10 && return
  fail "Rasa needs Python 3.10 and none was found: install python3.10, or 'pyenv install 3.10', or let uv fetch one"
}

environment() { # folder python
  [ -x "$1/bin/python" ] || { say "Making $1 with $2"; mkdir -p "$1"; uv venv --quiet --allow-existing --python "$2" "$1"; }
}

case "${1:-}" in
  gateway)
    environment .venv "$(newest_python)"
    say "Installing the gateway (locks/gateway.txt)"
    uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode -r locks/gateway.txt
    uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
    touch .venv/.ready ;;
  dev)
    say "Installing test tools (locks/dev.txt)"
    uv pip install --quiet --python .venv/bin/python --require-hashes --compile-bytecode -r locks/dev.txt
    touch .venv/.dev ;;
  encoder)
    environment .venv-encoder "$(newest_python)"
    say "Installing what tunes the encoder (locks/encoder.txt)"
    uv pip install --quiet --python .venv-encoder/bin/python --require-hashes -r locks/encoder.txt ;;
  rasa)
    environment .venv-rasa "$(python310)"
    say "Installing Rasa (locks/rasa.txt)"
    uv pip install --quiet --python .venv-rasa/bin/python --require-hashes --compile-bytecode -r locks/rasa.txt
    touch .venv-rasa/.ready ;;
  pages)
    node=$(command -v node || true)
    if [ -z "$node" ] || ! "$node" -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then
      say "No Node.js 20 on this machine: using the one from locks/node.txt"
      uv pip install --quiet --python .venv/bin/python --require-hashes -r locks/node.txt
      export PATH="$PWD/.venv/bin:$PATH"
    fi
    say "Building widget and console"
    # Not `npm ci`: it refuses a lock file in which a package of another platform cannot be found.
    (cd web && npm install --silent --no-audit --no-fund && npm run --silent build)
    touch web/.built ;;
  lock)
    uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml -o locks/gateway.txt
    uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11 --group dev pyproject.toml -o locks/dev.txt
    uv pip compile --quiet --upgrade --generate-hashes --no-header --python-version 3.10 --python-platform linux --group rasa -o locks/rasa.txt
    for group in uv node encoder; do
      uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.10 --group "$group" -o "locks/$group.txt"
    done ;;
  *) fail "usage: deploy/setup.sh gateway | dev | encoder | rasa | pages | lock" ;;
esac
