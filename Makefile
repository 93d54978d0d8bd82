# SPDX-License-Identifier: Apache-2.0
# make            the libraries and the programs, in build/
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
LIBDIR ?= $(PREFIX)/lib

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
ENDPOINT := $(wildcard examples/osft-endpoint/*.c) examples/common/utc.c
# The daemon for gateways is built with those of its libraries that are installed. REPORTER_LIBRARIES= builds
# it without them.
PKG_CONFIG ?= pkg-config
REPORTER_LIBRARIES ?= inih libmosquitto libmicrohttpd libsystemd
# FILE:LIBRARY for each file that needs a library. It is compiled only when the library is installed.
REPORTER_NEEDS := config_file:inih channel_mqtt:libmosquitto channel_http:libmicrohttpd channel_systemd:libsystemd
file_of = examples/gateway/$(firstword $(subst :, ,$(1))).c
library_of = $(lastword $(subst :, ,$(1)))
is_there = $(and $(filter $(call library_of,$(1)),$(REPORTER_LIBRARIES)),$(wildcard $(call file_of,$(1))),$(shell $(PKG_CONFIG) --exists $(call library_of,$(1)) 2>/dev/null && echo yes))
REPORTER_HAS := $(foreach n,$(REPORTER_NEEDS),$(if $(call is_there,$(n)),$(n)))
REPORTER_WITH := $(foreach n,$(REPORTER_HAS),$(call library_of,$(n)))
REPORTER := $(filter-out $(foreach n,$(filter-out $(REPORTER_HAS),$(REPORTER_NEEDS)),$(call file_of,$(n))),$(wildcard examples/gateway/*.c)) $(COMMON)
# The other files of the MQTT channel, and their tests, which are left out without libmosquitto.
WITHOUT_MQTT := $(if $(filter libmosquitto,$(REPORTER_WITH)),,examples/gateway/mqtt_% tests/unit/test_reporter_mqtt% tests/support/reporter_mqtt%)
REPORTER := $(filter-out $(WITHOUT_MQTT),$(REPORTER))
REPORTER_FLAGS := $(foreach l,$(REPORTER_WITH),-DHAVE_$(shell echo $(l:lib%=%) | tr a-z A-Z) $(shell $(PKG_CONFIG) --cflags $(l)))
REPORTER_LINK := $(foreach l,$(REPORTER_WITH),$(shell $(PKG_CONFIG) --libs $(l)))
PKI := examples/osft-endpoint/pki.c
UNIT := $(filter-out $(WITHOUT_MQTT),$(wildcard tests/unit/test_*.c))
LIVE := $(wildcard tests/support/live_*.c)
REPORTER_SUPPORT := $(filter-out $(WITHOUT_MQTT),$(wildcard tests/support/reporter_*.c))
SUPPORT := $(filter-out $(LIVE) tests/support/reporter_%,$(wildcard tests/support/*.c)) $(PKI)
MATRIX := $(wildcard tests/system/matrix/*.c) $(LIVE) $(PKI)
POLL := $(wildcard tests/system/poll/*.c) $(LIVE)
SOAK := $(wildcard tests/system/soak/*.c) $(LIVE)
TLS_MATRIX := $(wildcard tests/system/tls/*.c) $(LIVE)
BENCH := $(wildcard tests/size/bench/*.c)

CORE_TESTS := $(filter-out test_endpoint_% test_firmware_% test_osft_% test_reporter_% test_port_%,$(notdir $(UNIT:.c=))) test_port_tools

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB := $(BUILD)/libosft.a
CORE_LIB := $(BUILD)/libosft-core.a
VERSION := $(shell sed -n 's/.*OSFT_VERSION  *"\(.*\)"/\1/p' core/osft.h)
ALL := $(LIB) $(CORE_LIB) $(BUILD)/osft $(BUILD)/osft-endpoint $(BUILD)/osft-reporter
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT)) $(BUILD)/tests/test_matrix $(BUILD)/tests/test_poll $(BUILD)/tests/test_soak $(BUILD)/tests/proxy_peer

.PHONY: all tests help need test test-mbedtls3 test-musl test-lwip test-packages tls-matrix static machines test-machines test-targets coverage demo peers size size-functions size-readme size-firmware size-options bench firmware firmware-test firmware-day fleet fleet-test freertos freertos-test lint fuzz fuzz-check soak install clean force
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
# The reporter's objects are compiled again when the set of its libraries changes.
REPORTER_STAMP := $(BUILD)/obj/examples/gateway/flags
$(REPORTER_STAMP): force
	@mkdir -p $(@D)
	@echo '$(REPORTER_FLAGS)' | cmp -s - $@ || echo '$(REPORTER_FLAGS)' >$@
$(call obj,$(wildcard examples/gateway/*.c tests/unit/test_reporter_*.c tests/support/reporter_*.c)): override CPPFLAGS += $(REPORTER_FLAGS)
$(call obj,$(wildcard examples/gateway/*.c tests/unit/test_reporter_*.c tests/support/reporter_*.c)): $(REPORTER_STAMP)

$(LIB): $(call obj,$(CORE) $(PORT))
$(CORE_LIB): $(call obj,$(CORE))
$(LIB) $(CORE_LIB):
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/osft: $(call obj,$(CMD)) $(LIB)
	$(LINK)
$(BUILD)/osft-endpoint: $(call obj,$(ENDPOINT)) $(LIB)
	$(LINK)
$(BUILD)/osft-reporter: $(call obj,$(REPORTER)) $(LIB)
	$(LINK) $(REPORTER_LINK)
$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(SUPPORT)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka -lpthread
# test_pages_worlds links the walk through all pages with its own stand-in for the client.
$(BUILD)/tests/test_pages_worlds: $(call obj,tests/unit/test_pages_worlds.c core/pages.c core/page_choice.c core/recent.c)
	@mkdir -p $(@D)
	$(LINK) -lcmocka
$(BUILD)/tests/test_firmware_settings: $(call obj,examples/firmware/settings.c)
# test_endpoint_*, test_osft_* and test_reporter_* are tests of source files of the three programs.
$(BUILD)/tests/test_endpoint_%: $(BUILD)/obj/tests/unit/test_endpoint_%.o \
    $(call obj,$(filter-out %/main.c,$(ENDPOINT)) $(SUPPORT)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka -lpthread
$(BUILD)/tests/test_osft_%: $(BUILD)/obj/tests/unit/test_osft_%.o \
    $(call obj,$(filter-out %/main.c,$(CMD)) $(SUPPORT)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka -lpthread
$(BUILD)/tests/test_reporter_%: $(BUILD)/obj/tests/unit/test_reporter_%.o \
    $(call obj,$(filter-out %/main.c,$(REPORTER)) $(SUPPORT) $(REPORTER_SUPPORT)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $(REPORTER_LINK) -lcmocka -lpthread
# test_matrix makes each call against each fault, over sockets.
$(BUILD)/tests/test_matrix: $(call obj,$(MATRIX)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka
# tls_matrix tests TLS against two servers: OpenSSL, which only this test links, and the endpoint.
$(BUILD)/tests/tls_matrix: $(call obj,$(TLS_MATRIX)) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lssl -lcrypto
# test_poll counts the turns of poll loops over sockets.
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
# The program whose instructions `make bench` counts. The program parses responses of the endpoint.
$(BUILD)/tests/bench: $(call obj,$(BENCH) $(filter-out %/main.c,$(ENDPOINT))) $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcjson -ljansson
$(BUILD)/tests/usage: $(call obj,tests/tools/usage.c)
	@mkdir -p $(@D)
	$(LINK)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

help:
	@echo 'make                build/libosft.a, build/libosft-core.a, build/osft, build/osft-endpoint, build/osft-reporter'
	@echo 'make reporter       installs what is missing, and builds build/osft-reporter, a gateway'"'"'s daemon, with all its libraries'
	@echo 'make reporter-demo  starts it with a local endpoint and an MQTT broker, and shows a few lines of each output'
	@echo 'make reporter-picture  the pictures in examples/gateway/README.md: its page, by headless Chromium, and that tour'
	@echo 'make reporter-soak  REPORTER_SOAK_POLLS (100000) polls of 20 of its instances under random faults: nothing lost or told twice, no memory grows'
	@echo 'make reporter-memory  the peak of its memory with 20 instances and all libraries, an account of it, and the limit'
	@echo 'make reporter-bench instructions of an idle hour with 20 instances, and the limit'
	@echo 'make reporter-readme  puts what these two print into examples/gateway/README.md'
	@echo 'make demo           installs what is missing, builds, and lists tasks of a local endpoint over TLS'
	@echo 'make test           installs what is missing, builds, plain and with sanitizers, and runs every test'
	@echo 'make test-mbedtls3  the same tests on mbedTLS 3.6, built from the distribution'"'"'s source package'
	@echo 'make test-musl      the same tests on musl, with mbedTLS 3.6 and cmocka built for it'
	@echo 'make static         build/static: the command and the reporter in one file each, with musl and mbedTLS 3.6; and the limit of their size'
	@echo 'make test-machines  that file, and the command on MIPS of both byte orders, Arm and AArch64, in an emulator'
	@echo 'make test-targets   the core'"'"'s unit tests and the parsing benchmark on a Cortex-M0, RV32 and big-endian MIPS, in emulators'
	@echo 'make test-lwip      port/lwip on the host, with lwIP 2.2 from the distribution'"'"'s source package'
	@echo 'make test-packages  osft as CMake, pkg-config and other builds add it, built and run'
	@echo 'make shared         build/libosft.so, which exports the public names alone'
	@echo 'make install-shared  installs it beside what make install installs; only pkg-config --static then names mbedTLS'
	@echo 'make single         build/single/osft.c and osft.h: the core as two files, and the ports beside them'
	@echo 'make dist           build/dist: the release, as an archive and as trees for Zephyr, ESP-IDF and PlatformIO'
	@echo 'make sbom           build/sbom: bills of materials (CycloneDX) with the versions that were used'
	@echo 'make tls-matrix     TLS against OpenSSL'"'"'s server and ours, with both versions of mbedTLS'
	@echo 'make coverage       lines and branches of core/ that the unit tests reach: all, or it fails'
	@echo 'make peers          the vendor'"'"'s own SDK against the local endpoint'
	@echo 'make size           flash, RAM and stack of the core on three small targets, then make size-firmware, and the limits'
	@echo 'make size-functions the same function by function, for Cortex-M3'
	@echo 'make bench          instructions of reading, signing and listing; costs over those of curl and of the vendor'"'"'s SDK; and the limits'
	@echo 'make size-readme    puts what size and bench print into tests/size/README.md, and the figures into README.md'
	@echo 'make firmware       build/firmware: three images for two Cortex-M3 boards and one for RV32, with TLS and TCP/IP'
	@echo 'make firmware-test  runs them in the emulator against the local endpoint'
	@echo 'make size-firmware  flash and RAM by part of the images for Cortex-M3, measured in such runs, and the limits'
	@echo 'make firmware-day   what polls cost a device in a day: bytes and instructions, into examples/firmware/README.md'
	@echo 'make fleet          what 10,000 devices cost the service, simulated, into examples/firmware/README.md'
	@echo 'make fleet-test     whether that is what the README says'
	@echo "make size-options   what mbedTLS's options cost in the full image, into examples/firmware/README.md"
	@echo 'make freertos       build/freertos: a program for FreeRTOS on Cortex-M3, with TLS over lwIP'"'"'s sockets'
	@echo 'make freertos-test  runs it in the emulator against the local endpoint'
	@echo 'make lint           layout, both compilers'"'"' warnings, static analysis, length and complexity of functions'
	@echo 'make fuzz           each fuzz target for FUZZ_SECONDS (60)'
	@echo 'make fuzz-check     a fixed number of runs of each: nothing found, enough code run, planted faults found'
	@echo 'make soak           SOAK_POLLS (10000) polls of a watch under random faults: nothing lost, no memory grows'
	@echo 'make manual         build/osft.3: the manual page of the library, made from its headers'
	@echo 'make install        headers, library, commands, manual pages, completion, unit of systemd; DESTDIR, PREFIX, LIBDIR as usual'
	@echo 'make uninstall      removes what make install put there, and nothing else'
	@echo 'make clean'

# The targets below first install the packages that they need, as root or through sudo. Then they build in
# another make, which sees the new files. It runs one job for each processor, unless -j says otherwise.
NEED := gcc libc6-dev libmbedtls-dev libjsmn-dev
# Each of the reporter's libraries is optional; the tests want all of them.
NEED_REPORTER := pkg-config libinih-dev libmosquitto-dev libmicrohttpd-dev libsystemd-dev
NEED_TEST := $(NEED) libcmocka-dev $(NEED_REPORTER) mosquitto mosquitto-clients
AGAIN = +@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(nproc))

need:
	@sh tests/tools/need.sh $(NEED)

.PHONY: reporter
reporter:
	@sh tests/tools/need.sh $(NEED) $(NEED_REPORTER)
	$(AGAIN) -s $(BUILD)/osft-reporter
	@$(BUILD)/osft-reporter --version

# reporter-demo starts the endpoint, a broker and the reporter, and shows a few lines of each output.
.PHONY: reporter-demo
reporter-demo: reporter
	$(AGAIN) -s $(BUILD)/osft-endpoint
	@OSFT_BUILD=$(BUILD) sh tests/tools/reporter_demo.sh

# reporter-soak lets the reporter run through random faults, as tests/system/reporter/soak.sh describes. Its
# reporter is built with intervals of less than a second: 100,000 polls take half an hour, not two hours.
REPORTER_SOAK_POLLS ?= 100000
REPORTER_SOAK_BUILD := $(BUILD)/reporter-soak
REPORTER_SOAK_FLAGS := -DINTERVAL_MIN_MS=100 -DPAUSE_MIN_MS=20
.PHONY: reporter-soak reporter-memory reporter-bench reporter-readme
reporter-soak:
	@sh tests/tools/need.sh $(NEED) $(NEED_REPORTER) mosquitto mosquitto-clients curl
	$(AGAIN) -s BUILD=$(REPORTER_SOAK_BUILD) CFLAGS='$(CFLAGS) $(REPORTER_SOAK_FLAGS)' $(REPORTER_SOAK_BUILD)/osft-reporter $(REPORTER_SOAK_BUILD)/osft-endpoint
	@OSFT_BUILD=$(REPORTER_SOAK_BUILD) sh tests/system/reporter/soak.sh $(REPORTER_SOAK_POLLS) $(SOAK_SEED) 100ms

# reporter-memory and reporter-bench measure a reporter with 20 instances. The reporter is always compiled by gcc -O2,
# whatever CC and CFLAGS are.
reporter-memory:
	@sh tests/tools/need.sh $(NEED) $(NEED_REPORTER) mosquitto curl ca-certificates
	$(AGAIN) -s BUILD=$(BENCH_BUILD) CC=gcc CFLAGS='-O2 -g' SANITIZE= $(BENCH_BUILD)/osft-reporter $(BENCH_BUILD)/osft-endpoint
	@OSFT_BUILD=$(BENCH_BUILD) sh tests/size/reporter_memory.sh >$(BUILD)/reporter-memory.md; status=$$?; cat $(BUILD)/reporter-memory.md; exit $$status
reporter-bench:
	@sh tests/tools/need.sh $(NEED) $(NEED_REPORTER) mosquitto valgrind
	$(AGAIN) -s BUILD=$(BENCH_BUILD) CC=gcc CFLAGS='-O2 -g' SANITIZE= $(BENCH_BUILD)/osft-reporter $(BENCH_BUILD)/osft-endpoint
	@OSFT_BUILD=$(BENCH_BUILD) sh tests/size/reporter_bench.sh >$(BUILD)/reporter-bench.md; status=$$?; cat $(BUILD)/reporter-bench.md; exit $$status
# reporter-readme puts the tables of reporter-memory and reporter-bench into examples/gateway/README.md.
reporter-readme: reporter-memory reporter-bench
	@sh tests/size/into_readme.sh reporter-memory $(BUILD)/reporter-memory.md examples/gateway/README.md
	@sh tests/size/into_readme.sh reporter-bench $(BUILD)/reporter-bench.md examples/gateway/README.md

# reporter-picture makes the pictures of the reporter's page and of reporter-demo.
.PHONY: reporter-picture
reporter-picture: reporter
	$(AGAIN) -s $(BUILD)/osft-endpoint
	@OSFT_BUILD=$(BUILD) sh tests/tools/terminal_picture.sh examples/gateway/terminal.svg
	@OSFT_BUILD=$(BUILD) sh tests/tools/page_picture.sh examples/gateway/page.png

test:
	@sh tests/tools/need.sh $(NEED_TEST)
	$(AGAIN) -s all tests
	$(AGAIN) -s BUILD=$(BUILD)/sanitized SANITIZE=1 all tests
	@sh tests/run.sh $(BUILD) $(BUILD)/sanitized tests/checks/*.sh $(filter-out %/soak.sh,$(wildcard tests/system/reporter/*.sh))

test-mbedtls3:
	@sh tests/tools/need.sh $(NEED_TEST)
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3
	$(AGAIN) -s BUILD=$(BUILD)/with-mbedtls3 MBEDTLS_DIR=$(BUILD)/mbedtls3 all tests
	@sh tests/run.sh $(BUILD)/with-mbedtls3

# For compilers that cannot link the system's libraries, tests/tools/libraries.mk builds them with the CC and flags that
# it is given. foreign FOLDER,VARIABLES builds such libraries in FOLDER/libraries. with FOLDER gives the variables by
# which make uses these libraries.
foreign = $(AGAIN) -s -f tests/tools/libraries.mk OUT=$(1)/libraries MBEDTLS_DIR=$(BUILD)/mbedtls3 $(2)
with = BUILD=$(1) MBEDTLS_DIR=$(BUILD)/mbedtls3 MBEDTLS_LIB=$(1)/libraries JSMN_DIR=$(1)/libraries/include REPORTER_LIBRARIES=
test-musl:
	@sh tests/tools/need.sh $(NEED_TEST) musl-tools
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 sources
	@sh tests/tools/cmocka.sh $(BUILD)/cmocka
	$(call foreign,$(BUILD)/musl,CC=musl-gcc CMOCKA_DIR=$(BUILD)/cmocka)
	$(AGAIN) -s $(call with,$(BUILD)/musl) CC=musl-gcc all tests
	@sh tests/run.sh $(BUILD)/musl

# The programs for gateways. mbedTLS's tables name functions that sign and decrypt, which a client without a key
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
# musl protects nothing after relocation (RELRO) in a static program, so norelro only saves padding.
STATIC_LINK := -static -Wl,-z,noseparate-code -Wl,-z,norelro $(foreach f,$(NEVER),-Wl$(comma)--wrap=$(f)$(comma)--defsym=__wrap_$(f)=abort)
# On 32-bit processors glibc supports years after 2038 only with these macros. mbedTLS is compiled with them as
# well, as its structs hold times.
TIME64 := -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
CLIENT := -Iport/mbedtls -DMBEDTLS_CONFIG_FILE='\"osft_mbedtls_client_config.h\"' $(TIME64)
# client FOLDER,TOOL,LDFLAGS,REPORTER builds FOLDER/osft with the compiler TOOLgcc, and also FOLDER/osft-reporter with
# inih when REPORTER is osft-reporter.
define client
	$(call foreign,$(1),CC=$(2)gcc CFLAGS='$(SMALL)' CPPFLAGS="$(CLIENT)" $(if $(4),INIH_DIR=$(BUILD)/inih))
	@rm -f $(addprefix $(1)/,osft $(4))
	$(AGAIN) -s $(call with,$(1)) $(if $(4),REPORTER_LIBRARIES=inih PKG_CONFIG='env PKG_CONFIG_LIBDIR=$(1)/libraries pkg-config') \
	    CC=$(2)gcc CFLAGS='$(SMALL)' CPPFLAGS="$(CLIENT)" LDFLAGS='$(SMALL_LINK) $(3)' $(addprefix $(1)/,osft $(4))
endef
MUSL ?= musl-
static:
	@sh tests/tools/need.sh $(NEED) pkg-config $(if $(filter musl-,$(MUSL)),musl-tools)
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 sources >/dev/null
	@sh tests/tools/inih.sh $(BUILD)/inih >/dev/null
	$(call client,$(BUILD)/static,$(MUSL),$(STATIC_LINK),osft-reporter)
	@sh tests/size/static.sh $(BUILD)/static/osft
	@sh tests/size/static.sh $(BUILD)/static/osft-reporter

NEED_MACHINES := qemu-user gcc-mips-linux-gnu libc6-dev-mips-cross gcc-mipsel-linux-gnu libc6-dev-mipsel-cross \
    gcc-arm-linux-gnueabihf libc6-dev-armhf-cross gcc-aarch64-linux-gnu libc6-dev-arm64-cross
# machines builds build/NAME/osft for each machine NAME.
machines: static
	@sh tests/tools/need.sh $(NEED_MACHINES)
	$(call client,$(BUILD)/mips,mips-linux-gnu-)
	$(call client,$(BUILD)/mipsel,mipsel-linux-gnu-)
	$(call client,$(BUILD)/arm,arm-linux-gnueabihf-)
	$(call client,$(BUILD)/aarch64,aarch64-linux-gnu-)
test-machines: machines
	@sh tests/tools/need.sh $(NEED_TEST) ca-certificates openssl
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 >/dev/null
	$(AGAIN) -s all $(BUILD)/tests/proxy_peer
	$(AGAIN) -s BUILD=$(BUILD)/with-mbedtls3 MBEDTLS_DIR=$(BUILD)/mbedtls3 $(BUILD)/with-mbedtls3/osft-endpoint
	@musl-gcc -Os -static -s $(WARN) -o $(BUILD)/static/usage tests/tools/usage.c
	@mkdir -p $(BUILD)/static/tests
	@cp $(BUILD)/osft-endpoint $(BUILD)/static && cp $(BUILD)/tests/proxy_peer $(BUILD)/static/tests
	@sh tests/run.sh $(BUILD)/static tests/system/machines/*.sh

# The unit tests that run on MIPS: all except the tests of sockets, because SO_ERROR of QEMU 7.2 gives the error numbers
# of the host.
MIPS_TESTS := $(BUILD)/mips-tests
MIPS_UNIT := $(CORE_TESTS) $(filter test_port_tls_% test_port_arena test_port_sha256,$(notdir $(UNIT:.c=)))
NEED_TARGETS := $(NEED_TEST) qemu-user gcc-mips-linux-gnu libc6-dev-mips-cross qemu-system-arm gcc-arm-none-eabi \
    picolibc-arm-none-eabi qemu-system-misc gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf gcc-avr
# The program that writes the response that the benchmark of the targets parses.
$(BUILD)/targets/page: $(call obj,tests/system/targets/page.c tests/size/bench/responses.c $(filter-out %/main.c,$(ENDPOINT))) $(LIB)
	@mkdir -p $(@D)
	$(LINK)
$(BUILD)/targets/include/page.h: $(BUILD)/targets/page
	@mkdir -p $(@D)
	$< 50 >$@
test-targets:
	@sh tests/tools/need.sh $(NEED_TARGETS)
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 sources >/dev/null
	@sh tests/tools/cmocka.sh $(BUILD)/cmocka >/dev/null
	$(AGAIN) -s $(BUILD)/targets/include/page.h
	$(AGAIN) -s -f tests/system/targets/targets.mk OUT=$(BUILD)/targets MBEDTLS_DIR=$(BUILD)/mbedtls3 CMOCKA_DIR=$(BUILD)/cmocka
	$(call foreign,$(MIPS_TESTS),CC=mips-linux-gnu-gcc CPPFLAGS='$(TIME64)' CMOCKA_DIR=$(BUILD)/cmocka)
	$(AGAIN) -s $(call with,$(MIPS_TESTS)) CC=mips-linux-gnu-gcc CPPFLAGS='$(TIME64)' $(MIPS_UNIT:%=$(MIPS_TESTS)/tests/%)
	@OSFT_BUILD=$(BUILD) OSFT_TEST_SECONDS=3600 sh tests/run.sh $(addprefix tests/system/targets/,avr.sh mips.sh run.sh)
	@OSFT_BUILD=$(BUILD) sh tests/system/targets/bench.sh >$(BUILD)/targets/bench.md; status=$$?; cat $(BUILD)/targets/bench.md; exit $$status

test-lwip:
	@sh tests/tools/need.sh $(NEED_TEST)
	@sh tests/tools/lwip.sh $(BUILD)/lwip
	$(AGAIN) -s $(LIB)
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/device/lwip/run.sh

# The shared library. Before version 1, each minor version has a soname of its own.
SONAME := libosft.so.$(basename $(VERSION))
SHARED := libosft.so.$(VERSION)
.PHONY: shared install-shared
shared:
	$(AGAIN) -s BUILD=$(BUILD)/pic CFLAGS='$(CFLAGS) -fPIC' $(BUILD)/pic/libosft.a
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--version-script=port/shared/libosft.map \
	    -Wl,-z,defs -o $(BUILD)/$(SHARED) -Wl,--whole-archive $(BUILD)/pic/libosft.a -Wl,--no-whole-archive $(TLS_LIB)
	ln -sf $(SHARED) $(BUILD)/$(SONAME)
	ln -sf $(SONAME) $(BUILD)/libosft.so
install-shared: shared
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 755 $(BUILD)/$(SHARED) $(DESTDIR)$(LIBDIR)
	ln -sf $(SHARED) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libosft.so
	$(osft_pc)

# The core as two files. The ports are copied beside the two files; in the copies, osft.h takes the place of the core's
# headers.
SINGLE := $(BUILD)/single
SINGLE_HEADERS := $(addprefix core/,osft.h osft_pages.h osft_watch.h osft_metrics.h osft_port_tools.h)
joined = awk -f port/single/single.awk -v comment='osft $(VERSION), made by make single: $(1). Do not edit.'
.PHONY: single
single:
	@rm -rf $(SINGLE) && mkdir -p $(SINGLE)
	$(call joined,the public headers of the core) $(SINGLE_HEADERS) >$(SINGLE)/osft.h
	$(call joined,the core.\n * Compile it with -ffunction-sections -fdata-sections$(comma) and link with -Wl$(comma)--gc-sections. Without these\n * flags$(comma) all of this file is linked$(comma) not only what a program uses) -v has='$(notdir $(wildcard core/osft*.h))' $(CORE) >$(SINGLE)/osft.c
	@for file in $(wildcard port/*/*.[ch]); do \
	    mkdir -p $(SINGLE)/$${file%/*} && \
	    sed 's/^#include "osft\(_port\|_port_tools\|_pages\|_watch\|_metrics\)\{0,1\}\.h"/#include "osft.h"/' $$file >$(SINGLE)/$$file || exit; \
	done

# The release: an archive, and trees for Zephyr, ESP-IDF and PlatformIO.
.PHONY: dist
dist:
	@sh port/dist.sh $(BUILD)/dist $(VERSION)

# Bills of materials: of the library and commands, and of the static command and the firmware if they were built.
.PHONY: sbom
sbom:
	@sh tests/tools/need.sh $(NEED)
	@rm -rf $(BUILD)/sbom && mkdir -p $(BUILD)/sbom
	@sh tests/tools/sbom.sh osft jsmn mbedtls -- $(CC) $(INC) $(TLS_INC) >$(BUILD)/sbom/osft.cdx.json
	@[ ! -e $(BUILD)/static/osft ] || sh tests/tools/sbom.sh osft-static jsmn mbedtls libc -- $(MUSL)gcc \
	    -isystem $(BUILD)/mbedtls3/include -isystem $(BUILD)/static/libraries/include >$(BUILD)/sbom/osft-static.cdx.json
	@[ ! -e $(BUILD)/firmware/jsmn/jsmn.h ] || sh tests/tools/sbom.sh osft-firmware jsmn mbedtls lwip libc -- \
	    arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb --specs=picolibc.specs -isystem $(BUILD)/firmware/jsmn \
	    -isystem $(BUILD)/mbedtls3/include -isystem $(BUILD)/lwip/src/include >$(BUILD)/sbom/osft-firmware.cdx.json

# The tests of the ways to add osft to a build.
test-packages:
	@sh tests/tools/need.sh $(NEED_TEST)
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 sources >/dev/null
	@sh tests/tools/lwip.sh $(BUILD)/lwip >/dev/null
	$(AGAIN) -s all
	@OSFT_BUILD=$(BUILD) OSFT_TEST_SECONDS=3600 sh tests/run.sh tests/packages/*.sh

tls-matrix:
	@sh tests/tools/need.sh $(NEED_TEST) libssl-dev
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 >/dev/null
	$(AGAIN) -s all $(BUILD)/tests/tls_matrix
	$(AGAIN) -s BUILD=$(BUILD)/with-mbedtls3 MBEDTLS_DIR=$(BUILD)/mbedtls3 all $(BUILD)/with-mbedtls3/tests/tls_matrix
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/system/tls/run.sh

# Coverage is measured without optimisation, so that each branch of the source is a branch of the program.
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
# bench SCRIPT FOLDER runs tests/size/SCRIPT.sh and puts its table into a file, also when a limit is exceeded.
bench = @OSFT_BUILD=$(BENCH_BUILD) sh tests/size/$(1).sh $(2) >$(BUILD)/$(1).md; status=$$?; cat $(BUILD)/$(1).md; exit $$status
bench:
	@sh tests/tools/need.sh $(NEED) $(NEED_BENCH) curl jq
	$(AGAIN) -s BUILD=$(BENCH_BUILD) CC=gcc CFLAGS='-O2 -g' SANITIZE= all $(addprefix $(BENCH_BUILD)/tests/,bench usage)
	$(call bench,bench)
	$(call bench,compare,$(BUILD)/peers)

size-readme: bench test-targets
	@sh tests/size/size.sh --readme $(BUILD)/size
	+@$(MAKE) --no-print-directory size-firmware
	@sh tests/size/into_readme.sh size-firmware $(BUILD)/size/image/table.md tests/size/README.md
	@sh tests/size/into_readme.sh bench $(BUILD)/bench.md tests/size/README.md
	@sh tests/size/into_readme.sh bench-targets $(BUILD)/targets/bench.md tests/size/README.md
	@sh tests/size/into_readme.sh compare $(BUILD)/compare.md tests/size/README.md
	@sh tests/size/figures.sh >$(BUILD)/figures.md
	@sh tests/size/into_readme.sh figures $(BUILD)/figures.md README.md

lint:
	@sh tests/tools/need.sh $(NEED_TEST) $(NEED_BENCH) libssl-dev clang clang-format cppcheck pmccabe
	$(AGAIN) -s CC=gcc BUILD=$(BUILD)/lint/gcc all tests $(addprefix $(BUILD)/lint/gcc/tests/,bench usage tls_matrix)
	$(AGAIN) -s CC=clang BUILD=$(BUILD)/lint/clang all tests $(addprefix $(BUILD)/lint/clang/tests/,bench usage tls_matrix)
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
NEED_FIRMWARE := $(NEED) gcc-arm-none-eabi picolibc-arm-none-eabi gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf
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
NEED_EMULATOR := qemu-system-arm qemu-system-misc openssl libssl-dev
firmware-test: firmware
	@sh tests/tools/need.sh $(NEED_EMULATOR)
	$(AGAIN) -s all $(FIRMWARE_SERVERS)
	@OSFT_BUILD=$(BUILD) OSFT_TEST_SECONDS=3600 sh tests/run.sh $(addprefix tests/device/firmware/,run.sh other_boards.sh day.sh)
size-firmware: firmware
	@sh tests/tools/need.sh $(NEED_EMULATOR)
	$(AGAIN) -s all $(FIRMWARE_SERVERS)
	@sh tests/size/image.sh $(BUILD)
	@sh tests/size/options_base.sh $(BUILD)
# firmware-day measures what polls cost a device. fleet simulates what a fleet of devices costs the service. Both put
# their table into the firmware's README; two tests compare the README with new results.
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

# The program for FreeRTOS, whose kernel comes from a third source package.
freertos:
	@sh tests/tools/need.sh $(NEED_FIRMWARE)
	@sh tests/tools/mbedtls3.sh $(BUILD)/mbedtls3 sources >/dev/null
	@sh tests/tools/lwip.sh $(BUILD)/lwip >/dev/null
	@sh tests/tools/freertos.sh $(BUILD)/freertos-kernel >/dev/null
	$(AGAIN) -s $(subst firmware/firmware,freertos/freertos,$(FIRMWARE)) FREERTOS_DIR=$(BUILD)/freertos-kernel freertos
freertos-test: freertos
	@sh tests/tools/need.sh qemu-system-arm openssl
	$(AGAIN) -s all $(BUILD)/firmware/name_server
	@OSFT_BUILD=$(BUILD) sh tests/run.sh tests/device/freertos/run.sh

HEADERS := $(filter core/osft%.h,$(wildcard core/*.h)) $(filter-out %_internal.h,$(wildcard port/*/*.h))
MAN := examples/osft/osft.1
# The manual page of the library is made from the headers that programs include.
MANUAL := $(filter-out port/mbedtls/osft_mbedtls%_config.h,$(HEADERS))
$(BUILD)/osft.3: $(MANUAL) tests/tools/manual.awk $(MAN)
	@mkdir -p $(@D)
	awk -v version="$(VERSION)" -v date="$$(sed -n 's/^\.Dd //p' $(MAN))" -f tests/tools/manual.awk $(MANUAL) >$@.new
	@mv $@.new $@
