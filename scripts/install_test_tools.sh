#!/usr/bin/env bash
# The tests drive a real Chromium, a real PostgreSQL and rclone, and real sandboxes as root. Installs what is missing with apt-get when it may, else says
# what to install. Does nothing, quickly, when all is there.
set -euo pipefail

missing=()
for browser in chromium chromium-browser google-chrome; do
    if command -v "$browser" >/dev/null; then
        found=1
        break
    fi
done
[ -n "${found:-}" ] || missing+=(chromium fonts-dejavu-core)
if ! command -v initdb >/dev/null && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    missing+=(postgresql)
fi
command -v rclone >/dev/null || missing+=(rclone)
if [ "$(id -u)" = 0 ]; then
    # Others have no sandboxes: their tests are skipped, and say so.
    command -v crun >/dev/null || command -v runc >/dev/null || missing+=(crun)
    command -v pasta >/dev/null || missing+=(passt)
    command -v mkfs.ext4 >/dev/null || missing+=(e2fsprogs)
    command -v ip >/dev/null || missing+=(iproute2)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} (the tests need them)" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
else
    echo "The tests need Chromium, PostgreSQL and rclone. Missing Debian packages: ${missing[*]}" >&2
    echo "Install them, then run make test again:  sudo apt-get install ${missing[*]}" >&2
    exit 1
fi
