# SPDX-License-Identifier: Apache-2.0
# A toolchain file for a Cortex-M3 without an OS, with flash at 0 and RAM at 0x20000000, as QEMU's mps2-an385 has them.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m3)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-m3 -mthumb --specs=picolibc.specs -Os -ffunction-sections -fdata-sections")
set(CMAKE_EXE_LINKER_FLAGS_INIT
    "-Wl,--gc-sections,--defsym=__flash=0,--defsym=__flash_size=256K,--defsym=__ram_size=64K")
