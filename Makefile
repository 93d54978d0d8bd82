# SPDX-License-Identifier: Apache-2.0
# make            build/libosft.a, build/osft, build/osft-endpoint
# make demo       the two-minute tour, on a bare Debian or Ubuntu; make test: the proof
# make help       all targets
#
# Variables: CC, CFLAGS, BUILD (output folder), MBEDTLS_DIR (a source tree of mbedTLS that was built; else
# the system's mbedTLS), MBEDTLS_LIB (the folder of its libraries, if it is another one), JSMN_DIR (a folder
# with jsmn.h; else the system's), SANITIZE=1 (ASan and UBSan), MUSL (for make static: the compiler's prefix).

BUILD ?= build
CFLAGS ?= -O2 -g
AR ?= ar
PREFIX ?= /usr/local

comma := ,
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual -Werror
INC := -Icore -Iport/posix -Iport/proxy -Iport/mbedtls -Iport/hosted -Iport/null $(if $(JSMN_DIR),-isystem $(JSMN_DIR))
POSIX := -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64
TLS_INC := $(if $(MBEDTLS_DIR),-isystem $(MBEDTLS_DIR)/include)
TLS_LIB := $(if $(MBEDTLS_DIR),-L$(or $(MBEDTLS_LIB),$(MBEDTLS_DIR)/library)) -lmbedtls -lmbedx509 -lmbedcrypto
SAN := $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
COMPILE = $(CC) -std=c99 $(WARN) $(INC) $(TLS_INC) $(CPPFLAGS) $(CFLAGS) $(SAN) -MMD -MP
LINK = $(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $^ $(TLS_LIB)

CORE := $(wildcard core/*.c)
PORT := $(wildcard port/posix/*.c port/proxy/*.c port/mbedtls/*.c port/hosted/*.c port/null/*.c)
COMMON := $(wildcard examples/common/*.c)
CMD := $(wildcard examples/osft/*.c) $(COMMON)
ENDPOINT := $(wildcard examples/osft-endpoint/*.c) $(COMMON)
PKI := examples/osft-endpoint/pki.c
UNIT := $(wildcard tests/unit/test_*.c)
LIVE := $(wildcard tests/support/live_*.c)
SUPPORT := $(filter-out $(LIVE),$(wildcard tests/support/*.c)) $(PKI)
MATRIX := $(wildcard tests/system/matrix/*.c) $(LIVE) $(PKI)
POLL := $(wildcard tests/system/poll/*.c) $(LIVE)
SOAK := $(wildcard tests/system/soak/*.c) $(LIVE)
TLS_MATRIX := $(wildcard tests/system/tls/*.c) $(LIVE)
BENCH := $(wildcard tests/size/bench/*.c)

CORE_TESTS := $(filter-out test_endpoint_% test_osft_% test_port_%,$(notdir $(UNIT:.c=))) test_port_tools

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB := $(BUILD)/libosft.a
ALL := $(LIB) $(BUILD)/osft $(BUILD)/osft-endpoint
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT)) $(BUILD)/tests/test_matrix $(BUILD)/tests/test_poll $(BUILD)/tests/test_soak $(BUILD)/tests/proxy_peer

.PHONY: all tests help need test test-mbedtls3 test-musl test-lwip tls-matrix static machines test-machines coverage demo peers size size-functions size-readme size-firmware size-options bench firmware firmware-test firmware-day fleet fleet-test lint fuzz fuzz-check soak install clean force
.SECONDARY:
all: $(ALL)
tests: $(TESTS)

# The command by which objects are compiled. All objects depend on this file, so that other flags, such as
# another limit of osft_config.h, compile them again.
FLAGS := $(BUILD)/obj/flags
COMPILED := '$(subst ','\'',$(COMPILE))'
$(FLAGS): force
	@mkdir -p $(@D)
	@printf '%s\n' $(COMPILED) | cmp -s - $@ || printf '%s\n' $(COMPILED) >$@

# The core is freestanding and must not see POSIX: only the other files get the feature macros of POSIX.
$(BUILD)/obj/core/%.o: core/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<
$(BUILD)/obj/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(COMPILE) $(POSIX) -c -o $@ $<
$(BUILD)/obj/tests/%.o: INC += -Itests/support

$(LIB): $(call obj,$(CORE) $(PORT))
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/osft: $(call obj,$(CMD)) $(LIB)
	$(LINK)
$(BUILD)/osft-endpoint: $(call obj,$(ENDPOINT)) $(LIB)
	$(LINK)
$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(SUPPORT)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka -lpthread
# test_pages_worlds links the walk through all pages with a client of its own.
$(BUILD)/tests/test_pages_worlds: $(call obj,tests/unit/test_pages_worlds.c core/pages.c core/page_choice.c core/recent.c)
	@mkdir -p $(@D)
	$(LINK) -lcmocka
# test_endpoint_* and test_osft_* test files of the two programs.
$(BUILD)/tests/test_endpoint_%: $(BUILD)/obj/tests/unit/test_endpoint_%.o \
    $(call obj,$(filter-out %/main.c,$(ENDPOINT)) $(SUPPORT)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka -lpthread
$(BUILD)/tests/test_osft_%: $(BUILD)/obj/tests/unit/test_osft_%.o \
    $(call obj,$(filter-out %/main.c,$(CMD)) $(SUPPORT)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka -lpthread
# test_matrix makes each call against each fault, over sockets.
$(BUILD)/tests/test_matrix: $(call obj,$(MATRIX)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka
# tls_matrix tests TLS against two servers: OpenSSL, which only this test links, and the endpoint.
$(BUILD)/tests/tls_matrix: $(call obj,$(TLS_MATRIX)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lssl -lcrypto
# test_poll counts how often poll loops over sockets turn.
$(BUILD)/tests/test_poll: $(call obj,$(POLL)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka
# The proxy that proxy.sh controls.
$(BUILD)/tests/proxy_peer: $(call obj,tests/command/proxy_peer.c)
	@mkdir -p $(@D)
	$(LINK)
# test_soak runs a watch for a long time, and in the tests for a short time. It counts the calls
# by which our objects allocate from the heap.
$(BUILD)/obj/tests/system/soak/%.o: CPPFLAGS += $(if $(MBEDTLS_DIR),-DTLS_IS_LINKED_IN)
$(BUILD)/tests/test_soak: $(call obj,$(SOAK)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
# The program whose instructions make bench counts. It reads responses of the endpoint.
$(BUILD)/tests/bench: $(call obj,$(BENCH) $(filter-out %/main.c,$(ENDPOINT))) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcjson -ljansson

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

help:
	@echo 'make                build/libosft.a, build/osft, build/osft-endpoint'
	@echo 'make demo           installs what is missing, builds, and lists tasks of a local endpoint over TLS'
	@echo 'make test           installs what is missing, builds, plain and with sanitizers, and runs every test'
	@echo 'make test-mbedtls3  the same tests on mbedTLS 3.6, built from the distribution'"'"'s source package'
	@echo 'make test-musl      the same tests on musl, with mbedTLS 3.6 and cmocka built for it'
	@echo 'make static         build/static/osft: the command in one file, with musl and mbedTLS 3.6; and the limit of its size'
	@echo 'make test-machines  that file, and the command on MIPS of both byte orders, Arm and AArch64, in an emulator'
	@echo 'make test-lwip      port/lwip on the host, with lwIP 2.2 from the distribution'"'"'s source package'
	@echo 'make tls-matrix     TLS against OpenSSL'"'"'s server and ours, with both versions of mbedTLS'
	@echo 'make coverage       lines and branches of core/ that the unit tests reach: all, or it fails'
	@echo 'make peers          the vendor'"'"'s own SDK against the local endpoint'
	@echo 'make size           flash, RAM and stack on three small targets, and the limits'
	@echo 'make size-functions the same function by function, for Cortex-M3'
	@echo 'make bench          instructions of reading, signing and listing, requests of a walk, and the limits'
	@echo 'make size-readme    puts what size and bench print into tests/size/README.md, and the figures into README.md'
	@echo 'make firmware       build/firmware: three images for two Cortex-M3 boards, with TLS and TCP/IP'
	@echo 'make firmware-test  runs them in the emulator against the local endpoint'
	@echo 'make size-firmware  their flash and RAM by part, measured in such runs, and the limits'
	@echo 'make firmware-day   what polls cost a device in a day: bytes and instructions, into examples/firmware/README.md'
	@echo 'make fleet          what 10,000 devices cost the service, simulated, into examples/firmware/README.md'
	@echo 'make fleet-test     whether that is what the README says'
	@echo "make size-options   what mbedTLS's options cost in them, into examples/firmware/README.md"
	@echo 'make lint           layout, both compilers'"'"' warnings, static analysis, length and complexity of functions'
	@echo 'make fuzz           each fuzz target for FUZZ_SECONDS (60)'
	@echo 'make fuzz-check     a fixed number of runs of each: nothing found, enough code run, planted faults found'
	@echo 'make soak           SOAK_POLLS (10000) polls of a watch under random faults: nothing lost, no memory grows'
	@echo 'make install        headers, library, commands, manual page, completion; DESTDIR and PREFIX as usual'
	@echo 'make uninstall      removes what make install put there, and nothing else'
	@echo 'make clean'

# The targets below first install the packages that they need, as root or through sudo. Then they build in
# another make, which sees the new files. It runs one job for each processor, unless -j says otherwise.
NEED := gcc libc6-dev libmbedtls-dev libjsmn-dev
NEED_TEST := $(NEED) libcmocka-dev
AGAIN = +@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(nproc))

need:
	@sh tests/tools/need.sh $(NEED)

test:
	@sh tests/tools/need.sh $(NEED_TEST)
	$(AGAIN) -s all tests
	$(AGAIN) -s BUILD=$(BUILD)/sanitized SANITIZE=1 all tests
	@sh tests/run.sh $(BUILD) $(BUILD)/sanitized tests/checks/*.sh

test-mbedtls3:
	@sh tests/tools/need.sh $(NEED_TEST)
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3
	$(AGAIN) -s BUILD=$(BUILD)/with-mbedtls3 MBEDTLS_DIR=$(BUILD)/mbedtls3 all tests
	@sh tests/run.sh $(BUILD)/with-mbedtls3

# For compilers that cannot link the system's libraries, tests/tools/libraries.mk builds them with the CC and
# flags that it is given. foreign FOLDER,VARIABLES builds such libraries in FOLDER/libraries. with FOLDER
# gives the variables by which make uses them.
foreign = $(AGAIN) -s -f tests/tools/libraries.mk OUT=$(1)/libraries MBEDTLS_DIR=$(BUILD)/mbedtls3 $(2)
with = BUILD=$(1) MBEDTLS_DIR=$(BUILD)/mbedtls3 MBEDTLS_LIB=$(1)/libraries JSMN_DIR=$(1)/libraries/include
test-musl:
	@sh tests/tools/need.sh $(NEED_TEST) musl-tools
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 sources
	@sh tests/tools/cmocka.sh $(BUILD)/cmocka
	$(call foreign,$(BUILD)/musl,CC=musl-gcc CMOCKA_DIR=$(BUILD)/cmocka)
	$(AGAIN) -s $(call with,$(BUILD)/musl) CC=musl-gcc all tests
	@sh tests/run.sh $(BUILD)/musl

# The command for gateways. mbedTLS's tables name functions that sign and decrypt, which a client without a key
# of its own never calls; the linker replaces them by abort(). Link-time optimisation is not used, as it makes
# mbedTLS larger and all other code only 1 KB smaller.
NEVER := mbedtls_rsa_pkcs1_sign mbedtls_rsa_pkcs1_decrypt mbedtls_rsa_pkcs1_encrypt mbedtls_rsa_check_pub_priv \
    mbedtls_rsa_deduce_primes mbedtls_rsa_deduce_private_exponent mbedtls_rsa_deduce_crt \
    mbedtls_rsa_validate_params mbedtls_rsa_validate_crt mbedtls_ecdsa_write_signature \
    mbedtls_ecp_check_pub_priv mbedtls_pk_sign_restartable mbedtls_pk_sign_ext
# The optimisations that are turned off at the end make the code larger, by 400 to 1,500 bytes each.
SMALL := -Os -fno-pie -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables \
    -fno-jump-tables -fno-tree-loop-optimize -fno-tree-loop-im -fno-if-conversion -fno-caller-saves -fno-thread-jumps
SMALL_LINK := -no-pie -s -Wl,--gc-sections,--build-id=none
STATIC_LINK := -static -Wl,-z,noseparate-code $(foreach f,$(NEVER),-Wl$(comma)--wrap=$(f)$(comma)--defsym=__wrap_$(f)=abort)
# On 32-bit processors glibc supports years after 2038 only with these macros. mbedTLS is compiled with them as
# well, as its structs hold times.
TIME64 := -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
CLIENT := -Iport/mbedtls -DMBEDTLS_CONFIG_FILE='\"osft_mbedtls_client_config.h\"' $(TIME64)
# client FOLDER,TOOL,LDFLAGS builds FOLDER/osft with the compiler TOOLgcc.
define client
	$(call foreign,$(1),CC=$(2)gcc CFLAGS='$(SMALL)' CPPFLAGS="$(CLIENT)")
	@rm -f $(1)/osft
	$(AGAIN) -s $(call with,$(1)) CC=$(2)gcc CFLAGS='$(SMALL)' CPPFLAGS="$(CLIENT)" LDFLAGS='$(SMALL_LINK) $(3)' $(1)/osft
endef
MUSL ?= musl-
static:
	@sh tests/tools/need.sh $(NEED) $(if $(filter musl-,$(MUSL)),musl-tools)
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 sources >/dev/null
	$(call client,$(BUILD)/static,$(MUSL),$(STATIC_LINK))
	@sh tests/size/static.sh $(BUILD)/static/osft

NEED_MACHINES := qemu-user gcc-mips-linux-gnu libc6-dev-mips-cross gcc-mipsel-linux-gnu libc6-dev-mipsel-cross \
    gcc-arm-linux-gnueabihf libc6-dev-armhf-cross gcc-aarch64-linux-gnu libc6-dev-arm64-cross
# machines builds build/NAME/osft for each machine NAME.
machines: static
	@sh tests/tools/need.sh $(NEED_MACHINES)
	$(call client,$(BUILD)/mips,mips-linux-gnu-)
	$(call client,$(BUILD)/mipsel,mipsel-linux-gnu-)
	$(call client,$(BUILD)/arm,arm-linux-gnueabihf-)
	$(call client,$(BUILD)/aarch64,aarch64-linux-gnu-)
# The unit tests that run on MIPS: all except those of sockets, to which QEMU 7.2 gives the error numbers of the
# host by SO_ERROR.
MIPS_TESTS := $(BUILD)/mips-tests
MIPS_UNIT := $(CORE_TESTS) $(filter test_port_tls_% test_port_arena test_port_sha256,$(notdir $(UNIT:.c=)))
test-machines: machines
	@sh tests/tools/need.sh $(NEED_TEST) ca-certificates openssl
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 >/dev/null
	@sh tests/tools/cmocka.sh $(BUILD)/cmocka >/dev/null
	$(AGAIN) -s all $(BUILD)/tests/proxy_peer
	$(AGAIN) -s BUILD=$(BUILD)/with-mbedtls3 MBEDTLS_DIR=$(BUILD)/mbedtls3 $(BUILD)/with-mbedtls3/osft-endpoint
	@musl-gcc -Os -static -s $(WARN) -o $(BUILD)/static/peak tests/system/machines/peak.c
	$(call foreign,$(MIPS_TESTS),CC=mips-linux-gnu-gcc CPPFLAGS='$(TIME64)' CMOCKA_DIR=$(BUILD)/cmocka)
	$(AGAIN) -s $(call with,$(MIPS_TESTS)) CC=mips-linux-gnu-gcc CPPFLAGS='$(TIME64)' $(MIPS_UNIT:%=$(MIPS_TESTS)/tests/%)
	@mkdir -p $(BUILD)/static/tests
	@cp $(BUILD)/osft-endpoint $(BUILD)/static && cp $(BUILD)/tests/proxy_peer $(BUILD)/static/tests
	@sh tests/run.sh $(BUILD)/static tests/system/machines/*.sh

test-lwip:
	@sh tests/tools/need.sh $(NEED_TEST)
	@sh tests/tools/lwip.sh $(BUILD)/lwip
	$(AGAIN) -s $(LIB)
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/device/lwip/run.sh

tls-matrix:
	@sh tests/tools/need.sh $(NEED_TEST) libssl-dev
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 >/dev/null
	$(AGAIN) -s all $(BUILD)/tests/tls_matrix
	$(AGAIN) -s BUILD=$(BUILD)/with-mbedtls3 MBEDTLS_DIR=$(BUILD)/mbedtls3 all $(BUILD)/with-mbedtls3/tests/tls_matrix
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/system/tls/run.sh

# Coverage is measured without optimisation, so that each branch of the source is one of the program.
coverage:
	@sh tests/tools/need.sh $(NEED_TEST) gcovr
	$(AGAIN) -s BUILD=$(BUILD)/coverage CC=gcc CFLAGS='-O0 -g --coverage' \
	    $(CORE_TESTS:%=$(BUILD)/coverage/tests/%)
	@sh tests/tools/coverage.sh $(BUILD)/coverage

demo: need
	@echo 'building'
	$(AGAIN) -s all
	@sh tests/tools/demo.sh $(BUILD)

peers: need
	$(AGAIN) -s all
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/system/peers/run.sh

size:
	@sh tests/size/size.sh $(BUILD)/size
	+@$(MAKE) --no-print-directory size-firmware
size-functions:
	@sh tests/size/size.sh --functions $(BUILD)/size

# Instructions are counted in code that gcc compiles with -O2, whatever CC and CFLAGS are.
BENCH_BUILD := $(BUILD)/bench
NEED_BENCH := valgrind libcjson-dev libjansson-dev
bench:
	@sh tests/tools/need.sh $(NEED) $(NEED_BENCH)
	$(AGAIN) -s BUILD=$(BENCH_BUILD) CC=gcc CFLAGS='-O2 -g' SANITIZE= all $(BENCH_BUILD)/tests/bench
	@OSFT_BUILD=$(BENCH_BUILD) sh tests/size/bench.sh >$(BUILD)/bench.md; status=$$?; cat $(BUILD)/bench.md; exit $$status

size-readme: bench
	@sh tests/size/size.sh --readme $(BUILD)/size
	+@$(MAKE) --no-print-directory size-firmware
	@sh tests/size/into_readme.sh size-firmware $(BUILD)/size/image/table.md tests/size/README.md
	@sh tests/size/into_readme.sh bench $(BUILD)/bench.md tests/size/README.md
	@sh tests/size/figures.sh >$(BUILD)/figures.md
	@sh tests/size/into_readme.sh figures $(BUILD)/figures.md README.md

lint:
	@sh tests/tools/need.sh $(NEED_TEST) $(NEED_BENCH) libssl-dev clang clang-format cppcheck pmccabe
	$(AGAIN) -s CC=gcc BUILD=$(BUILD)/lint/gcc all tests $(addprefix $(BUILD)/lint/gcc/tests/,bench tls_matrix)
	$(AGAIN) -s CC=clang BUILD=$(BUILD)/lint/clang all tests $(addprefix $(BUILD)/lint/clang/tests/,bench tls_matrix)
	@sh tests/tools/lint.sh

# make fuzz runs each target for FUZZ_SECONDS.
FUZZ_SECONDS ?= 60
NEED_FUZZ := clang libclang-rt-14-dev llvm libjsmn-dev
fuzz:
	@sh tests/tools/need.sh $(NEED_FUZZ)
	@sh tests/fuzz/run.sh fuzz $(BUILD)/fuzz $(FUZZ_SECONDS)
fuzz-check:
	@sh tests/tools/need.sh $(NEED_FUZZ)
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/fuzz/run.sh

# A seed always gives the same faults.
SOAK_POLLS ?= 10000
SOAK_SEED ?= 1
soak: need
	$(AGAIN) -s all $(BUILD)/tests/test_soak
	@OSFT_BUILD=$(BUILD) $(BUILD)/tests/test_soak $(SOAK_POLLS) $(SOAK_SEED)

# The bare-metal images. Both source trees are fetched once.
NEED_FIRMWARE := $(NEED) gcc-arm-none-eabi picolibc-arm-none-eabi
FIRMWARE = -f examples/firmware/firmware.mk BUILD=$(BUILD) MBEDTLS_DIR=$(BUILD)/mbedtls3 LWIP_DIR=$(BUILD)/lwip
firmware:
	@sh tests/tools/need.sh $(NEED_FIRMWARE)
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 >/dev/null
	@sh tests/tools/lwip.sh $(BUILD)/lwip >/dev/null
	$(AGAIN) -s $(FIRMWARE)
$(BUILD)/firmware/name_server $(BUILD)/firmware/time_server: $(BUILD)/firmware/%: tests/device/firmware/%.c
	@mkdir -p $(@D)
	$(COMPILE) $(POSIX) -o $@ $<
$(BUILD)/firmware/tls_relay: tests/device/firmware/tls_relay.c
	@mkdir -p $(@D)
	$(COMPILE) $(POSIX) -o $@ $< -lssl -lcrypto
FIRMWARE_SERVERS := $(addprefix $(BUILD)/firmware/,name_server time_server tls_relay)
NEED_EMULATOR := qemu-system-arm openssl libssl-dev
firmware-test: firmware
	@sh tests/tools/need.sh $(NEED_EMULATOR)
	$(AGAIN) -s all $(FIRMWARE_SERVERS)
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/device/firmware/run.sh tests/device/firmware/day.sh
size-firmware: firmware
	@sh tests/tools/need.sh $(NEED_EMULATOR)
	$(AGAIN) -s all $(FIRMWARE_SERVERS)
	@sh tests/size/image.sh $(BUILD)
# What polls cost a device, and a fleet the service: measured and simulated, and put into the firmware's README. The
# two tests compare the README with what they measure.
firmware-day: firmware
	@sh tests/tools/need.sh $(NEED_EMULATOR)
	$(AGAIN) -s all $(FIRMWARE_SERVERS)
	@sh tests/size/day.sh $(BUILD) >$(BUILD)/day.md
	@sh tests/size/into_readme.sh day $(BUILD)/day.md examples/firmware/README.md
	@cat $(BUILD)/day.md
$(BUILD)/tests/fleet: $(call obj,$(wildcard tests/device/fleet/*.c)) $(LIB)
	@mkdir -p $(@D)
	$(LINK)
fleet: need
	$(AGAIN) -s $(BUILD)/tests/fleet
	@sh tests/device/fleet/simulate.sh $(BUILD)/tests/fleet >$(BUILD)/fleet.md
	@sh tests/size/into_readme.sh fleet $(BUILD)/fleet.md examples/firmware/README.md
	@cat $(BUILD)/fleet.md
fleet-test: need
	$(AGAIN) -s $(BUILD)/tests/fleet
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/device/fleet/run.sh
size-options: firmware
	@sh tests/tools/need.sh $(NEED_EMULATOR)
	$(AGAIN) -s all $(FIRMWARE_SERVERS)
	@sh tests/size/options.sh $(BUILD) >$(BUILD)/options.md
	@sh tests/size/into_readme.sh options $(BUILD)/options.md examples/firmware/README.md
	@cat $(BUILD)/options.md

HEADERS := $(filter core/osft%.h,$(wildcard core/*.h)) $(filter-out %_internal.h,$(wildcard port/*/*.h))
MAN := $(wildcard examples/osft/osft.1)
BASH_COMPLETION := share/bash-completion/completions
ZSH_COMPLETION := share/zsh/site-functions
INSTALLED := $(addprefix include/osft/,$(notdir $(HEADERS))) lib/libosft.a lib/pkgconfig/osft.pc bin/osft \
    bin/osft-endpoint $(addprefix share/man/man1/,$(notdir $(MAN))) $(BASH_COMPLETION)/osft $(ZSH_COMPLETION)/_osft
