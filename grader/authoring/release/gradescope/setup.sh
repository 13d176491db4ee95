#!/usr/bin/env bash
# Gradescope runs this once, as root, when the autograder is built: Python, the packages, the grader.
# GRADER_SOURCE and GRADER_HOME are for trying it out elsewhere.
set -euo pipefail
umask 022
source=${GRADER_SOURCE:-/autograder/source}
home=${GRADER_HOME:-/opt/keras-grader}

usable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

# Ubuntu 24.04 has a Python that TensorFlow has packages for. Ubuntu 22.04 has 3.10: there uv brings a newer one.
if ! usable /usr/bin/python3; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends ca-certificates python3 python3-venv
fi
if usable /usr/bin/python3; then
    python=/usr/bin/python3
else
    # Not below /root: the submission runs as a user who may not look in there.
    /usr/bin/python3 -m venv "$home-uv"
    "$home-uv/bin/pip" install --quiet --disable-pip-version-check uv
    export UV_PYTHON_INSTALL_DIR=$home-python
    "$home-uv/bin/uv" python install 3.12
    python=$("$home-uv/bin/uv" python find --managed-python 3.12)
fi

rm -rf "$home"
"$python" -m venv "$home"
hashes=
if grep -q -e '--hash=' "$source/requirements.txt"; then hashes=--require-hashes; fi
"$home/bin/python" -m pip install --quiet --disable-pip-version-check $hashes -r "$source/requirements.txt"

packages=$("$home/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cp -R "$source/program/." "$packages/"
chmod -R a+rX "$home"

# Fail now and not at the first hand-in.
cd /
"$home/bin/python" -P -c 'import grader.cli, keras, matplotlib, sklearn, tensorflow'
"$home/bin/python" -P -m grader list --course "$source/course"
