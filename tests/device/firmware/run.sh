#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the firmware's images in QEMU, against osft-endpoint on loopback. Prints TAP.
# usage: OSFT_BUILD=build sh tests/device/firmware/run.sh [IMAGE...]     (without IMAGE: those of lm3s6965evb)
# The result of a run is the emulator's exit status, which the firmware sets: 0, or an osft_error as a
# positive number. Variables for tests/size/image.sh:
#   OSFT_MEASURES=FILE   write what some runs measured: IMAGE NAME NUMBER, a line each
#   OSFT_FIRMWARE=DIR    the folder with the images
#   OSFT_PARTS=LIST      which of the functions at the end to run
# No test depends on how fast the host is. A run that does not end by itself is ended after OSFT_RUN_SECONDS.
set -u
. tests/tools/tap.sh
. tests/tools/server.sh

build=${OSFT_BUILD:-build}
tmp=$(mktemp -d) || exit 1
T=$tmp # for server.sh
images=${OSFT_FIRMWARE:-$build/firmware}
measures=${OSFT_MEASURES:-$tmp/measures}
endpoint='' name_server='' time_server='' relay='' device='' # process ids
host=osft.test                            # the host that the device connects to
setting=                                  # a further line of the device's settings
openssl_chain=rsa2048                     # the chain of OpenSSL's server, for chain.sh
lost_queries=0                            # how many queries for the name get no response at first
emulator_options=

stop_servers() {
    end_servers "$endpoint" "$name_server" "$time_server" "$relay"
    endpoint='' name_server='' time_server='' relay=''
}
trap '[ -z "$device" ] || kill "$device"; stop_servers; rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
: >"$measures"

# serve_with COMMAND...: start a server by this command.
serve_with() {
    start_server "$tmp/server.err" "$@"
}

# serve ARGUMENTS...: start an endpoint, and a name server that knows its address.
serve() {
    stop_servers
    rm -f "$tmp/log"
    case $* in
    *--cert\ * | *--plain-http*) serve_with "$build/osft-endpoint" --port 0 --log "$tmp/log" "$@" ;;
    *)
        serve_with "$build/osft-endpoint" --port 0 --names osft.test --ca-out "$tmp/ca.pem" \
            --log "$tmp/log" "$@"
        ;;
    esac
    endpoint=$server_pid endpoint_port=$server_port
    serve_with "$build/firmware/name_server" osft.test 10.0.2.2 "$lost_queries"
    name_server=$server_pid name_server_port=$server_port
}

# tell_time UTC_S [HOW [FILE]]: start a time server that tells the device this time; see time_server.c. The endpoint
# keeps running.
tell_time() {
    end_servers "$time_server"
    serve_with "$build/firmware/time_server" "$@"
    time_server=$server_pid setting=sntp=10.0.2.2:$server_port
    [ $# != 1 ] || setting="$setting
sntp_wait=600"
}

# write_sector: write the device's sector: its settings, and the root certificate.
write_sector() {
    {
        printf '%s\n' "host=$host" "port=$endpoint_port" id=testid secret=testsecret app=my_app \
            function=ctr instance=ctr_test interval=1
        case $image in
        *-lean) printf '%s\n' address=10.0.2.2 ip=10.0.2.15 mask=255.255.255.0 gateway=10.0.2.2 ;;
        *) echo "dns=10.0.2.2:$name_server_port" ;;
        esac
        [ -z "$setting" ] || echo "$setting"
        printf '\0'
        sed '/-----/d' "$tmp/ca.pem" | base64 -d
    } >"$tmp/sector"
}

# start_device ARGUMENTS...: start the image in the emulator. Sets device; the device's log is $tmp/out.
start_device() {
    write_sector
    arguments=
    rm -f "$tmp/out"
    for word in "$@"; do
        arguments="$arguments,arg=$word"
    done
    case $image in
    virt)
        machine='qemu-system-riscv32 -M virt -bios none'
        network='-global virtio-mmio.force-legacy=false -netdev user,id=net,ipv6=off
            -device virtio-net-device,netdev=net'
        sector=0x8003f800
        ;;
    *) machine="qemu-system-arm -M ${image%-lean}" network='-nic user,ipv6=off,id=net' sector=0x3f800 ;;
    esac
    # shellcheck disable=SC2086 # lists of words
    timeout -k 5 "${OSFT_RUN_SECONDS:-600}" $machine -display none \
        -monitor none -serial "file:$tmp/out" -icount shift=4 $network \
        -semihosting-config "enable=on,target=native,arg=firmware$arguments" \
        -kernel "$images/$image.elf" -device "loader,file=$tmp/sector,addr=$sector,force-raw=on" \
        $emulator_options >"$tmp/qemu" 2>&1 </dev/null &
    device=$!
}

