# SPDX-License-Identifier: Apache-2.0
# The program for FreeRTOS: make -f examples/freertos/freertos.mk BUILD=build MBEDTLS_DIR=DIR LWIP_DIR=DIR
# FREERTOS_DIR=DIR freertos     (`make freertos` fetches the three source trees first)
# It makes RTOS_OUT/mps2-an385.elf. Lists of sources, flags and variables are those of firmware.mk; FREERTOS_DIR and
# RTOS_OUT are variables of this file.

include examples/firmware/firmware.mk
RTOS_OUT ?= $(BUILD)/freertos
FREERTOS_DIR ?= $(BUILD)/freertos-kernel
RTOS := examples/freertos
ELF := $(RTOS_OUT)/mps2-an385.elf

RTOS_INC := -I$(RTOS) -I$(RTOS)/lwip -Iport/freertos -isystem $(FREERTOS_DIR)/include \
    -isystem $(FREERTOS_DIR)/portable/GCC/ARM_CM3 -isystem $(LWIP_DIR)/contrib/ports/freertos/include $(INC)
RTOS_DEFS := $(DEFS) -DMBEDTLS_USER_CONFIG_FILE='"osft_freertos_mbedtls.h"' -DFIRMWARE_UTC=$(FIRMWARE_UTC)

RTOS_OWN := $(CORE) $(filter-out %_files.c,$(wildcard port/mbedtls/*.c)) $(wildcard port/lwip/*.c port/freertos/*.c) \
    $(wildcard $(RTOS)/*.c) $(addprefix $(FW)/,account.c board_emulator.c board_mps2-an385.c ethernet.c led.c log.c \
    nic.c nic_lan9118.c semihost.c settings.c start.c $(FILES_M3))
RTOS_LWIP := $(filter-out %/sntp.c,$(LWIP)) $(addprefix lwip/,src/api/api_lib.c src/api/api_msg.c src/api/err.c \
    src/api/netbuf.c src/api/sockets.c src/api/tcpip.c contrib/ports/freertos/sys_arch.c)
KERNEL := $(addprefix kernel/,list.c queue.c tasks.c portable/GCC/ARM_CM3/port.c portable/MemMang/heap_4.c)
RTOS_OBJ := $(patsubst %.c,$(RTOS_OUT)/o/%.o,$(RTOS_OWN) $(MBEDTLS) $(RTOS_LWIP) $(KERNEL))

# Linker options that replace functions of mbedTLS. `link-options` prints them for the link of a product.
REPLACE := $(call instead,$(NEVER),osft_mbedtls_never) $(P256)

.PHONY: freertos link-options mbedtls-files
freertos: $(ELF)
link-options:
	@printf '%s\n' $(REPLACE)
# The files that a product takes from mbedTLS's source tree.
mbedtls-files:
	@printf '%s\n' $(MBEDTLS:mbedtls/%=%)

RTOS_COMPILE = @mkdir -p $(@D); $(TOOL_M3)gcc -std=gnu99 $(CPU_M3) $(OPTIMISE) $(RTOS_DEFS) $(RTOS_INC) -MD -MP -c -o $@ $<
RTOS_MAKEFILES := $(RTOS)/freertos.mk $(FW)/firmware.mk
$(RTOS_OUT)/o/mbedtls/%.o: $(MBEDTLS_DIR)/%.c $(OUT)/jsmn/jsmn.h $(RTOS_MAKEFILES)
	$(RTOS_COMPILE) -I$(MBEDTLS_DIR)/library $(FAST_$(notdir $*)) $(FIRST_$(notdir $*))
$(RTOS_OUT)/o/lwip/%.o: $(LWIP_DIR)/%.c $(OUT)/jsmn/jsmn.h $(RTOS_MAKEFILES)
	$(RTOS_COMPILE)
$(RTOS_OUT)/o/kernel/%.o: $(FREERTOS_DIR)/%.c $(OUT)/jsmn/jsmn.h $(RTOS_MAKEFILES)
	$(RTOS_COMPILE)
$(RTOS_OUT)/o/%.o: %.c $(OUT)/jsmn/jsmn.h $(RTOS_MAKEFILES)
	$(RTOS_COMPILE) -std=c99 $(WARN)

# The stack is that of main() and of interrupts; tasks have theirs in FreeRTOS's heap. The arena is for two
# connections at a time.
$(ELF): $(RTOS_OBJ) $(RTOS)/mps2-an385.ld $(FW)/sections.ld
	$(TOOL_M3)gcc $(CPU_M3) $(OPTIMISE) -nostartfiles -T $(RTOS)/mps2-an385.ld -L $(FW) -Wl,--gc-sections \
	    -Wl,--defsym=STACK_SIZE=2048 -Wl,--defsym=ARENA_SIZE=65536 -Wl,--defsym=SECTOR_SIZE=2048 \
	    -Wl,-Map=$(RTOS_OUT)/mps2-an385.map $(REPLACE) \
	    -Wl,--no-warn-rwx-segments -Wl,--fatal-warnings -o $@ $(RTOS_OBJ)
	sh tests/device/firmware/heapless.sh $(TOOL_M3)nm $@
-include $(RTOS_OBJ:.o=.d)