# The installed osft_config.h has the limits that the library was built with, wherever they were set.
LIMITS = $(CC) $(INC) $(CPPFLAGS) -E -dM core/osft_config.h | \
    sed -n 's/^\#define \(OSFT_[A-Z_]*\) \([0-9][0-9]*\)$$/s|^\#define \1 .*|\#define \1 \2|/p' | sed -f -
install: $(ALL)
	install -d $(DESTDIR)$(PREFIX)/include/osft $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(HEADERS) $(DESTDIR)$(PREFIX)/include/osft
	$(LIMITS) core/osft_config.h >$(DESTDIR)$(PREFIX)/include/osft/osft_config.h
	install -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(BUILD)/osft $(BUILD)/osft-endpoint $(DESTDIR)$(PREFIX)/bin
	printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include/osft' 'libdir=$${prefix}/lib' '' \
	    'Name: osft' 'Description: Lists training tasks of Alibaba Cloud OpenSearch' \
	    "Version: $$(sed -n 's/.*OSFT_VERSION  *"\(.*\)"/\1/p' core/osft.h)" \
	    'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -losft -lmbedtls -lmbedx509 -lmbedcrypto' \
	    >$(DESTDIR)$(PREFIX)/lib/pkgconfig/osft.pc
	$(if $(MAN),install -d $(DESTDIR)$(PREFIX)/share/man/man1)
	$(if $(MAN),install -m 644 $(MAN) $(DESTDIR)$(PREFIX)/share/man/man1)
	install -d $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION) $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION)
	install -m 644 examples/osft/completion/osft.bash $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION)/osft
	install -m 644 examples/osft/completion/_osft $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION)/_osft

# uninstall keeps folders that other packages use, and include/osft when it has other files.
.PHONY: uninstall
uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,$(INSTALLED))
	@rmdir $(DESTDIR)$(PREFIX)/include/osft 2>/dev/null || true

clean:
	rm -rf $(BUILD)