# end_device: wait until the emulator has ended. Sets status.
end_device() {
    wait "$device"
    status=$?
    device=
    [ -e "$tmp/out" ] || : >"$tmp/out"
}

# poll_device REQUESTS SETTING: run the image without arguments, with this setting, until the endpoint has got so many
# requests.
poll_device() {
    setting=$2
    start_device
    setting=
    while [ "$(wc -l <"$tmp/log")" -lt "$1" ] && kill -0 "$device" 2>/dev/null; do
        sleep 0.2
    done
    kill "$device" 2>/dev/null
    end_device
}

# run_device ARGUMENTS...: run the image until it ends.
run_device() {
    start_device "$@"
    end_device
}

# expect NAME STATUS PATTERN...: print one result: whether the last run ended with that status, and logged a line
# that matches each pattern as a whole.
expect() {
    expect_name="$image: $1" expected=$2
    shift 2
    why=
    [ "$status" = "$expected" ] || why="exit status $status, not $expected"
    for pattern in "$@"; do
        grep -qxE "$pattern" "$tmp/out" || why="$why; no line: $pattern"
    done
    [ -z "$why" ]
    tap_result $? "$expect_name" "$why
$(cat "$tmp/out" "$tmp/qemu")
$(tail -n 3 "$tmp/log")"
}

# measure NAME TEXT: write the number behind that text in the log to the measures.
measure() {
    number=$(sed -n "s/^$2 \([0-9]*\)\$/\1/p" "$tmp/out" | tail -n 1)
    [ -z "$number" ] || echo "$image $1 $number" >>"$measures"
}
measure_memory() {
    measure arena 'memory: arena peak'
    measure stack 'memory: stack used'
}

lists() {
    serve --generate 25
    run_device do=list
    expect 'lists tasks over verified TLS, though it does not know the time at first' 0 \
        'task: generation 25 running [0-9]+' 'task: generation 6 .*' 'tasks: 20' 'call: attempts 2'
    measure_memory

    serve --generate 400
    run_device do=pages expect=400
    expect 'reads a list that is larger than its RAM' 0 'tasks: 400' 'tasks: bytes [0-9]{6,}'
    measure_memory

    serve --generate 5 --fault huge=40000
    run_device do=list
    expect 'receives the largest TLS records' 0 'tasks: 5'
    measure_memory
}

# The newest run must not end before the first poll. On a slow host the first poll comes later, so runs are longer
# there.
watches() {
    for seconds in 3 12 48 192; do
        serve --generate 25 --run-seconds $seconds --events "$tmp/events"
        run_device do=watch
        stop_servers
        ! grep -q '^event: started generation 25 ' "$tmp/out" || break
    done
    expect 'watches runs until they end' 0 'event: started generation 25 .*' 'led: lit' \
        'led: (dark|blinks)'
    measure_memory
    # A run that ended before the first poll is not reported, as a watch begins with the runs that have not ended.
    awk '
        NR == FNR { if ($1 == "event:" && $2 == "started") started[$4] = 1; next }
        ($2 == "succeeded" || $2 == "failed") && $3 in started { print $2, $3 }' \
        "$tmp/out" "$tmp/events" | sort >"$tmp/happened"
    awk '$1 == "event:" && ($2 == "succeeded" || $2 == "failed") { print $2, $4 }' "$tmp/out" |
        sort >"$tmp/reported"
    check "$image: it reports what has happened" cmp "$tmp/happened" "$tmp/reported"
    check "$image: something has happened" test -s "$tmp/happened"
}

# Without arguments, the firmware polls as a product does. The five requests are the first one, which is refused for
# its date, and four polls.
polls_for_ever() {
    for mode in 0 1; do
        serve --generate 25 --run-seconds 1000000
        poll_device 5 "awake=$mode
spread=5"
        check "$image: polls for ever, awake $mode" test "$(wc -l <"$tmp/log")" -ge 5
        check "$image: the first poll alone waits for a random time" \
            test "$(grep -cxE 'spread: ms [1-4]?[0-9]{1,3}' "$tmp/out")" = 1
        check "$image: and reports each event once" \
            test "$(grep -c '^event: started generation 25 ' "$tmp/out")" = 1
        if [ $mode = 1 ]; then
            none "$image: does not sleep deeply when it is to stay awake" grep -E '^(sleep|wake):' "$tmp/out"
        else
            check "$image: sleeps deeply between its polls" \
                test "$(grep -c '^wake: watch 0' "$tmp/out")" -ge 3
        fi
    done
}

