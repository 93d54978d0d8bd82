#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The firmware's images under qemu-system-arm, against osft-endpoint on loopback. TAP on standard output.
# usage: OSFT_BUILD=build sh tests/device/firmware/run.sh [IMAGE...]
# Each run's result is the emulator's exit status, which the firmware sets: 0, or an osft_err as a positive
# number. OSFT_MEASURES=FILE: a line for each of some runs, `IMAGE NAME NUMBER`. OSFT_FIRMWARE=DIR: the images
# there. OSFT_PARTS: which of the functions at the end to run. All three are for tests/size/image.sh.
set -u
. tests/tools/tap.sh

B=${OSFT_BUILD:-build}
T=$(mktemp -d) || exit 1
images=${OSFT_FIRMWARE:-$B/firmware}
measures=${OSFT_MEASURES:-$T/measures}
endpoint='' names='' clock=''
stop() {
    for pid in $endpoint $names $clock; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    endpoint='' names='' clock=''
}
trap 'stop; rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM
: >"$measures"

# ready FILE COMMAND...: start it, wait for its one line, or its end. Sets pid and port.
ready() {
    rm -f "$T/ready"
    mkfifo "$T/ready"
    fifo_err=$1
    shift
    "$@" >"$T/ready" 2>"$fifo_err" &
    pid=$!
    line=
    read -r line <"$T/ready"
    port=${line##*:}
    case $line in
    "listening on "*:[0-9]*) ;;
    *)
        echo "Bail out! $* did not start: $(cat "$fifo_err")"
        exit 1
        ;;
    esac
}

# serve ARGUMENTS...: an endpoint, and a name server that knows it.
serve() {
    stop
    rm -f "$T/log"
    case $* in
    *--cert\ *) ready "$T/endpoint.err" "$B/osft-endpoint" --port 0 --log "$T/log" "$@" ;;
    *)
        ready "$T/endpoint.err" "$B/osft-endpoint" --port 0 --names osft.test --ca-out "$T/ca.pem" \
            --log "$T/log" "$@"
        ;;
    esac
    endpoint=$pid endpoint_port=$port
    ready "$T/names.err" "$B/firmware/names" osft.test 10.0.2.2 "$deaf"
    names=$pid names_port=$port
}
# says UTC_S [HOW]: the device has a time server to ask, which says that. The endpoint stays as it is.
says() {
    [ -z "$clock" ] || {
        kill "$clock"
        wait "$clock" 2>/dev/null
    }
    ready "$T/clock.err" "$B/firmware/clock" "$@"
    clock=$pid more=sntp=10.0.2.2:$port
}
deaf=0 emulator= # how many queries for the name are lost; more options of the emulator

# The device's own sector: settings, and the root. more: further lines.
sector() {
    {
        printf '%s\n' "host=$host" "port=$endpoint_port" id=testid secret=testsecret app=my_app \
            function=ctr instance=ctr_test interval=1
        case $image in
        *-lean) printf '%s\n' address=10.0.2.2 ip=10.0.2.15 mask=255.255.255.0 gateway=10.0.2.2 ;;
        *) echo "dns=10.0.2.2:$names_port" ;;
        esac
        [ -z "$more" ] || echo "$more"
        printf '\0'
        sed '/-----/d' "$T/ca.pem" | base64 -d
    } >"$T/sector"
}
host=osft.test more=

# device ARGUMENTS...: one run of the image. Sets status; what it logged is in $T/out.
device() {
    sector
    arguments=
    rm -f "$T/out"
    for word in "$@"; do
        arguments="$arguments,arg=$word"
    done
    # shellcheck disable=SC2086 # emulator is a list of words
    timeout -k 5 "${OSFT_RUN_SECONDS:-120}" qemu-system-arm -M "${image%-lean}" -display none \
        -monitor none -serial "file:$T/out" -icount shift=4 -nic user,ipv6=off \
        -semihosting-config "enable=on,target=native,arg=firmware$arguments" \
        -kernel "$images/$image.elf" -device "loader,file=$T/sector,addr=0x3f800,force-raw=on" \
        $emulator >"$T/qemu" 2>&1 </dev/null
    status=$?
    [ -e "$T/out" ] || : >"$T/out"
}

# said NAME STATUS PATTERN...: the run ended so, and logged a line that matches each pattern whole.
said() {
    said_name="$image: $1" want=$2
    shift 2
    why=
    [ "$status" = "$want" ] || why="exit status $status, not $want"
    for pattern in "$@"; do
        grep -qxE "$pattern" "$T/out" || why="$why; no line: $pattern"
    done
    [ -z "$why" ]
    tap_result $? "$said_name" "$why
$(cat "$T/out" "$T/qemu")
$(tail -n 3 "$T/log")"
}

