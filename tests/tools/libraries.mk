# SPDX-License-Identifier: Apache-2.0
# Libraries for a compiler that cannot link the system's, out of source trees that stay as they are:
#   make -f tests/tools/libraries.mk OUT=DIR CC=... MBEDTLS_DIR=DIR [CMOCKA_DIR=DIR] [INIH_DIR=DIR] [CFLAGS=...]
#       [CPPFLAGS=...]
# OUT/libmbedtls.a, libmbedx509.a, libmbedcrypto.a and include/jsmn.h; with CMOCKA_DIR also libcmocka.a and
# include/cmocka.h; with INIH_DIR also libinih.a, include/ini.h and inih.pc for pkg-config. Headers are copied, because
# such a compiler must not see what else lies beside them.

CFLAGS ?= -O2 -g
AR ?= ar
JSMN_DIR ?= /usr/include

FROM := $(MBEDTLS_DIR)/library
TLS := $(wildcard $(FROM)/ssl_*.c $(FROM)/mps_*.c) $(FROM)/debug.c
X509 := $(wildcard $(FROM)/x509*.c) $(FROM)/pkcs7.c
CRYPTO := $(filter-out $(TLS) $(X509) $(FROM)/net_sockets.c,$(wildcard $(FROM)/*.c))
objects = $(patsubst $(FROM)/%.c,$(OUT)/obj/%.o,$(1))

all: $(OUT)/include/jsmn.h $(OUT)/libmbedtls.a $(OUT)/libmbedx509.a $(OUT)/libmbedcrypto.a \
    $(if $(CMOCKA_DIR),$(OUT)/libcmocka.a $(OUT)/include/cmocka.h) \
    $(if $(INIH_DIR),$(OUT)/libinih.a $(OUT)/include/ini.h $(OUT)/inih.pc)

$(OUT)/libmbedtls.a: $(call objects,$(TLS))
$(OUT)/libmbedx509.a: $(call objects,$(X509))
$(OUT)/libmbedcrypto.a: $(call objects,$(CRYPTO))
$(OUT)/libcmocka.a: $(OUT)/obj/cmocka/cmocka.o
$(OUT)/libinih.a: $(OUT)/obj/inih/ini.o
$(OUT)/%.a:
	@rm -f $@
	$(AR) rcs $@ $^

# The command by which objects are compiled, as in the project's Makefile.
FLAGS := $(OUT)/obj/flags
COMPILE = $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP
COMPILED := '$(subst ','\'',$(COMPILE))'
$(FLAGS): force
	@mkdir -p $(@D)
	@printf '%s\n' $(COMPILED) | cmp -s - $@ || printf '%s\n' $(COMPILED) >$@

$(OUT)/obj/%.o: $(FROM)/%.c $(FLAGS)
	$(COMPILE) -I$(MBEDTLS_DIR)/include -I$(FROM) -c -o $@ $<
# Every system that tests are compiled for has these headers.
$(OUT)/obj/cmocka/%.o: $(CMOCKA_DIR)/src/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(COMPILE) -DHAVE_INTTYPES_H -DHAVE_SIGNAL_H -DHAVE_STRINGS_H -DHAVE_STRSIGNAL -DHAVE_SIGLONGJMP \
	    -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_REALTIME -DHAVE_GCC_THREAD_LOCAL_STORAGE \
	    -I$(CMOCKA_DIR)/include -c -o $@ $<
$(OUT)/obj/inih/%.o: $(INIH_DIR)/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<
$(OUT)/inih.pc:
	@mkdir -p $(@D)
	@printf '%s\n' 'Name: inih' 'Description: reads INI files' 'Version: 0' 'Libs: -linih' >$@

$(OUT)/include/jsmn.h: $(JSMN_DIR)/jsmn.h
$(OUT)/include/cmocka.h: $(CMOCKA_DIR)/include/cmocka.h
$(OUT)/include/ini.h: $(INIH_DIR)/ini.h
$(OUT)/include/%.h:
	@mkdir -p $(@D)
	cp $< $@

.PHONY: all force
.SECONDARY:
-include $(wildcard $(OUT)/obj/*.d $(OUT)/obj/cmocka/*.d $(OUT)/obj/inih/*.d)