resumes() {
    serve --generate 25 --fault close
    run_device do=list+list+list+list
    expect 'resumes its session over the next connection' 0 'handshake: resumed us [0-9]+'
    # mbedTLS checks a message twice when it arrives in two pieces, which depends on the host, so the shortest handshake
    # counts.
    least=$(sed -n 's/^handshake: resumed us //p' "$tmp/out" | sort -n | head -n 1)
    [ -z "$least" ] || echo "$image resumed_us $least" >>"$measures"
    measure_memory

    serve --generate 25 --run-seconds 1000000
    run_device do=nap naps=2
    expect 'resumes its session after a deep sleep, and knows the runs' 0 'wake: session 0' \
        'wake: watch 0' 'handshake: resumed us [0-9]+'
    measure_memory
    check "$image: no run starts again because of a deep sleep" \
        test "$(grep -c 'event: started generation 25 ' "$tmp/out")" = 1

    serve --generate 1 --fault close
    run_device do=list+list
    sed -n 's/^handshake: full us //p' "$tmp/out" | head -n 1 >"$tmp/two" # the first call connects twice
    [ ! -s "$tmp/two" ] || echo "$image full_us $(($(cat "$tmp/two") / 2))" >>"$measures"
}

refuses() {
    serve --names other.test
    run_device do=list
    expect 'refuses another name' 20 'call: verify flags 00000004'
    serve
    cp "$tmp/ca.pem" "$tmp/old.pem"
    serve
    cp "$tmp/old.pem" "$tmp/ca.pem"
    run_device do=list
    expect 'refuses another root of the same name' 20 'call: verify flags 00000008'
    serve --cert-days -2
    run_device do=list
    expect 'refuses a certificate that has expired' 21 'call: verify flags 00000001'
    serve --cert-days -2
    run_device do=list "utc=$(date +%s)"
    expect 'refuses it also when it knows the time from the start' 21 'call: verify flags 00000001'
    serve --cert-from-days 2
    run_device do=list "utc=$(date +%s)"
    expect 'refuses a certificate that is not valid yet' 21 'call: verify flags 00000200'
    run_device do=list
    expect 'does not believe a time when the certificate is not valid at it' 48 'call: http 400'
    run_device do=list again=1
    expect 'and refuses the certificate from then on' 21 'call: verify flags 00000200'
    serve
    setting=pin=0000000000000000000000000000000000000000000000000000000000000000
    run_device do=list
    setting=
    expect 'refuses another key than the pinned one' 20 'call: verify flags 00000100'
}

# make_chain KIND: make a chain of three certificates. The device trusts its root from now on.
make_chain() {
    [ -e "$tmp/$1/chain.pem" ] || sh tests/device/firmware/chain.sh "$1" "$tmp/$1" >"$tmp/chain.out" 2>&1 || {
        echo "Bail out! chain.sh: $(cat "$tmp/chain.out")"
        exit 1
    }
    cp "$tmp/$1/root.pem" "$tmp/ca.pem"
}

# accepts_chain KIND: check that the device accepts an endpoint with a chain of three certificates.
accepts_chain() {
    make_chain "$1"
    serve --generate 25 --cert "$tmp/$1/chain.pem" --key "$tmp/$1/key.pem"
    run_device do=list
    expect "accepts a chain with an intermediate certificate, $1" 0 'tasks: 20'
    measure_memory
}

# serve_by_openssl [prefer|SIGNATURES]: start an endpoint behind a server of OpenSSL; see tls_relay.c.
serve_by_openssl() {
    make_chain "$openssl_chain"
    serve --generate 25 --plain-http
    serve_with "$build/firmware/tls_relay" "$tmp/$openssl_chain/chain.pem" "$tmp/$openssl_chain/key.pem" \
        "$endpoint_port" "$@"
    relay=$server_pid endpoint_port=$server_port
}

# lists_from_openssl HOW ALGORITHM [prefer|SIGNATURES]
lists_from_openssl() {
    how=$1 algorithm=$2
    shift 2
    serve_by_openssl "$@"
    run_device do=list
    expect "lists from OpenSSL's server with TLS 1.2, $how" 0 'tasks: 20'
    check "$image: which has signed by $algorithm" grep -qx "signed by $algorithm" "$tmp/server.err"
    measure_memory
}