# measure NAME LINE: the number behind LINE in the log.
measure() {
    number=$(sed -n "s/^$2 \([0-9]*\)\$/\1/p" "$T/out" | tail -n 1)
    [ -z "$number" ] || echo "$image $1 $number" >>"$measures"
}
memory() {
    measure arena 'memory: arena peak'
    measure stack 'memory: stack used'
}

works() {
    serve --generate 25
    device do=list
    said 'lists tasks over verified TLS, knowing no time at first' 0 \
        'task: generation 25 running [0-9]+' 'task: generation 6 .*' 'tasks: 20' 'call: attempts 2'
    memory

    serve --generate 400
    device do=pages expect=400
    said 'reads a history that is larger than its RAM' 0 'tasks: 400' 'tasks: bytes [0-9]{6,}'
    memory

    serve --generate 5 --fault huge=40000
    device do=list
    said 'takes the largest records there are' 0 'tasks: 5'
    memory
}

watches() {
    serve --generate 25 --run-seconds 3 --events "$T/events"
    device do=watch
    said 'watches runs to their end' 0 'event: started generation 25 .*' 'led: lit' 'led: (dark|blinks)'
    memory
    stop
    awk '$2 == "succeeded" || $2 == "failed" { print $2, $3 }' "$T/events" | sort >"$T/happened"
    awk '$1 == "event:" && ($2 == "succeeded" || $2 == "failed") { print $2, $4 }' "$T/out" |
        sort >"$T/told"
    check "$image: what it told is what happened" cmp "$T/happened" "$T/told"
    check "$image: something happened" test -s "$T/happened"
}

resumes() {
    serve --generate 25 --fault close
    device do=list+list
    said 'resumes its session in the next connection' 0 'handshake: resumed us [0-9]+'
    measure resumed_us 'handshake: resumed us'
    memory

    serve --generate 25
    device do=nap naps=2
    said 'resumes its session after a deep sleep, and knows the runs' 0 'wake: session 0' \
        'wake: watch 0' 'handshake: resumed us [0-9]+'
    memory
    check "$image: a run is not started again by a sleep" \
        test "$(grep -c 'event: started generation 25 ' "$T/out")" = 1

    serve --generate 1 --fault close
    device do=list+list
    sed -n 's/^handshake: full us //p' "$T/out" | head -n 1 >"$T/two" # the first call connects twice
    [ ! -s "$T/two" ] || echo "$image full_us $(($(cat "$T/two") / 2))" >>"$measures"
}

refuses() {
    serve --names other.test
    device do=list
    said 'refuses a wrong name' 20 'call: verify flags 00000004'
    serve
    cp "$T/ca.pem" "$T/old.pem"
    serve
    cp "$T/old.pem" "$T/ca.pem"
    device do=list
    said 'refuses a root of the same name that is another' 20 'call: verify flags 00000008'
    serve --cert-days -2
    device do=list
    said 'refuses a certificate that expired' 21 'call: verify flags 00000001'
    serve --cert-days -2
    device do=list "utc=$(date +%s)"
    said 'refuses it also when it knows the time from the start' 21 'call: verify flags 00000001'
    serve --cert-from-days 2
    device do=list "utc=$(date +%s)"
    said 'refuses a certificate that is not valid yet' 21 'call: verify flags 00000200'
    device do=list
    said 'believes no time that such a certificate vouches for' 48 'call: http 400'
    device do=list again=1
    said 'and refuses it from then on' 21 'call: verify flags 00000200'
    serve
    more=pin=0000000000000000000000000000000000000000000000000000000000000000
    device do=list
    more=
    said 'refuses another key than the pinned one' 20 'call: verify flags 00000100'
}

# chain KIND: three certificates deep.
chain() {
    sh tests/device/firmware/chain.sh "$1" "$T/$1" >"$T/chain.out" 2>&1 || {
        echo "Bail out! chain.sh: $(cat "$T/chain.out")"
        exit 1
    }
    serve --generate 25 --cert "$T/$1/chain.pem" --key "$T/$1/key.pem"
    cp "$T/$1/root.pem" "$T/ca.pem"
    device do=list
    said "a chain with an intermediate, $1" 0 'tasks: 20'
    memory
}

# The pin as port/README.md prints it.
pins() {
    serve --generate 25
    more=pin=$(openssl s_client -connect "127.0.0.1:$endpoint_port" </dev/null 2>/dev/null |
        openssl x509 -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 |
        sed 's/.* //')
    device do=list
    more=
    said 'takes the pinned key' 0 'tasks: 20'
}

