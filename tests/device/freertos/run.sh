#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the program of examples/freertos/ under qemu-system-arm, against osft-endpoint on loopback. Prints TAP.
# usage: OSFT_BUILD=build sh tests/device/freertos/run.sh
# This script only adds functions to tests/device/firmware/run.sh, which it runs at its end. That script starts the
# servers and the emulator, and has the tests that do not depend on the OS. OSFT_PARTS lists the functions to run. The
# kernel's licence forbids publishing figures of its speed and size, so none is printed.
set -u

OSFT_FIRMWARE=${OSFT_BUILD:-build}/freertos
OSFT_PARTS=${OSFT_PARTS:-lists streams watches_in_task spreads_first_poll resumes_sessions two_tasks connects_again \
    shares_no_variable checks_options names_files_and_options sleeps refuses accepts_pin survives_faults retries_after_cut accepts_chains \
    resolves_names loses_frames}
export OSFT_FIRMWARE

# Check that the other task was never late, and that the stack sufficed.
expect_calm() {
    expect "$@" 'ticker: in time' 'stack: enough'
}

# List all tasks, whose response has more bytes than the device has RAM.
streams() {
    serve --generate 1500
    run_device do=pages expect=1500
    expect_calm 'streams a history, task by task' 0 'tasks: 1500'
    ram=$((0x$(arm-none-eabi-nm "$images/$image.elf" | sed -n 's/ A link_ram_size$//p')))
    bytes=$(sed -n 's/^tasks: bytes //p' "$tmp/out")
    check "$image: the history is larger than its RAM" test "${bytes:-0}" -gt "$ram"
}

# Run the program without arguments, but with a spread. Both times are times of the device's clock. Without a spread the
# first poll would end within a few seconds; most of the random waits are longer.
spreads_first_poll() {
    serve --generate 25 --run-seconds 1000000
    poll_device 4 spread=40
    check "$image: the first poll alone waits for a random time" \
        test "$(grep -cxE 'spread: ms [1-3]?[0-9]{1,4}' "$tmp/out")" = 1
    wait_ms=$(sed -n 's/^spread: ms //p' "$tmp/out")
    over_ms=$(sed -n 's/^poll: over at ms //p' "$tmp/out" | head -n 1)
    check "$image: and is not over before that" test "${over_ms:-0}" -gt "${wait_ms:-0}"
}

# Run the program without arguments, while the newest run starts before or during the first poll, and then ends.
watches_in_task() {
    for seconds in 3 12 48 192; do
        serve --generate 25 --run-seconds "$seconds" --events "$tmp/events"
        start_device
        until grep -qE '^event: (succeeded|failed) generation 25 ' "$tmp/out" 2>/dev/null ||
            ! kill -0 "$device" 2>/dev/null; do
            sleep 0.2
            ! grep -q '^call: 0' "$tmp/out" 2>/dev/null ||
                grep -q '^event: started generation 25 ' "$tmp/out" || break
        done
        kill "$device" 2>/dev/null
        end_device
        stop_servers
        ! grep -q '^event: started generation 25 ' "$tmp/out" || break
    done
    awk '($2 == "succeeded" || $2 == "failed") && $3 == 25 { print $2, $3 }' "$tmp/events" >"$tmp/happened"
    awk '$1 == "event:" && ($2 == "succeeded" || $2 == "failed") && $4 == 25 { print $2, $4 }' "$tmp/out" \
        >"$tmp/reported"
    check "$image: the run has ended" test -s "$tmp/happened"
    check "$image: the task reports its end as it happened, once" cmp "$tmp/happened" "$tmp/reported"
    check "$image: and its start once" test "$(grep -c '^event: started generation 25 ' "$tmp/out")" = 1
    check "$image: the LED is lit during the run" grep -qx 'led: lit' "$tmp/out"
}

resumes_sessions() {
    serve --generate 25 --fault close
    run_device do=list+list
    expect_calm 'resumes its session over the next connection' 0 'handshake: resumed' 'tasks: 20'
}

two_tasks() {
    serve --generate 25
    run_device do=two
    expect_calm 'two clients in two tasks, at the same time' 0 'two: first 0' 'two: second 0' 'two: calls at once 2'
    serve --generate 25 --rsa
    run_device do=two
    expect_calm 'the same with RSA' 0 'two: first 0' 'two: second 0' 'two: calls at once 2'
    run_device do=errno
    expect 'each task has an errno of its own' 0
    run_device do=keys
    expect 'two tasks draw keys at the same time' 0
    run_device do=random
    expect 'one task at a time uses the random source' 0
    run_device do=memory
    expect 'two tasks allocate memory of mbedTLS at the same time' 0
}

