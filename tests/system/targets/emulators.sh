# SPDX-License-Identifier: Apache-2.0
# The emulators of the boards that programs of the targets run on; sourced.
#   emulator BOARD   prints the command, without the program
# shellcheck shell=sh

# There is no network, no display and no console: programs print by semihosting.
emulator() {
    case $1 in
    microbit | mps2-an385) echo "qemu-system-arm -M $1" ;;
    virt) echo 'qemu-system-riscv32 -M virt -bios none' ;;
    esac
    echo '-nic none -display none -monitor none -serial none -semihosting'
}
