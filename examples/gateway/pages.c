/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dl_iterate_phdr() and MAP_ANONYMOUS are not in POSIX */
#endif
#include "pages.h"
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

/* With AddressSanitizer, memory comes from the heap, so that AddressSanitizer finds overruns and
 * leaks. */
#ifdef HAS_ASAN
void *map_zeroed(size_t size)
{
    return calloc(1, size);
}

void unmap_zeroed(void *memory, size_t size)
{
    (void)size;
    free(memory);
}

void clear_mapped(void *part, size_t size)
{
    memset(part, 0, size);
}
#else
void *map_zeroed(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

void unmap_zeroed(void *memory, size_t size)
{
    if (memory != NULL) {
        (void)munmap(memory, size);
    }
}

void clear_mapped(void *part, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)part;
    uintptr_t first = (start + page - 1) & ~(page - 1), last = (start + size) & ~(page - 1);

    if (first >= last || madvise((void *)first, last - first, MADV_DONTNEED) != 0) {
        memset(part, 0, size);
        return;
    }
    memset(part, 0, first - start);
    memset((void *)last, 0, start + size - last);
}
#endif

/* Drop the pages of an object's read-only segments. Such pages hold only what the file holds, so
 * the system can map them again. A failure does no harm, as the pages then stay resident. */
static int release_object(struct dl_phdr_info *object, size_t size, void *ctx)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    size_t i;

    (void)size;
    (void)ctx;
    for (i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
        uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;

        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) == 0) {
            (void)madvise((void *)start, end - start, MADV_DONTNEED);
        }
    }
    return 0;
}

void release_file_pages(void)
{
    (void)dl_iterate_phdr(release_object, NULL);
}

/* The dynamic linker calls this function when it has relocated all libraries, and before it lets
 * them start. Pages that only relocation reads are released here, so they are not resident together
 * with pages that only start-up reads. C libraries without .preinit_array do not call it.
 * AddressSanitizer must start first. */
#if defined(__GLIBC__) && defined(__PIC__) && !defined(HAS_ASAN)
typedef void start_function(void);
static start_function *const before_libraries __attribute__((used, section(".preinit_array"))) =
    release_file_pages;
#endif
