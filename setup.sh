#!/bin/sh
# Sets up what the Makefile needs. `packages`: the Python packages in .venv. `browser`: Chromium for the tests of pages.
# Uses Debian's package manager where it may, and says what is lost where it may not.
set -eu
cd "$(dirname "$0")"

say() { printf '%s\n' "$*" >&2; }

# Run the package manager as root, if that is possible without asking for a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"
    else return 1
    fi
}

debian_install() {
    command -v apt-get >/dev/null || return 1
    say "Installing with apt-get: $*"
    as_root apt-get update -qq >/dev/null 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; then
            command -v "$candidate"
            return
        fi
    done
    say "Python 3.11, 3.12 or 3.13 is needed (TensorFlow has no other builds). Found: $(python3 --version 2>&1 || echo none)."
    say "Install one, or name it: make PYTHON=/path/to/python3.12 ..."
    exit 1
}

packages() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        debian_install python3-venv || {
            say "Python's venv module is not there. Install it (Debian, Ubuntu: apt-get install python3-venv), then try again."
            exit 1
        }
    fi
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    say "Installing the locked packages into .venv (TensorFlow among them: about 300 MB to download) ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes \
        -r requirements-dev.lock
    # pip would compile the 13,000 modules on one core. Some packages bring files that are no Python on purpose.
    .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
}

browser() {
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name" >/dev/null; then return; fi
    done
    debian_install chromium fonts-dejavu-core || {
        say "Chromium is not there and could not be installed: the tests that open reports in a browser will fail."
        say "Install it (Debian: apt-get install chromium), then try again."
    }
}

case "${1:-}" in
packages | browser) "$1" ;;
*) say "usage: sh setup.sh packages|browser"; exit 2 ;;
esac
