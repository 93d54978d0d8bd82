#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The fuzz targets: fuzz_*.c, with libFuzzer and both sanitizers. From the project's root:
#   run.sh [check [FOLDER]]     a fixed number of runs from the seeds, without a clock; prints TAP. Each target must
#                               run every function that floors.txt names, and find the faults of planted.txt,
#                               which are put into copies of the files
#   run.sh fuzz FOLDER SECONDS  each target for so long, from the seeds and from what earlier runs left in
#                               FOLDER. Ends with the first finding, and names the input that shows it
# Programs, inputs and logs go into FOLDER. The same FUZZ_SEED (1) gives the same runs.
set -eu

here=tests/fuzz
action=${1:-check} out=${2:-${OSFT_BUILD:-build}/fuzz} seconds=${3:-60}
flags="-std=c99 -g -O1 -fno-inline -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes
    -Wcast-qual -Werror -fsanitize=address,undefined -fno-sanitize-recover=all -Icore -Iport/proxy
    ${JSMN_DIR:+-isystem $JSMN_DIR}"
targets=$(for source in "$here"/fuzz_*.c; do basename "$source" .c | sed 's/fuzz_//'; done)
jobs=$(nproc)

# compile SOURCE OBJECT
compile() {
    # shellcheck disable=SC2086 # words
    clang $flags -fsanitize=fuzzer-no-link -c -o "$2" "$1"
}

# link PROGRAM TARGET [OBJECT]: link a target. The object replaces the one of the library that defines the same
# functions.
link() {
    clang -fsanitize=fuzzer,address,undefined -o "$1" "$out/obj/fuzz_$2.o" ${3:+"$3"} \
        "$out/fuzz.a" "$out/core.a"
}

# Compile everything, as many files at a time as there are processors.
build() {
    rm -rf "$out/obj" "$out/core.a" "$out/fuzz.a"
    mkdir -p "$out/obj/core"
    for source in core/*.c port/proxy/*.c; do
        echo "$source $out/obj/core/$(basename "$source" .c).o"
    done >"$out/sources"
    for source in "$here"/*.c; do
        echo "$source $out/obj/$(basename "$source" .c).o"
    done >>"$out/sources"
    xargs -n 2 -P "$jobs" sh "$0" compile "$out" <"$out/sources"
    ar rcs "$out/core.a" "$out"/obj/core/*.o
    ar rcs "$out/fuzz.a" "$out"/obj/*.o
    for target in $targets; do
        link "$out/fuzz_$target" "$target"
    done
}

# runs_of TARGET: print how many runs a check makes of a target, enough for a few seconds.
runs_of() {
    case $1 in
    list) echo 3000 ;;
    pages) echo 1500 ;;
    *) echo 30000 ;;
    esac
}

# Run a target from its seeds, the same way each time. The log is FOLDER/NAME.log.
# run NAME PROGRAM TARGET RUNS OPTION...
run() {
    name=$1 program=$2 target=$3 runs=$4
    shift 4
    rm -rf "$out/$name.new" # libFuzzer writes new inputs to the first folder
    mkdir "$out/$name.new"
    "$program" -seed="${FUZZ_SEED:-1}" -runs="$runs" -max_len=2048 -timeout=60 -dict="$here/words.dict" \
        -artifact_prefix="$out/$name." "$@" "$out/$name.new" "$here/seeds/$target" \
        >"$out/$name.log" 2>&1
}

# check_target TARGET: check that the seeds and some runs find nothing, and reach the floor.
check_target() {
    target=$1
    if run "$target" "$out/fuzz_$target" "$target" "$(runs_of "$target")" -print_coverage=1; then
        missing=$(awk -v target="$target" -f "$here/floor.awk" "$here/floors.txt" "$out/$target.log")
        if [ -z "$missing" ]; then
            echo "ok - $target: nothing is found, and every function of the floor was run"
        else
            echo "not ok - $target: these functions were not run: $missing"
        fi
    else
        echo "not ok - $target: found something; see $out/$target.log"
        tail -n 30 "$out/$target.log" | sed 's/^/# /'
    fi
}

# check_planted NUMBER TARGET FILE EDIT...: check that the target finds the fault that sed puts into the file.
check_planted() {
    number=$1 target=$2 file=$3
    shift 3
    edit=$*
    name=$target.planted$number
    sed "$edit" "$file" >"$out/$name.c"
    if cmp -s "$out/$name.c" "$file"; then
        echo "not ok - $target: planted.txt changes nothing in $file: $edit"
        return
    fi
    compile "$out/$name.c" "$out/$name.o"
    link "$out/$name" "$target" "$out/$name.o"
    if run "$name" "$out/$name" "$target" $((40 * $(runs_of "$target"))) -print_final_stats=1; then
        echo "not ok - $target: does not find what is planted in $file: $edit"
    else
        count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log")
        if grep -qE 'not so:|ERROR: AddressSanitizer|runtime error' "$out/$name.log"; then
            echo "ok - $target: finds what is planted in $file, after $count runs"
        else
            echo "not ok - $target: stopped otherwise at what is planted in $file; see $out/$name.log"
        fi
    fi
}

check() {
    build
    number=0
    : >"$out/checks"
    for target in $targets; do
        echo "target $target" >>"$out/checks"
    done
    grep -v '^#' "$here/planted.txt" | while read -r target file edit; do
        number=$((number + 1))
        echo "planted $number $target $file $edit" >>"$out/checks"
    done
    # Each check is a process of its own; as many run at a time as there are processors.
    : >"$out/results"
    while read -r line; do
        printf '%s\0' "$line"
    done <"$out/checks" | xargs -0 -n 1 -P "$jobs" sh "$0" one "$out" >>"$out/results"
    awk '/^(not )?ok/ { sub(/ok -/, "ok " ++count " -") } { print } END { print "1.." count }' \
        "$out/results"
    ! grep -q '^not ok' "$out/results" && [ "$(grep -c '^ok' "$out/results")" = "$(grep -c . "$out/checks")" ]
}

fuzz() {
    build
    for target in $targets; do
        mkdir -p "$out/$target.corpus"
        if "$out/fuzz_$target" -dict="$here/words.dict" -max_total_time="$seconds" -max_len=2048 -timeout=60 \
            -artifact_prefix="$out/$target." "$out/$target.corpus" "$here/seeds/$target" \
            >"$out/$target.log" 2>&1; then
            echo "$target: $(grep '^Done' "$out/$target.log"), nothing found"
        else
            tail -n 30 "$out/$target.log"
            echo "$target: found something; the input is named above" >&2
            exit 1
        fi
    done
}

mkdir -p "$out"
case $action in
check) check ;;
fuzz) fuzz ;;
compile) compile "$3" "$4" ;;  # started by build
one) # started by check
    # shellcheck disable=SC2086 # words, but no patterns: set -f
    set -f -- $3
    case $1 in
    target) check_target "$2" ;;
    planted) shift && set +f && check_planted "$@" ;;
    esac
    ;;
*)
    echo "run.sh: check or fuzz" >&2
    exit 2
    ;;
esac
