# SPDX-License-Identifier: Apache-2.0
# For scripts that need mounts of their own; sourced first. It runs the script again in a mount namespace of its own,
# where the machine permits that. The mounts end with the script. $OSFT_OWN_MOUNTS: yes, or no where it does not.
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
# own_file FILE TEXT: Replace a file by another one with that text, $T/NAME, for this script only.
own_file() {
    printf '%s\n' "$2" >"$T/${1##*/}" && chmod 644 "$T/${1##*/}" && mount --bind "$T/${1##*/}" "$1"
}
