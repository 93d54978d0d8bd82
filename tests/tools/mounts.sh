# SPDX-License-Identifier: Apache-2.0
# For scripts that mount files; sourced first. If the machine permits it, runs the script again in a new mount
# namespace, whose mounts end with the script. Sets $OSFT_OWN_MOUNTS to yes; or to no if the machine does not permit a
# mount namespace.
# shellcheck shell=sh
if [ -z "${OSFT_OWN_MOUNTS:-}" ]; then
    export OSFT_OWN_MOUNTS=no
    as_root='--map-root-user'
    [ "$(id -u)" -ne 0 ] || as_root=
    if unshare $as_root --mount true 2>/dev/null; then
        OSFT_OWN_MOUNTS=yes
        exec unshare $as_root --mount sh "$0"
    fi
fi
# own_file FILE TEXT: Make FILE have this text, for this script only: write the text into a file in $T, and mount that
# over FILE.
own_file() {
    printf '%s\n' "$2" >"$T/${1##*/}" && chmod 644 "$T/${1##*/}" && mount --bind "$T/${1##*/}" "$1"
}
