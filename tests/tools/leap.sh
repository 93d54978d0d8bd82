# SPDX-License-Identifier: Apache-2.0
# For scripts in which days pass within seconds; sourced after reporter.sh. Programs that run with leap.c share clocks,
# which leap ahead while osft-reporter sleeps.
# shellcheck shell=sh
export OSFT_LEAP_CLOCK="$T/leap.clock"
# build_leap: Compile the library, and set the clocks to the machine's time. Returns 0, or 1 with the reason in
# $leap_missing when the programs cannot be run with the library.
build_leap() {
    head -c 8 /dev/zero >"$OSFT_LEAP_CLOCK"
    echo 0 >"$T/leap.until"
    if ! ldd "$B/osft-reporter" >/dev/null 2>&1 || grep -qs fsanitize "$B/obj/flags"; then
        leap_missing='a program that is static or has sanitizers cannot be given another library'
    elif ! cc -std=c99 -O2 -Wall -Wextra -Wpedantic -Werror -shared -fPIC -o "$T/leap.so" tests/tools/leap.c -ldl \
        2>"$T/leap.err"; then
        leap_missing="leap.c cannot be compiled: $(tail -n 1 "$T/leap.err")"
    elif ! LD_PRELOAD=$T/leap.so "$B/osft-reporter" --version >/dev/null 2>"$T/leap.err"; then
        leap_missing="a program does not run with leap.c: $(tail -n 1 "$T/leap.err")"
    else
        leap_missing=
    fi
    [ -z "$leap_missing" ]
}
# start_leaping ARGUMENTS...: Start an endpoint with the clocks of leap.c. The arguments are those of start.
start_leaping() {
    stop
    rm -f "$T/log"
    start_server "$T/endpoint.err" env "LD_PRELOAD=$T/leap.so" "$B/osft-endpoint" --port 0 --access-key-id "$ID" \
        --access-key-secret "$SECRET" --log "$T/log" "$@"
    # shellcheck disable=SC2034 # used by the script
    pid=$server_pid port=$server_port
}
# with_leap COMMAND...: Run the command in place of this process, with the clocks of leap.c.
with_leap() {
    exec env "LD_PRELOAD=$T/leap.so" "$@"
}
# leap_now_ms: Print the time of the clocks of leap.c, in ms since 1970.
leap_now_ms() {
    echo $(($(date +%s%3N) + $(od -An -td8 "$OSFT_LEAP_CLOCK")))
}
# leap_ahead MINUTES: Let the clocks leap ahead by this time, in steps of at most six hours, and wait until they have
# done so.
leap_ahead() {
    leap_left=$1
    leap_until_ms=$(leap_now_ms)
    while [ "$leap_left" -gt 0 ]; do
        leap_minutes=$((leap_left < 360 ? leap_left : 360))
        leap_left=$((leap_left - leap_minutes)) leap_until_ms=$((leap_until_ms + leap_minutes * 60000))
        echo "$leap_until_ms" >"$T/leap.new" && mv "$T/leap.new" "$T/leap.until"
        until_leapt || return 1
    done
}
# until_leapt: Wait, for at most ten minutes, until the clocks have reached $leap_until_ms.
until_leapt() {
    for _ in $(seq 12000); do
        [ "$(leap_now_ms)" -lt "$leap_until_ms" ] || return 0
        kill -0 "${reporter:-0}" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}
