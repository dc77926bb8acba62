#!/usr/bin/env bash
# Browser tests use the system's Chromium. Under CI, or as root on Debian, install it; else say how.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && { [ "${CI:-}" = true ] || [ -f /etc/debian_version ]; }; then
  echo "== Installing Chromium for the browser tests"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  exit 0
fi
echo "********************************************************************"
echo "* No Chromium on this machine: the browser tests will be SKIPPED.  *"
echo "* Debian, Ubuntu: sudo apt-get install chromium                    *"
echo "********************************************************************"