suffers() {
    serve --generate 25 --fault cut=700
    device do=list
    said 'a cut answer is an error' 25
    serve --generate 25 --fault garbage=body
    device do=list
    said 'a garbled body is an error' 33
    serve --generate 25 --fault garbage
    device do=list
    said 'what is not HTTP is an error' 32
    serve --generate 25 --fault throttle=1:1 --fault status=503:1@4
    device do=list
    said 'tries again when told to' 0 'tasks: 20'
    serve --generate 25
    kill "$endpoint"
    device do=list
    said 'an endpoint that is not there is an error' 16
}

# Stellaris' watchdog resets the part: the emulator ends with 0, which the firmware would have said only
# after `end: 0`. MPS2's interrupts first.
hangs() {
    serve --generate 25
    emulator='-watchdog-action poweroff'
    device do=hang
    emulator=
    case $image in
    lm3s*) said 'a loop that turns no more is ended by the watchdog' 0 'net: address .*' ;;
    *) said 'a loop that turns no more is ended by the watchdog' 254 watchdog ;;
    esac
    none "$image: and by nothing else" grep -E '^(end|fault):' "$T/out"
}

loses() {
    for seed in 1 2 3; do
        serve --generate 60
        device do=pages expect=60 drop=5 delay=20 seed=$seed
        said "frames dropped and delayed do not change what it reads ($seed)" 0 'tasks: 60' \
            'net: address .* dropped [1-9][0-9]*' 'net: delayed [1-9][0-9]*'
    done
    memory
}

# Time by SNTP. The images differ in nothing here, so one does.
asks_the_time() {
    now=$(date +%s)
    serve --generate 25
    says "$now"
    device do=list
    said 'takes the time from SNTP: no request is refused for its date' 0 'sntp: taken .*' \
        'call: attempts 1' 'tasks: 20'
    memory
    device do=nap naps=1
    said 'corrects it after a deep sleep, if SNTP had told it' 0 'wake: session 0' \
        'handshake: resumed us [0-9]+'
    check "$image: both times" test "$(grep -c '^sntp: taken ' "$T/out")" = 2
    device do=list "utc=$now"
    said 'asks for none when the time is known otherwise' 0 'call: attempts 1'
    none "$image: indeed" grep '^sntp:' "$T/out"
    # 1970; 2001, before it was built; the first second of 2100; 2106
    for utc in 0 1000000000 4102444800 4294967295; do
        says $utc
        device do=list
        said "does not take $utc from SNTP, but the service's time" 0 'sntp: not taken .*' \
            'call: attempts 2' 'tasks: 20'
    done
    says "$now" blind
    device do=list
    said 'does not take what answers no question of its own' 0 'call: attempts 2' 'tasks: 20'
    none "$image: nor looks at it" grep '^sntp:' "$T/out"
    says "$now" deaf
    device do=list
    said 'waits for no SNTP server that is silent' 0 'call: attempts 2' 'tasks: 20'
    says 4102444799
    device do=list
    said 'a time by SNTP that no certificate fits is an error' 21 'sntp: taken .*' \
        'call: verify flags 00000001' 'sntp: doubted'
    device do=list again=1
    said "and is forgotten for the service's" 0 'sntp: doubted' 'tasks: 20' 'call: attempts 2'

    serve --generate 1 --run-seconds 6
    says "$((now + 3600))" late
    device do=watch
    said 'moves no time that the service has told' 0 'sntp: not taken .*'
    said 'which it had not waited for' 0 'call: attempts 2' 'event: started .*'
    more=
}

only_full() {
    case $image in lm3s*) asks_the_time ;; esac
    chain ec
    chain rsa
    serve --generate 25 --rsa
    device do=list
    said 'RSA' 0 'tasks: 20'
    memory
    serve --generate 25
    host=nobody.test
    device do=list
    host=osft.test
    said 'a name that does not exist' 18
    deaf=1
    serve --generate 25
    deaf=0
    device do=list
    said 'a name server that answers late' 0 'tasks: 20'
}

only_lean() {
    chain ec
    serve --generate 25 --rsa
    device do=list
    said 'the lean image takes no RSA root' 20 'settings: missing or wrong: root'
}

[ $# -gt 0 ] || set -- lm3s6965evb mps2-an385 lm3s6965evb-lean
for image in "$@"; do
    case $image in
    *-lean) only=only_lean ;;
    *) only=only_full ;;
    esac
    for part in ${OSFT_PARTS:-works watches resumes refuses pins suffers hangs loses $only}; do
        $part
    done
done
finish
