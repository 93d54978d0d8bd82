# SPDX-License-Identifier: Apache-2.0
# The firmware: make -f examples/firmware/firmware.mk BUILD=build MBEDTLS_DIR=DIR LWIP_DIR=DIR
# (`make firmware` fetches both source trees first). It makes OUT/NAME.elf and OUT/NAME.map for each image NAME.
# Variables: CROSS, CROSS_RV32, LIBC (nano or picolibc), FIRMWARE_UTC, JSMN_DIR, MORE (compiler flags), MORE_LINK
# (linker flags).

BUILD ?= build
OUT ?= $(BUILD)/firmware
MBEDTLS_DIR ?= $(BUILD)/mbedtls3
LWIP_DIR ?= $(BUILD)/lwip
JSMN_DIR ?= /usr/include
CROSS ?= arm-none-eabi-
CROSS_RV32 ?= riscv64-unknown-elf-
LIBC ?= picolibc
FIRMWARE_UTC ?= $(shell date +%s)

IMAGES := lm3s6965evb mps2-an385 lm3s6965evb-lean virt
FW := examples/firmware

SPECS_nano := --specs=nano.specs
SPECS_picolibc := --specs=picolibc.specs
# For each processor: the compiler's prefix, its flags, and the files that are for that processor alone.
TOOL_M3 := $(CROSS)
CPU_M3 := -mcpu=cortex-m3 -mthumb $(SPECS_$(LIBC))
FILES_M3 := cortex_m.c mem.c
TOOL_RV32 := $(CROSS_RV32)
CPU_RV32 := -march=rv32imac -mabi=ilp32 -msmall-data-limit=0 --specs=picolibc.specs
FILES_RV32 :=
# Without these optimisations the code of -Os is smaller (`make size-options` measures all of them together).
SMALLER := -fno-move-loop-invariants -fno-tree-loop-optimize -fno-tree-loop-im -fno-if-conversion -fno-schedule-insns2 \
    -fno-thread-jumps -fno-tree-tail-merge -fno-ssa-phiopt -fno-optimize-sibling-calls -fno-tree-dominator-opts \
    -fno-caller-saves
OPTIMISE := -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-common \
    $(SMALLER)
WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wcast-qual -Wvla -Werror
DEFS := -DMBEDTLS_CONFIG_FILE='"osft_mbedtls_config.h"' $(MORE)
INC := -Icore -Iport/mbedtls -Iport/lwip -I$(FW) -I$(FW)/lwip -isystem $(OUT)/jsmn \
    -isystem $(MBEDTLS_DIR)/include -isystem $(MBEDTLS_DIR)/3rdparty/p256-m/p256-m -isystem $(LWIP_DIR)/src/include
LEAN := -DOSFT_MBEDTLS_LEAN -DFIRMWARE_LEAN -DDEVICE_WORK=1536

# Bytes of RAM for the stack and for mbedTLS, and of flash for the sector of the device. The first number is that of
# the lean image, the second that of a full one.
STACK ?= $(if $(1),2304,2560)
ARENA ?= $(if $(1),21504,28416)
SECTOR ?= $(if $(1),1024,2048)

# A handshake spends most of its time in p256-m, which is therefore compiled for speed. It uses the processor's long
# multiplication instead of four short ones. On a Cortex-M3 that is not constant-time, and neither is mbedTLS's own
# arithmetic; the secrets of a handshake are used only once.
FAST_p256-m := $(patsubst -fno-%,-f%,$(filter -fno-%,$(SMALLER))) \
    -DMBEDTLS_PSA_P256M_DRIVER_ENABLED -DMUL64_IS_CONSTANT_TIME -U__ARM_ARCH_PROFILE

# Headers that are included before these files of mbedTLS. Each header says why.
FIRST_ssl_tls := -include osft_mbedtls_pss_internal.h
FIRST_ssl_tls12_client := $(FIRST_ssl_tls)
FIRST_bignum := -include osft_mbedtls_weak_internal.h
FIRST_bignum_core := $(FIRST_bignum)
FIRST_rsa := $(FIRST_bignum)

