#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what the whole firmware costs, and prints it as Markdown: flash and RAM by part from the linker's map;
# the stack and arena that were used, and the instructions of a handshake, from runs in the emulator; the smallest
# arena that works, by trying. Exit status 1 when a limit is passed.
# usage: sh tests/size/image.sh BUILD     (BUILD/firmware, BUILD/osft-endpoint are there)
set -u

build=$1
images='lm3s6965evb mps2-an385 lm3s6965evb-lean'
dir=$build/size/image
rm -rf "$dir"
mkdir -p "$dir" || exit 1
# One instruction is 16 ns of the emulator's time: -icount shift=4.
# Limits, in bytes and instructions.
cat >"$dir/limits" <<'END'
lm3s6965evb flash 92160
lm3s6965evb ram 40960
lm3s6965evb-lean flash 73728
lm3s6965evb-lean ram 32768
lm3s6965evb full 66000000
lm3s6965evb resumed 600000
lm3s6965evb-lean full 66000000
lm3s6965evb-lean resumed 600000
END

# try IMAGE ARENA PART: link the image again with an arena of that size, and run what needs most of it.
try() {
    rm -f "$dir/try/$1.elf"
    make -s -f examples/firmware/firmware.mk OUT="$dir/try" MBEDTLS_DIR="$build/mbedtls3" \
        LWIP_DIR="$build/lwip" ARENA="$2" "$dir/try/$1.elf" >"$dir/try.log" 2>&1 || {
        cat "$dir/try.log" >&2
        exit 1
    }
    OSFT_BUILD=$build OSFT_FIRMWARE=$dir/try OSFT_PARTS="lists $3" sh tests/device/firmware/run.sh "$1" \
        >"$dir/try.tap" 2>&1
}

: >"$dir/facts"
for image in $images; do
    sector=2048 only=only_full
    case $image in
    *-lean) sector=1024 only=only_lean ;;
    esac
    find "$build/firmware/$image.o" -type f -name '*.o' -exec grep -lF .gnu.lto_ {} + |
        xargs arm-none-eabi-readelf -sW |
        awk '/^File: / { file = $2 } $4 == "FUNC" || $4 == "OBJECT" { print file, $8 }' >"$dir/symbols"
    awk -v sector=$sector -v symbols="$dir/symbols" -f tests/size/image.awk "$build/firmware/$image.map" |
        sort -k1,1 -k2,2nr -k3 | sed "s/^/$image /" >>"$dir/facts"
    OSFT_BUILD=$build OSFT_MEASURES=$dir/measures OSFT_PARTS="lists watches resumes loses_frames $only" \
        sh tests/device/firmware/run.sh "$image" >"$dir/$image.tap" || {
        grep '^not ok' "$dir/$image.tap" >&2
        exit 1
    }
    sed 's/^\([^ ]*\) \([^ ]*\) \(.*\)/\1 \2 \3 measured/' "$dir/measures" >>"$dir/facts"
    peak=$(awk '$2 == "arena" && $3 > most { most = $3 } END { print most + 0 }' "$dir/measures")
    rm -rf "$dir/try"
    cp -a "$build/firmware" "$dir/try"
    least=$(((peak + 11) / 8 * 8)) # blocks begin 4 bytes after a multiple of 8
    if try "$image" "$least" "$only" && ! try "$image" $((least - 8)) "$only"; then
        echo "$image least $least measured" >>"$dir/facts"
    else
        echo "image.sh: $image: $least bytes of arena are not the least that work" >&2
        exit 1
    fi
done

awk -f tests/size/image_table.awk "$dir/limits" "$dir/facts" >"$dir/table.md"
status=$?
cat "$dir/table.md"
exit $status
