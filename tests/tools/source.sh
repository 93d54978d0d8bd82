# SPDX-License-Identifier: Apache-2.0
# For scripts that fetch a source package of Debian's; sourced. The caller sets dir, the folder to make,
# and calls:
#   source_made                  ends the script, printing dir, when it was made before
#   source_fetch NAME WHAT ...   unpacks suite trixie's source package NAME into $dir.part; WHAT is what to
#                                get elsewhere where there is no Debian; ... packages needed to build it
#   source_done                  $dir.part becomes $dir, which is printed
#
# The package comes from the Debian mirror that this machine's apt already uses, and apt itself
# checks the archive's signature. The machine's own apt lists and sources are left as they are.
# shellcheck shell=sh
suite=trixie
dir=${dir%/}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

source_made() {
    if [ -e "$dir/.built" ]; then
        echo "$dir"
        exit 0
    fi
}

# The mirror of Debian's main archive: a plain suite (no -security, -updates, -backports), in main.
mirror() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk -v own="$1" '
            $3 != "main" || $1 ~ /^cdrom:/ { next }
            $2 == own || $2 ~ /^(old)*stable$|^testing$|^unstable$|^sid$|^trixie$/ { print $1; exit }'
}

apt() {
    apt-get -q -o Dir::State="$root/state" -o Dir::State::status="$root/status" \
        -o Dir::Cache="$root/cache" -o Dir::Etc::SourceList="$root/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null -o APT::Get::AllowUnauthenticated=false \
        -o Acquire::Retries=3 "$@" >&2
}

source_fetch() {
    name=$1
    what=$2
    shift 2
    id=$(. /etc/os-release && echo "${ID:-}")
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [ "$id" = debian ] || die "only Debian's apt sources carry this package; $what"

    sh "$(dirname "$0")/need.sh" dpkg-dev debian-archive-keyring "$@" >&2
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
    [ "$(id -u)" != 0 ] || chown _apt "$root/src" 2>/dev/null || true
    apt update || die "apt could not read suite $suite from the mirror it uses for Debian"
    (cd "$root/src" && apt source --download-only "$name") ||
        die "apt could not fetch the source package"

    mkdir -p "$(dirname "$dir")"
    rm -rf "$dir.part" "$dir"
    dpkg-source --no-copy -x "$root/src/$name"_*.dsc "$dir.part" >&2
}

source_done() {
    : >"$dir.part/.built"
    mv "$dir.part" "$dir"
    echo "$dir"
}