CORE := $(filter-out core/strerror.c core/parse.c core/metrics.c,$(wildcard core/*.c))
PORT := $(filter-out %_files.c %_sockets.c,$(wildcard port/mbedtls/*.c port/lwip/*.c))
APP := $(filter-out $(FILES_M3:%=$(FW)/%),$(filter-out $(FW)/board_% $(FW)/nic_%,$(wildcard $(FW)/*.c))) $(FW)/board_emulator.c
MBEDTLS := $(addprefix mbedtls/library/,aes.c asn1parse.c asn1write.c bignum.c bignum_core.c cipher.c \
    cipher_wrap.c constant_time.c ctr_drbg.c ecdh.c ecdsa.c ecp.c ecp_curves.c gcm.c md.c oid.c pk.c pk_ecc.c \
    pk_wrap.c pkparse.c platform_util.c rsa.c rsa_alt_helpers.c sha256.c sha512.c ssl_ciphersuites.c \
    ssl_client.c ssl_msg.c ssl_tls.c ssl_tls12_client.c x509.c x509_crt.c) mbedtls/3rdparty/p256-m/p256-m/p256-m.c
LWIP := $(addprefix lwip/src/,core/def.c core/dns.c core/inet_chksum.c core/init.c core/ip.c core/mem.c \
    core/memp.c core/netif.c core/pbuf.c core/tcp.c core/tcp_in.c core/tcp_out.c core/timeouts.c core/udp.c \
    apps/sntp/sntp.c core/ipv4/dhcp.c core/ipv4/etharp.c core/ipv4/icmp.c core/ipv4/ip4.c core/ipv4/ip4_addr.c \
    netif/ethernet.c)

# TCP/IP and most of mbedTLS are compiled again as one unit when they are linked, which makes them smaller. These files
# stay out of the unit: files that define a function that is replaced below, as callers in the unit would keep the
# original; files that hide secrets from the compiler; and files that are compiled for speed. tests/size/image.sh reads
# the objects, which is possible with -ffat-lto-objects.
LTO := $(LWIP) $(filter port/lwip/%,$(PORT)) $(filter-out %/ecdsa.c %/ecp.c %/pk.c %/rsa.c %/rsa_alt_helpers.c \
    %/constant_time.c %/platform_util.c %/p256-m.c,$(MBEDTLS))

# mbedTLS's tables name these functions, which sign and decrypt. A client without a key never calls them.
NEVER := mbedtls_rsa_pkcs1_sign mbedtls_rsa_pkcs1_decrypt mbedtls_rsa_pkcs1_encrypt \
    mbedtls_rsa_check_pub_priv mbedtls_rsa_deduce_primes mbedtls_rsa_deduce_private_exponent \
    mbedtls_rsa_deduce_crt mbedtls_rsa_validate_params mbedtls_rsa_validate_crt \
    mbedtls_ecdsa_write_signature mbedtls_ecp_check_pub_priv mbedtls_pk_sign_restartable
instead = $(foreach f,$(1),-Wl,--wrap=$(f) -Wl,--defsym=__wrap_$(f)=$(2))
P256 := $(call instead,mbedtls_ecp_check_pubkey,osft_mbedtls_p256_check) \
    $(call instead,mbedtls_ecp_point_read_binary,osft_mbedtls_p256_read) \
    $(call instead,mbedtls_ecp_tls_read_point,osft_mbedtls_p256_read_tls)

.PHONY: all
all: $(IMAGES:%=$(OUT)/%.elf)

# image NAME,BOARD,DRIVER,FLAGS,PROCESSOR makes the rules of an image. Each image has a folder of objects, as the flags differ.
lto = $$(if $$(filter $(LTO),$(1)$$*.c),-flto -ffat-lto-objects)
define image
$(1)_OBJ := $$(patsubst %.c,$(OUT)/$(1).o/%.o,$(CORE) $(PORT) $(APP) \
    $(addprefix $(FW)/,board_$(2).c nic_$(3).c $(FILES_$(5))) \
    $(MBEDTLS) $(LWIP))
$(OUT)/$(1).o/mbedtls/%.o: $(MBEDTLS_DIR)/%.c $(OUT)/jsmn/jsmn.h $(FW)/firmware.mk
	@mkdir -p $$(@D)
	$(TOOL_$(5))gcc -std=c99 $(CPU_$(5)) $(OPTIMISE) $(call lto,mbedtls/) $(DEFS) $(4) $(INC) -I$(MBEDTLS_DIR)/library $$(FAST_$$(notdir $$*)) $$(FIRST_$$(notdir $$*)) -MD -MP -c -o $$@ $$<
$(OUT)/$(1).o/lwip/%.o: $(LWIP_DIR)/%.c $(OUT)/jsmn/jsmn.h $(FW)/firmware.mk
	@mkdir -p $$(@D)
	$(TOOL_$(5))gcc -std=c99 $(CPU_$(5)) $(OPTIMISE) $(call lto,lwip/) $(DEFS) $(4) $(INC) -MD -MP -c -o $$@ $$<
$(OUT)/$(1).o/%.o: %.c $(OUT)/jsmn/jsmn.h $(FW)/firmware.mk
	@mkdir -p $$(@D)
	$(TOOL_$(5))gcc -std=c99 $(CPU_$(5)) $(OPTIMISE) $(WARN) $(call lto) $(DEFS) $(4) $(INC) $$(if $$(findstring device,$$*),-DFIRMWARE_UTC=$(FIRMWARE_UTC)) -MD -MP -c -o $$@ $$<
$(OUT)/$(1).elf: $$($(1)_OBJ) $(FW)/$(2).ld $(FW)/sections.ld
	$(TOOL_$(5))gcc $(CPU_$(5)) $(OPTIMISE) -flto-partition=one -nostartfiles -T $(FW)/$(2).ld -L $(FW) -Wl,--gc-sections \
	    -Wl,--defsym=STACK_SIZE=$(call STACK,$(4)) \
	    -Wl,--defsym=ARENA_SIZE=$(call ARENA,$(4)) -Wl,--defsym=SECTOR_SIZE=$(call SECTOR,$(4)) -Wl,-Map=$(OUT)/$(1).map \
	    $(call instead,$(NEVER),osft_mbedtls_never) $(P256) $(MORE_LINK) -Wl,--no-warn-rwx-segments -Wl,--fatal-warnings -o $$@ $$($(1)_OBJ)
	sh tests/device/firmware/heapless.sh $(TOOL_$(5))nm $$@
-include $$($(1)_OBJ:.o=.d)
endef
$(eval $(call image,lm3s6965evb,lm3s6965evb,stellaris,,M3))
$(eval $(call image,mps2-an385,mps2-an385,lan9118,,M3))
$(eval $(call image,lm3s6965evb-lean,lm3s6965evb,stellaris,$(LEAN),M3))
$(eval $(call image,virt,virt,virtio,,RV32))

# Copy jsmn.h alone, as a cross compiler must not see the other headers of the host.
$(OUT)/jsmn/jsmn.h: $(JSMN_DIR)/jsmn.h
	@mkdir -p $(@D)
	cp $< $@