.PHONY: manual
manual: $(BUILD)/osft.3
BASH_COMPLETION := share/bash-completion/completions
ZSH_COMPLETION := share/zsh/site-functions
# Ports that a program compiles itself, because they depend on its options of lwIP and FreeRTOS. Their sources and
# headers are installed together.
SOURCE_PORTS := lwip freertos
SOURCE_FILES := $(foreach port,$(SOURCE_PORTS),$(wildcard port/$(port)/*.[ch]))
LIB_HEADERS := $(filter-out $(SOURCE_FILES),$(HEADERS))
CMAKE_FILES := $(addprefix cmake/osft/,osftConfig.cmake osftConfigVersion.cmake osftTargets.cmake osft_find_mbedtls.cmake osft_device_mbedtls.cmake)
INSTALLED_LIB := libosft.a libosft-core.a libosft.so $(SONAME) $(SHARED) pkgconfig/osft.pc pkgconfig/osft-core.pc $(CMAKE_FILES)
INSTALLED := $(addprefix include/osft/,$(notdir $(LIB_HEADERS))) bin/osft bin/osft-endpoint share/man/man1/osft.1 share/man/man3/osft.3 \
    $(BASH_COMPLETION)/osft $(ZSH_COMPLETION)/_osft share/doc/osft/LICENSE $(SOURCE_FILES:port/%=share/osft/%)
# The reporter is installed in bin, not in sbin, because users without privileges can run it. An administrator copies
# the example configuration to where the unit looks for it, so install and uninstall do not touch a configuration that
# is in use.
UNIT_DIR := lib/systemd/system
REPORTER_DOC := share/doc/osft-reporter
REPORTER_INSTALLED := bin/osft-reporter share/man/man8/osft-reporter.8 $(UNIT_DIR)/osft-reporter.service $(REPORTER_DOC)/reporter.conf
# The unit needs --config (of inih) and readiness messages (of libsystemd). A reporter without one of these libraries is
# installed without the unit.
HAS_UNIT := $(and $(filter inih,$(REPORTER_WITH)),$(filter libsystemd,$(REPORTER_WITH)))
# The installed osft_config.h has the limits that the library was built with, wherever they were set.
LIMITS = $(CC) $(INC) $(CPPFLAGS) -E -dM core/osft_config.h | \
    sed -n 's/^\#define \(OSFT_[A-Z_]*\) \([0-9][0-9]*\)$$/s|^\#define \1 .*|\#define \1 \2|/p' | sed -f -
# pc NAME,WHAT,LIBRARIES: the lines of a pkg-config file.
pc = 'prefix=$(PREFIX)' 'includedir=$${prefix}/include/osft' 'libdir=$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))' '' 'Name: $(1)' \
    'Description: Lists training tasks of Alibaba Cloud OpenSearch, $(2)' 'Version: $(VERSION)' 'Cflags: -I$${includedir}' 'Libs: -L$${libdir} $(3)'
# osft_pc writes osft.pc. libosft.so is itself linked with mbedTLS. Where libosft.so is installed, pkg-config names
# mbedTLS only with --static, for programs that link libosft.a. Where libosft.so is not installed, pkg-config always
# names mbedTLS.
TLS_LIBS := -lmbedtls -lmbedx509 -lmbedcrypto
osft_pc = if [ -e $(DESTDIR)$(LIBDIR)/libosft.so ]; then private="\nLibs.private:"; else private=; fi; \
    printf "%b\n" $(call pc,osft,with sockets and TLS,-losft)"$$private $(TLS_LIBS)" >$(DESTDIR)$(LIBDIR)/pkgconfig/osft.pc
install: $(ALL) $(BUILD)/osft.3
	install -d $(DESTDIR)$(PREFIX)/include/osft $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/doc/osft
	install -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/osft
	install -m 644 $(LIB_HEADERS) $(DESTDIR)$(PREFIX)/include/osft
	$(LIMITS) core/osft_config.h >$(DESTDIR)$(PREFIX)/include/osft/osft_config.h
	install -m 644 $(LIB) $(CORE_LIB) $(DESTDIR)$(LIBDIR)
	install -m 755 $(BUILD)/osft $(BUILD)/osft-endpoint $(DESTDIR)$(PREFIX)/bin
	for port in $(SOURCE_PORTS); do \
	    install -d $(DESTDIR)$(PREFIX)/share/osft/$$port && install -m 644 port/$$port/*.[ch] $(DESTDIR)$(PREFIX)/share/osft/$$port || exit; \
	done
	printf '%s\n' $(call pc,osft-core,without ports,-losft-core) >$(DESTDIR)$(LIBDIR)/pkgconfig/osft-core.pc
	$(osft_pc)
	sh port/cmake/make/install.sh $(DESTDIR)$(LIBDIR)/cmake/osft '$(PREFIX)' $(LIBDIR) $(VERSION) $(DESTDIR)$(PREFIX)/include/osft/osft_config.h
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man3
	install -m 644 $(MAN) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(BUILD)/osft.3 $(DESTDIR)$(PREFIX)/share/man/man3
	install -d $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION) $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION)
	install -m 644 examples/osft/completion/osft.bash $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION)/osft
	install -m 644 examples/osft/completion/_osft $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION)/_osft
	install -d $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/$(REPORTER_DOC)
	install -m 755 $(BUILD)/osft-reporter $(DESTDIR)$(PREFIX)/bin
	install -m 644 examples/gateway/osft-reporter.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 examples/gateway/service/reporter.conf $(DESTDIR)$(PREFIX)/$(REPORTER_DOC)
	$(if $(HAS_UNIT),install -d $(DESTDIR)$(PREFIX)/$(UNIT_DIR))
	$(if $(HAS_UNIT),sed 's|^ExecStart=/usr/local/|ExecStart=$(PREFIX)/|' examples/gateway/service/osft-reporter.service \
	    >$(DESTDIR)$(PREFIX)/$(UNIT_DIR)/osft-reporter.service)
	$(if $(HAS_UNIT),chmod 644 $(DESTDIR)$(PREFIX)/$(UNIT_DIR)/osft-reporter.service,@echo 'no unit of systemd: it needs a reporter with inih and libsystemd (make reporter)')

# uninstall keeps folders that other packages use, and folders of osft that have other files.
.PHONY: uninstall
uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,$(INSTALLED) $(REPORTER_INSTALLED)) $(addprefix $(DESTDIR)$(LIBDIR)/,$(INSTALLED_LIB))
	@rmdir $(addprefix $(DESTDIR)$(PREFIX)/,include/osft $(REPORTER_DOC) share/doc/osft $(SOURCE_PORTS:%=share/osft/%) share/osft) \
	    $(DESTDIR)$(LIBDIR)/cmake/osft 2>/dev/null || true

clean:
	rm -rf $(BUILD)
