#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetch FreeRTOS V9.0.0 (its kernel, the port for Cortex-M3 and heap_4), which Debian's source package of MicroPython
# carries. The kernel's licence is the GPL with an exception; it forbids publishing figures of the kernel's speed or
# size, so no script prints any.
# usage: sh tests/tools/freertos.sh [DIR]     (default build/freertos-kernel; prints DIR when done)
# Then: DIR/include, DIR/portable, DIR/tasks.c ...
set -eu

dir=${1:-build/freertos-kernel}
. "$(dirname "$0")/source.sh"

source_made
source_fetch micropython 'unpack FreeRTOS V9.0.0 yourself and set FREERTOS_DIR'
# Only the kernel and its licence are kept.
mv "$dir.part" "$root/micropython"
mv "$root/micropython/ports/cc3200/FreeRTOS/Source" "$dir.part"
cp "$root/micropython/ports/cc3200/FreeRTOS/License/license.txt" "$dir.part"
grep -qF 'tskKERNEL_VERSION_NUMBER "V9.0.0"' "$dir.part/include/task.h" ||
    die "suite $suite has no FreeRTOS V9.0.0"
source_done