connects_again() {
    serve --generate 25
    run_device do=again
    expect_calm 'connection after connection, and no memory is missing' 0
}

# variables: print the variables of mbedTLS and port/mbedtls that are in the image. memset_func and the arena are left
# out: memset_func is never written, and a lock guards the arena.
variables() {
    find "$images/o/mbedtls" "$images/o/port/mbedtls" -name '*.o' -exec arm-none-eabi-nm {} + |
        awk '$2 ~ /^[bBdDC]$/ { print $3 }' | sort -u >"$tmp/variables"
    arm-none-eabi-nm "$images/$image.elf" | awk '$2 ~ /^[bBdDC]$/ { print $3 }' | sort -u |
        comm -12 - "$tmp/variables" | grep -vxE 'memset_func|osft_tls_arena'
}

shares_no_variable() {
    none "$image: tasks share no variable of mbedTLS but the arena" variables
    check "$image: that can be seen" grep -qx osft_tls_arena "$tmp/variables"
}

# compiles FILE OPTION VALUE: compile that file of port/freertos with this option changed in FreeRTOSConfig.h.
compiles() {
    sed "s/^\(#define $2 *\).*/\1$3/" examples/freertos/FreeRTOSConfig.h >"$tmp/FreeRTOSConfig.h"
    arm-none-eabi-gcc -std=c99 -mcpu=cortex-m3 -mthumb --specs=picolibc.specs -fsyntax-only -I"$tmp" -Iport/freertos \
        -isystem "$build/freertos-kernel/include" -isystem "$build/freertos-kernel/portable/GCC/ARM_CM3" \
        "port/freertos/$1.c"
}
refuses_option() {
    ! compiles "$@" >"$tmp/gcc" 2>&1 && grep -q 'osft_freertos_.*is negative' "$tmp/gcc"
}

checks_options() {
    check 'ticks of 10 ms compile' compiles osft_freertos configTICK_RATE_HZ 100
    check 'ticks of 3.3 ms do not' refuses_option osft_freertos configTICK_RATE_HZ 300
    check 'ticks of 20 ms do not' refuses_option osft_freertos configTICK_RATE_HZ 50
    check 'ticks of 0.5 ms do not' refuses_option osft_freertos configTICK_RATE_HZ 2000
    check 'ticks of 16 bits do not' refuses_option osft_freertos configUSE_16_BIT_TICKS 1
    check 'no room for errno does not' refuses_option osft_freertos_errno configNUM_THREAD_LOCAL_STORAGE_POINTERS 1
}

# Check that this program was built from the files and options that README.md names for a product.
names_files_and_options() {
    make -s -f examples/freertos/freertos.mk mbedtls-files >"$tmp/files"
    sed "s,\(.*\)\.c$,$images/o/mbedtls/\1.o," "$tmp/files" | sort >"$tmp/named"
    find "$images/o/mbedtls" -name '*.o' | sort >"$tmp/built"
    check 'mbedtls-files prints the files of mbedTLS' diff "$tmp/built" "$tmp/named"
    make -s -f examples/freertos/freertos.mk link-options >"$tmp/options"
    unknown=$(sed -n 's/.*__wrap_[^=]*=//p' "$tmp/options" | while read -r name; do
        arm-none-eabi-nm "$images/$image.elf" | grep -q " $name$" || echo "$name"
    done)
    check 'link-options prints functions of the program' test -s "$tmp/options" -a -z "$unknown"
}

# Check that the device sleeps while it waits for a response that comes after three seconds.
sleeps() {
    serve --generate 25 --fault delay=3000
    run_device do=list
    expect_calm 'the task sleeps until the socket wakes it' 0 'wait: woken [1-9][0-9]*' 'tasks: 20'
    calls=$(sed -n 's/^wait: calls //p' "$tmp/out")
    check "$image: and does not poll meanwhile" test "${calls:-100000}" -lt 300
}

retries_after_cut() {
    serve --generate 25 --fault cut=700:1@2
    run_device do=list again=1
    expect_calm 'lists over a new connection after a cut one' 0 'call: -25' 'tasks: 20'
}

accepts_chains() {
    accepts_chain ec
    accepts_chain rsa2048
}

set -- mps2-an385
. tests/device/firmware/run.sh
