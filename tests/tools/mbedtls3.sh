#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetch Debian's source package of mbedTLS 3.6 and build its static libraries.
# usage: sh tests/tools/mbedtls3.sh [DIR]     (default build/mbedtls3; prints DIR when done)
# Then: make MBEDTLS_DIR=DIR
#
# The package comes from the Debian mirror that this machine's apt already uses, and apt itself
# checks the archive's signature. The machine's own apt lists and sources are left as they are.
set -eu

suite=trixie
dir=${1:-build/mbedtls3}
dir=${dir%/}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
    echo "mbedtls3.sh: $*" >&2
    exit 1
}

# The mirror of Debian's main archive: a plain suite (no -security, -updates, -backports), in main.
mirror() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v own="$1" '
            $3 != "main" || $1 ~ /^cdrom:/ { next }
            $2 == own || $2 ~ /^(old)*stable$|^testing$|^unstable$|^sid$|^trixie$/ { print $1; exit }'
}

if [ -e "$dir/.built" ]; then
    echo "$dir"
    exit 0
fi

id=$(. /etc/os-release && echo "${ID:-}")
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ "$id" = debian ] ||
    die "only Debian's apt sources carry this package; build mbedTLS 3.6 yourself and set MBEDTLS_DIR"

sh "$(dirname "$0")/need.sh" dpkg-dev debian-archive-keyring gcc libc6-dev make >&2
uri=$(mirror "${codename:-$suite}")
[ -n "$uri" ] || die "apt's sources name no mirror of Debian's main archive"
[ -r "$keyring" ] || die "$keyring is missing"

# Under /tmp, because apt downloads as a user of its own who may not enter the project's folder.
root=$(mktemp -d)
trap 'rm -rf "$root" "$dir.part"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$root"
mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial" "$root/src"
: >"$root/status"
echo "deb-src [signed-by=$keyring] $uri $suite main" >"$root/sources.list"

apt() {
    apt-get -q -o Dir::State="$root/state" -o Dir::State::status="$root/status" \
        -o Dir::Cache="$root/cache" -o Dir::Etc::SourceList="$root/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null -o APT::Get::AllowUnauthenticated=false \
        -o Acquire::Retries=3 "$@" >&2
}
[ "$(id -u)" != 0 ] || chown _apt "$root/src" 2>/dev/null || true
apt update || die "apt could not read suite $suite from the mirror it uses for Debian"
(cd "$root/src" && apt source --download-only mbedtls) || die "apt could not fetch the source package"

mkdir -p "$(dirname "$dir")"
rm -rf "$dir.part" "$dir"
dpkg-source --no-copy -x "$root"/src/mbedtls_*.dsc "$dir.part" >&2
grep -q 'MBEDTLS_VERSION_STRING  *"3\.6\.' "$dir.part/include/mbedtls/build_info.h" ||
    die "suite $suite has no mbedTLS 3.6"
make -C "$dir.part" -j "$(nproc)" lib >&2
: >"$dir.part/.built"
mv "$dir.part" "$dir"
echo "$dir"