# Check a pin that is made as port/README.md says.
accepts_pin() {
    serve --generate 25
    setting=pin=$(openssl s_client -connect "127.0.0.1:$endpoint_port" </dev/null 2>/dev/null |
        openssl x509 -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 |
        sed 's/.* //')
    run_device do=list
    setting=
    expect 'accepts the pinned key' 0 'tasks: 20'
}

survives_faults() {
    serve --generate 25 --fault cut=700
    run_device do=list
    expect 'a cut response is an error' 25
    serve --generate 25 --fault garbage=body
    run_device do=list
    expect 'a body that is not JSON is an error' 33
    serve --generate 25 --fault garbage
    run_device do=list
    expect 'a response that is not HTTP is an error' 32
    serve --generate 25 --fault throttle=1:1 --fault status=503:1@4
    run_device do=list
    expect 'tries again where that may help' 0 'tasks: 20'
    serve --generate 25
    kill "$endpoint"
    run_device do=list
    expect 'an endpoint that is not there is an error' 16
}

# The watchdog of the Stellaris resets the device, and the emulator ends with 0. If the firmware itself ended with 0, it
# would have logged `end: 0`. The watchdogs of the other boards interrupt first.
hangs() {
    serve --generate 25
    emulator_options='-watchdog-action poweroff'
    run_device do=hang
    emulator_options=
    case $image in
    lm3s*) expect 'the watchdog ends a loop that does not turn' 0 'net: address .*' ;;
    *) expect 'the watchdog ends a loop that does not turn' 254 watchdog ;;
    esac
    none "$image: nothing else has ended it" grep -E '^(end|fault):' "$tmp/out"
}

loses_frames() {
    for seed in 1 2 3; do
        serve --generate 60
        run_device do=pages expect=60 drop=5 delay=20 seed=$seed
        expect "dropped and delayed frames do not change what it reads ($seed)" 0 'tasks: 60' \
            'net: address .* dropped [1-9][0-9]*' 'net: delayed [1-9][0-9]*'
    done
    measure_memory
}

# Make all other calls, over several connections. They send so many frames that some are dropped in every run.
loses_frames_of_all_calls() {
    for seconds in 12 48 192; do
        serve --generate 25 --fault close --run-seconds $seconds
        run_device do=watch+list+list+list+list+list+list+list drop=5 delay=20 seed=4
        ! grep -q '^event: started generation 25 ' "$tmp/out" || break
    done
    expect 'lost frames do not prevent resumed sessions, and watching until a run ends' 0 'tasks: 20' \
        'handshake: resumed us [0-9]+' 'event: (succeeded|failed) generation 25 .*' \
        'net: address .* dropped [1-9][0-9]*' 'net: delayed [1-9][0-9]*'
    serve --generate 25 --run-seconds 1000000
    run_device do=nap naps=3 drop=5 delay=5 seed=5
    expect 'lost frames do not prevent deep sleeps' 0 'wake: session 0' 'handshake: resumed us [0-9]+' \
        'net: address .* dropped [0-9]+'
}

# The time by SNTP. All images have the same code for it, so one image is enough.
asks_for_the_time() {
    now=$(date +%s)
    serve --generate 25 --run-seconds 1000000
    tell_time "$now"
    run_device do=list
    expect 'takes the time from SNTP: no request is refused for its date' 0 'sntp: taken .*' \
        'call: attempts 1' 'tasks: 20'
    measure_memory
    run_device do=nap naps=1
    expect 'after a deep sleep SNTP corrects a time that SNTP has told' 0 'wake: session 0' \
        'handshake: resumed us [0-9]+'
    check "$image: both times" test "$(grep -c '^sntp: taken ' "$tmp/out")" = 2
    run_device do=list "utc=$now"
    expect 'does not ask when it knows the time otherwise' 0 'call: attempts 1'
    none "$image: not once" grep '^sntp:' "$tmp/out"
    # 1970; 2001, which is before the firmware was built; the first second of 2100; 2106
    for utc in 0 1000000000 4102444800 4294967295; do
        tell_time $utc
        run_device do=list
        expect "does not take $utc from SNTP, but the service's time" 0 'sntp: not taken .*' \
            'call: attempts 2' 'tasks: 20'
    done
    tell_time "$now" wrong
    run_device do=list
    expect 'does not take an answer to another question' 0 'call: attempts 2' 'tasks: 20'
    none "$image: not even to look at it" grep '^sntp:' "$tmp/out"
    tell_time "$now" silent
    run_device do=list
    expect 'does not wait for a silent time server for ever' 0 'call: attempts 2' 'tasks: 20'
    tell_time 4102444799
    run_device do=list
    expect 'a time from SNTP at which the certificate is not valid is an error' 21 'sntp: taken .*' \
        'call: verify flags 00000001' 'sntp: rejected'
    run_device do=list again=1
    expect "and the service's time replaces it" 0 'sntp: rejected' 'tasks: 20' 'call: attempts 2'

    # The time server's response comes after two requests: by then the device has learned the time from the service.
    serve --generate 25 --run-seconds 1000000
    tell_time "$((now + 3600))" after "$tmp/log"
    run_device do=time
    expect 'SNTP does not move a time that the service has told' 0 'sntp: not taken .*' \
        'call: attempts 2' 'event: started .*'
    setting=
}

