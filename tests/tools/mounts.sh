# SPDX-License-Identifier: Apache-2.0
# For scripts that need mounts of their own; sourced first. Runs the script again in a mount namespace of its own, if
# the machine permits that. The mounts end with the script. Sets $OSFT_OWN_MOUNTS to yes, or to no if the machine does not
# permit it.
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
# own_file FILE TEXT: Write the text into $T/NAME, and mount that over FILE, for this script only.
own_file() {
    printf '%s\n' "$2" >"$T/${1##*/}" && chmod 644 "$T/${1##*/}" && mount --bind "$T/${1##*/}" "$1"
}
