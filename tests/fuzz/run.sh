#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh FOLDER SECONDS: builds each fuzz target with libFuzzer and both sanitizers and runs it that long,
# from the corpus that earlier runs left in FOLDER. Ends with the first finding, which it names.
set -eu
out=$1 seconds=$2
mkdir -p "$out"
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    clang -std=c99 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Icore \
        ${JSMN_DIR:+-isystem "$JSMN_DIR"} -o "$out/$name" "$source" core/*.c
    mkdir -p "$out/$name.corpus"
    if "$out/$name" -dict=tests/fuzz/json.dict -max_total_time="$seconds" -max_len=2048 \
        -artifact_prefix="$out/$name." "$out/$name.corpus" >"$out/$name.log" 2>&1; then
        echo "$name: $(grep '^Done' "$out/$name.log"), nothing found"
    else
        tail -n 30 "$out/$name.log"
        echo "$name: found something; the input is named above" >&2
        exit 1
    fi
done