resolves_names() {
    serve --generate 25
    host=nobody.test
    run_device do=list
    host=osft.test
    expect 'a name that does not exist is an error' 18
    lost_queries=1
    serve --generate 25
    lost_queries=0
    run_device do=list
    expect 'asks a name server again that does not respond' 0 'tasks: 20'
}

only_full() {
    case $image in lm3s*) asks_for_the_time ;; esac
    accepts_chain ec
    accepts_chain rsa2048
    accepts_chain rsa4096
    lists_from_openssl 'with its default settings' pkcs1
    lists_from_openssl 'which prefers RSA-PSS' pss prefer
    for hash in 256 384; do
        lists_from_openssl "which signs by RSA-PSS alone, with SHA-$hash" pss rsa_pss_rsae_sha$hash
    done
    openssl_chain=rsa4096-pss
    lists_from_openssl 'whose certificates with RSA 4096 are signed by RSA-PSS, too' pss rsa_pss_rsae_sha256
    openssl_chain=rsa2048
    serve_by_openssl rsa_pss_rsae_sha512
    run_device do=list
    expect 'does not offer SHA-512, which it does not have' 19 'call: port code -30592'
    lists_from_openssl 'which signs by PKCS #1 alone' pkcs1 RSA+SHA256
    serve --generate 25 --rsa
    run_device do=list
    expect 'accepts an RSA certificate' 0 'tasks: 20'
    measure_memory
    resolves_names
}

only_lean() {
    accepts_chain ec
    serve --generate 25 --rsa
    run_device do=list
    expect 'the lean image does not accept an RSA root' 20 'settings: missing or wrong: root'
}

# measure_polls NAME ARGUMENTS...: make polls that find nothing new, and write the bytes of all frames to the
# measures, and the microseconds of each poll but the first.
measure_polls() {
    name=$1
    shift
    serve --generate 25 --run-seconds 1000000
    rm -f "$tmp/wire"
    emulator_options="-object filter-dump,id=dump,netdev=net,file=$tmp/wire"
    run_device "$@" "utc=$(date +%s)"
    emulator_options=
    expect "polls, $name" 0 'call: attempts 1'
    # A file of frames: 24 bytes, then frames, each behind 16 bytes of which the fourth word is the length.
    od -An -v -tu1 -w1 "$tmp/wire" | awk -v name="$image $name" '
        NR <= 24 { next }
        left == 0 { head++ }
        left == 0 && head > 12 { len += $1 * 256 ^ (head - 13) }
        left == 0 && head == 16 { bytes += len; left = len; len = head = 0; next }
        left != 0 { left-- }
        END { print name, "bytes", bytes }' >>"$measures"
    awk -v name="$image $name" '
        /^poll: us / && polls++ { print name, "us", $3 }
        /^poll: sha256 us / && polls > 1 { print name, "sha256_us", $4 }
        /^handshake: resumed us / { print name, "handshake_us", $4 }
        /^handshake: full us / { print name, "full_us", $4 }' "$tmp/out" >>"$measures"
}

day() {
    for polls in 2 10; do
        measure_polls "resumed$polls" do=nap "naps=$((polls - 1))"
        measure_polls "kept$polls" do=polls "polls=$polls"
    done
}

[ $# -gt 0 ] || set -- lm3s6965evb lm3s6965evb-lean
for image in "$@"; do
    case $image in
    *-lean) only=only_lean ;;
    *) only=only_full ;;
    esac
    for part in ${OSFT_PARTS:-lists watches resumes polls_for_ever refuses accepts_pin survives_faults hangs \
        loses_frames loses_frames_of_all_calls $only}; do
        $part
    done
done
finish
