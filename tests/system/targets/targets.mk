# SPDX-License-Identifier: Apache-2.0
# The core's unit tests and the parsing benchmark, for processors of devices:
#   make -f tests/system/targets/targets.mk OUT=DIR MBEDTLS_DIR=DIR CMOCKA_DIR=DIR [JSMN_DIR=DIR]
# `make test-targets` fetches both source trees first, and makes OUT/include/page.h, the response that the benchmark
# reads. OUT/BOARD/test_NAME is a test for a board. OUT/NAME/bench_N is the benchmark that reads the response N times.
# On boards the C library is picolibc, which prints, reads files and exits by semihosting.

JSMN_DIR ?= /usr/include
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual -Werror
# FAKE_SENT_MAX is the size of the longest request that a test sends.
FLAGS := -Os -g -DFAKE_SENT_MAX=2048 -ffunction-sections -fdata-sections -DMBEDTLS_CONFIG_FILE='"mbedtls_sha256_only.h"' \
    -Itests/system/targets -Icore -Iport/mbedtls -Itests/support -Itests/size/bench -I$(OUT)/include \
    -isystem $(CMOCKA_DIR)/include -isystem $(OUT)/jsmn -isystem $(MBEDTLS_DIR)/include -MMD -MP

# Two programs do not run on a board: test_secrets searches the stack of a thread, and test_pages_worlds would explore
# for hours on a board, in 16 MB of RAM.
TESTS := $(filter-out test_endpoint_% test_firmware_% test_osft_% test_reporter_% test_port_% test_secrets test_pages_worlds,\
    $(notdir $(basename $(wildcard tests/unit/test_*.c)))) test_port_tools
CORE := $(wildcard core/*.c)
SUPPORT := port/mbedtls/osft_mbedtls_sha256.c $(patsubst %,tests/support/%.c,ear fake sample script service walk \
    watcher) tests/system/targets/no_suite.c
MBEDTLS := md platform_util sha256

all: $(foreach board,microbit mps2-an385 virt,$(TESTS:%=$(OUT)/$(board)/%)) \
    $(foreach name,microbit virt mips host,$(OUT)/$(name)/bench_1 $(OUT)/$(name)/bench_2)

# processor NAME,TOOL,FLAGS makes the rules of the objects for one processor.
define processor
$(OUT)/$(1).o/%.o: %.c $(OUT)/jsmn/jsmn.h tests/system/targets/targets.mk
	@mkdir -p $$(@D)
	$(2)gcc -std=c99 $(WARN) $(3) $(FLAGS) -c -o $$@ $$<
$(OUT)/$(1).o/mbedtls/%.o: $(MBEDTLS_DIR)/library/%.c
	@mkdir -p $$(@D)
	$(2)gcc $(3) $(FLAGS) -I$(MBEDTLS_DIR)/library -c -o $$@ $$<
$(OUT)/$(1).o/cmocka.o: $(CMOCKA_DIR)/src/cmocka.c
	@mkdir -p $$(@D)
	$(2)gcc $(3) $(FLAGS) -DHAVE_INTTYPES_H -DHAVE_STRINGS_H -DHAVE_SIGNAL_H -c -o $$@ $$<
$(OUT)/$(1).o/bench_%.o: tests/system/targets/bench.c $(OUT)/include/page.h
	@mkdir -p $$(@D)
	$(2)gcc -std=c99 $(WARN) $(3) $(FLAGS) -DTIMES=$$* -c -o $$@ $$<
$(OUT)/$(1).o/core.a: $(CORE:%.c=$(OUT)/$(1).o/%.o)
$(OUT)/$(1).o/bench.a: $(OUT)/$(1).o/tests/size/bench/read_osft.o
$(OUT)/$(1).o/tests.a: $(SUPPORT:%.c=$(OUT)/$(1).o/%.o) $(MBEDTLS:%=$(OUT)/$(1).o/mbedtls/%.o) $(OUT)/$(1).o/cmocka.o
$(OUT)/$(1).o/%.a:
	@rm -f $$@
	$(2)ar rcs $$@ $$^
-include $$(shell find $(OUT)/$(1).o -name '*.d' 2>/dev/null)
endef
M0 := -mcpu=cortex-m0 -mthumb --specs=picolibc.specs
RV32 := -march=rv32imac -mabi=ilp32 --specs=picolibc.specs
$(eval $(call processor,m0,arm-none-eabi-,$(M0)))
$(eval $(call processor,rv32,riscv64-unknown-elf-,$(RV32)))
$(eval $(call processor,mips,mips-linux-gnu-,))
$(eval $(call processor,host,,))

# board NAME,PROCESSOR,TOOL,FLAGS,MEMORY makes the rules of the programs for one board. The microbit has too little
# RAM for some programs: then an empty file is made, and the program runs on the other Arm board.
link = $(1)gcc $(2) -Os $$(filter %.o,$$^) $$(filter %.a,$$^) --oslib=semihost --crt0=hosted \
    $(patsubst %,-Wl$(comma)--defsym=__%,$(3)) -o $$@
define board
$(OUT)/$(1)/%: $(OUT)/$(2).o/tests/unit/%.o $(OUT)/$(2).o/tests/system/targets/board.o $(OUT)/$(2).o/tests.a $(OUT)/$(2).o/core.a
	@mkdir -p $$(@D)
	@rm -f $$@
	$(call link,$(3),$(4),$(5)) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc 2>$$@.log || { [ $(1) = microbit ] && \
	    grep -q 'region .ram. overflowed' $$@.log && : >$$@; } || { cat $$@.log; exit 1; }
$(OUT)/$(1)/bench_%: $(OUT)/$(2).o/bench_%.o $(OUT)/$(2).o/bench.a $(OUT)/$(2).o/core.a
	@mkdir -p $$(@D)
	$(call link,$(3),$(4),$(5))
endef
comma := ,
$(eval $(call board,microbit,m0,arm-none-eabi-,$(M0),flash=0 flash_size=256K ram=0x20000000 ram_size=16K heap_end=0x20002C00))
# The code runs from the board's memory at 0; ram is the board's 16 MB at 0x21000000.
$(eval $(call board,mps2-an385,m0,arm-none-eabi-,$(M0),flash=0 flash_size=4M ram=0x21000000 ram_size=16M heap_end=0x21FF0000))
$(eval $(call board,virt,rv32,riscv64-unknown-elf-,$(RV32),flash=0x80000000 flash_size=4M ram=0x80400000 ram_size=64M heap_end=0x843F0000))

$(OUT)/mips/bench_%: $(OUT)/mips.o/bench_%.o $(OUT)/mips.o/bench.a $(OUT)/mips.o/core.a
	@mkdir -p $(@D)
	mips-linux-gnu-gcc -static -o $@ $^
$(OUT)/host/bench_%: $(OUT)/host.o/bench_%.o $(OUT)/host.o/bench.a $(OUT)/host.o/core.a
	@mkdir -p $(@D)
	gcc -o $@ $^

# Copy jsmn.h alone, as a cross compiler must not see the other headers of the host.
$(OUT)/jsmn/jsmn.h: $(JSMN_DIR)/jsmn.h
	@mkdir -p $(@D)
	cp $< $@

.PHONY: all
.SECONDARY:
