#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measures what each option of port/mbedtls/osft_mbedtls_config.h, and some of firmware.mk, cost. Each option is removed,
# or set to another value, in the full image, which is then built and run. Prints Markdown: flash, static RAM, and the
# arena's peak while the device lists, pages and takes the largest records, less the same figures of the unchanged image.
# usage: sh tests/size/options.sh BUILD [WORD]     (make size-options)     WORD: only rows that contain it
set -u

build=$1 only=${2:-}
image=lm3s6965evb
dir=$build/size/options
config=port/mbedtls/osft_mbedtls_config.h
arena_size=36864 stack_size=3072 # large enough also when an option makes the image need more
built_with=                      # the variable of the last build
rm -rf "$dir"
mkdir -p "$dir/include" || exit 1

# build_with SED [VARIABLE=VALUE]: build the image with the header as the sed script changes it, and with that variable
# of firmware.mk. Sets flash and ram (- where it does not build) and arena (- where it does not run). Static RAM is the
# RAM outside of stack and arena.
build_with() {
    sed -e "$1" "$config" >"$dir/include/osft_mbedtls_config.h"
    if [ -n "$1" ] && cmp -s "$config" "$dir/include/osft_mbedtls_config.h"; then
        echo "options.sh: this changes nothing: $1" >&2
        exit 1
    fi
    [ "${2:-}" = "$built_with" ] || rm -rf "$dir/out" # make does not notice that a variable has changed
    built_with=${2:-}
    flash='-' ram='-' arena='-'
    curve=
    grep -q 'define OSFT_MBEDTLS_P256M' "$dir/include/osft_mbedtls_config.h" || curve=P256= # no function is replaced
    # shellcheck disable=SC2086 # a word, or none
    make -s -j2 -f examples/firmware/firmware.mk $curve ${2:+"$2"} OUT="$dir/out" MBEDTLS_DIR="$build/mbedtls3" \
        LWIP_DIR="$build/lwip" ARENA=$arena_size STACK=$stack_size MORE="-I$dir/include" "$dir/out/$image.elf" \
        >"$dir/log" 2>&1 || return
    flash=$(arm-none-eabi-size "$dir/out/$image.elf" | awk 'NR == 2 { print $1 + $2 }')
    ram=$(arm-none-eabi-size "$dir/out/$image.elf" | awk 'NR == 2 { print $2 + $3 }')
    ram=$((ram - arena_size - stack_size))
    rm -f "$dir/measures"
    if OSFT_BUILD=$build OSFT_FIRMWARE=$dir/out OSFT_MEASURES=$dir/measures OSFT_PARTS=lists \
        sh tests/device/firmware/run.sh $image >"$dir/tap" 2>&1; then
        arena=$(awk '$2 == "arena" && $3 > most { most = $3 } END { print most }' "$dir/measures")
    fi
}

# less NUMBER FROM: print the difference with its sign.
less() {
    if [ "$1" = - ]; then echo -; else printf '%+d\n' $(($1 - $2)); fi
}

build_with ''
[ "$arena" != - ] || {
    cat "$dir/log" "$dir/tap" >&2
    exit 1
}
base_flash=$flash base_ram=$ram base_arena=$arena
echo '| change | flash | static RAM | arena, peak |'
echo '|---|--:|--:|--:|'
echo "| none | $base_flash | $base_ram | $base_arena |"
while IFS='|' read -r what change variable; do
    case $what in *"$only"*) ;; *) continue ;; esac
    build_with "$change" "$variable"
    echo "| $what | $(less "$flash" "$base_flash") | $(less "$ram" "$base_ram") | $(less "$arena" "$base_arena") |"
done <<'END'
with KEEP_PEER_CERTIFICATE|$i#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
without AES_ROM_TABLES (in RAM)|/define MBEDTLS_AES_ROM_TABLES/d
without AES_FEWER_TABLES|/define MBEDTLS_AES_FEWER_TABLES/d
without AES_ONLY_128_BIT_KEY_LENGTH|/define MBEDTLS_AES_ONLY_128/d; /define MBEDTLS_CTR_DRBG_USE_128/d
without BLOCK_CIPHER_NO_DECRYPT|/define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT/d
without SHA256_SMALLER|/define MBEDTLS_SHA256_SMALLER/d
without SHA384|/define MBEDTLS_SHA384_C/d
without SHA512_SMALLER|/define MBEDTLS_SHA512_SMALLER/d
P-384, without p256-m (mbedTLS's own curves)|/define OSFT_MBEDTLS_P256M/d; /define MBEDTLS_EC.*_ALT/d; /define OSFT_MBEDTLS_VERIFY_ONLY/d; $i#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
P-384 beside p256-m, at least (its curve and mbedTLS's multiplication of points)|$i#define MBEDTLS_ECP_DP_SECP384R1_ENABLED|MORE_LINK=-Wl,--undefined=mbedtls_ecp_muladd
without VERIFY_ONLY|/define OSFT_MBEDTLS_VERIFY_ONLY/d
without RSASSA_PSS|/define MBEDTLS_PKCS1_V21/d; /PSS/d
without RSA|/define MBEDTLS_RSA_C/d; /define MBEDTLS_PKCS1_V/d; /PSS/d; /define OSFT_MBEDTLS_VERIFY_ONLY/d; /define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA/d; s/, MBEDTLS_TLS_ECDHE_RSA.*//; s/128_GCM_SHA256,$/128_GCM_SHA256/
without SESSION_TICKETS|/define MBEDTLS_SSL_SESSION_TICKETS/d
without EXTENDED_MASTER_SECRET|/define MBEDTLS_SSL_EXTENDED_MASTER_SECRET/d
without HAVE_ASM|/define MBEDTLS_HAVE_ASM/d
without NO_UDBL_DIVISION|/define MBEDTLS_NO_UDBL_DIVISION/d
MPI_WINDOW_SIZE 3|s/MPI_WINDOW_SIZE 1/MPI_WINDOW_SIZE 3/
MPI_MAX_SIZE 256 (RSA 2048 at most)|s/MPI_MAX_SIZE  *512/MPI_MAX_SIZE 256/
without X509_REMOVE_INFO|/define MBEDTLS_X509_REMOVE_INFO/d
with MAX_FRAGMENT_LENGTH|$i#define MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
with ALL_ALERT_MESSAGES|$i#define MBEDTLS_SSL_ALL_ALERT_MESSAGES
with MAX_FRAGMENT_LENGTH and VARIABLE_BUFFER_LENGTH|$i#define MBEDTLS_SSL_MAX_FRAGMENT_LENGTH\n#define MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH
IN_CONTENT_LEN 4096|s/IN_CONTENT_LEN 16384/IN_CONTENT_LEN 4096/
OUT_CONTENT_LEN 4096|s/OUT_CONTENT_LEN 1024/OUT_CONTENT_LEN 4096/
without -flto (firmware.mk)||LTO=
without the optimisation options SMALLER (firmware.mk)||SMALLER=
END
echo
sh tests/size/options_base.sh "$build" versions
