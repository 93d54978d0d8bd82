# SPDX-License-Identifier: Apache-2.0
# make            build/libosft.a, build/osft, build/osft-endpoint
# make demo       the two-minute tour, on a bare Debian or Ubuntu; make test: the proof
# make help       all targets
#
# Variables: CC, CFLAGS, BUILD (output folder), MBEDTLS_DIR (an mbedTLS source tree, built; else the
# system's), JSMN_DIR (a folder with jsmn.h; else the system's), SANITIZE=1 (ASan and UBSan).

BUILD ?= build
CFLAGS ?= -O2 -g
AR ?= ar

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual -Werror
INC := -Icore -Iport/posix -Iport/mbedtls -Iport/null $(if $(JSMN_DIR),-isystem $(JSMN_DIR))
POSIX := -D_POSIX_C_SOURCE=200809L
TLS_INC := $(if $(MBEDTLS_DIR),-isystem $(MBEDTLS_DIR)/include)
TLS_LIB := $(if $(MBEDTLS_DIR),-L$(MBEDTLS_DIR)/library) -lmbedtls -lmbedx509 -lmbedcrypto
SAN := $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
comma := ,
COMPILE = $(CC) -std=c99 $(WARN) $(INC) $(TLS_INC) $(CPPFLAGS) $(CFLAGS) $(SAN) -MMD -MP

CORE := $(wildcard core/*.c)
PORT := $(wildcard port/posix/*.c port/mbedtls/*.c port/null/*.c)
CMD := $(wildcard examples/osft/*.c)
ENDPOINT := $(wildcard tests/endpoint/*.c) $(wildcard tests/pki/*.c)
UNIT := $(wildcard tests/unit/test_*.c)

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB := $(BUILD)/libosft.a
ALL := $(LIB) $(BUILD)/osft $(BUILD)/osft-endpoint
TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT))

.PHONY: all tests
all: $(ALL)
tests: $(TESTS)

# The core is freestanding: it must not see POSIX, so only the rest gets its feature macros.
$(BUILD)/obj/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) $(POSIX) -Itests/pki -Itests/unit -c -o $@ $<

$(LIB): $(call obj,$(CORE) $(PORT))
	@rm -f $@
	$(AR) rcs $@ $^
$(BUILD)/osft: $(call obj,$(CMD)) $(LIB)
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $^ $(TLS_LIB)
$(BUILD)/osft-endpoint: $(call obj,$(ENDPOINT)) $(LIB)
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $^ $(TLS_LIB)
$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(wildcard tests/unit/support_*.c) $(wildcard tests/pki/*.c)) $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $^ $(TLS_LIB) -lcmocka -lpthread

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
