# SPDX-License-Identifier: Apache-2.0
# For scripts that run the command in the background, as $child; sourced after endpoint.sh. The command ends with
# the script.
# shellcheck shell=sh
child=
# shellcheck disable=SC2317 # called by the trap
quit() {
    [ -z "$child" ] || { kill -9 "$child" 2>/dev/null; wait "$child" 2>/dev/null; }
    stop
    rm -rf "$T"
}
trap quit EXIT

# wait_until COMMAND...: wait until the command succeeds, or $child has ended.
wait_until() {
    until "$@"; do
        kill -0 "$child" 2>/dev/null || return 1
        sleep 0.05
    done
}

# has_requests N: the endpoint has received so many.
# shellcheck disable=SC2317 # called by wait_until
has_requests() {
    [ "$(grep -c GET "$T/log")" -ge "$1" ]
}

# finish: wait for the end of $child. Sets status to its exit status.
finish() {
    wait "$child"
    status=$?
    child=
    cat "$T/out" "$T/err" >>"$T/all"
}

# end [SIGNAL]: end $child. Sets status to its exit status.
end() {
    kill -"${1:-TERM}" "$child"
    finish
}
