#!/usr/bin/env bash
# Installs uv into a virtual environment of its own (DIRECTORY), so that it works where the system's Python refuses
# packages (PEP 668, as on Debian) and touches nothing outside the checkout.
set -euo pipefail

directory=${1:?usage: install_uv.sh DIRECTORY}
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Noctule needs Python 3.11 or newer; $("$python" --version) was found. Set PYTHON=/path/to/python3." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    # Debian ships ensurepip apart.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
    else
        echo "Python's venv is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
rm -rf "$directory"
"$python" -m venv "$directory"
"$directory/bin/pip" install --quiet --disable-pip-version-check 'uv>=0.9'
