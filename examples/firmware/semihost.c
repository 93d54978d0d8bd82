/* SPDX-License-Identifier: Apache-2.0 */
#include "semihost.h"

#include <string.h>

#define SYS_OPEN          0x01u
#define SYS_CLOSE         0x02u
#define SYS_READ          0x06u
#define SYS_GET_CMDLINE   0x15u
#define SYS_EXIT_EXTENDED 0x20u
#define APPLICATION_EXIT  0x20026u
#define OPEN_RB           1u

static uint32_t call_host(uint32_t operation, const void *block)
{
#ifdef __riscv
    register uint32_t a0 __asm__("a0") = operation;
    register const void *a1 __asm__("a1") = block;
    /* A semihosting call consists of these three instructions, of four bytes each, in one page. */
    __asm__ volatile(".option push\n.option norvc\n.balign 16\n"
                     "slli zero, zero, 0x1f\nebreak\nsrai zero, zero, 7\n.option pop"
                     : "+r"(a0)
                     : "r"(a1)
                     : "memory");
    return a0;
#else
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
#endif
}

static uint32_t address(const void *p)
{
    return (uint32_t)(uintptr_t)p;
}

__attribute__((noreturn)) void semihost_exit(int status)
{
    const uint32_t block[] = { APPLICATION_EXIT, (uint32_t)status };
    for (;;) {
        (void)call_host(SYS_EXIT_EXTENDED, block);
    }
}

int semihost_args(char *text, size_t room)
{
    uint32_t block[] = { address(text), (uint32_t)room };
    return call_host(SYS_GET_CMDLINE, block) == 0 ? 0 : -1;
}

int semihost_read(const char *path, void *buffer, size_t len)
{
    const uint32_t name[] = { address(path), OPEN_RB, (uint32_t)strlen(path) };
    uint32_t file = call_host(SYS_OPEN, name);
    const uint32_t block[] = { file, address(buffer), (uint32_t)len };
    uint32_t missing;

    if (file == UINT32_MAX) {
        return -1;
    }
    missing = call_host(SYS_READ, block); /* bytes that were not read */
    (void)call_host(SYS_CLOSE, &file);
    return missing == 0 ? 0 : -1;
}
