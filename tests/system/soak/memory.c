/* SPDX-License-Identifier: Apache-2.0 */
/* Measures the memory of the program. The linker redirects calls of the heap's functions in our
 * objects to this file (--wrap). Calls within the C library and mbedTLS are not counted, but their
 * memory is. */
#include "soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

long soak_heap_calls;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

void *__wrap_malloc(size_t size)
{
    soak_heap_calls++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    soak_heap_calls++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    soak_heap_calls++;
    return __real_realloc(p, size);
}

/* Return the bytes of the heap that are in use; -1 with a sanitizer, which has a heap of its own
 * and finds leaks itself. */
static long heap_bytes(void)
{
#if defined(__GLIBC__) && !defined(HAS_ASAN)
#if __GLIBC_PREREQ(2, 33)
    return (long)mallinfo2().uordblks;
#endif
#endif
    return -1;
}

/* Return the resident bytes without pages mapped from files, of which more become resident the
 * longer a program runs. */
static long resident_bytes(void)
{
    long all, shared, pages = -1;
#if !defined(HAS_ASAN)
    FILE *f = fopen("/proc/self/statm", "r");

    if (f) {
        if (fscanf(f, "%ld %ld %ld", &all, &pages, &shared) != 3)
            pages = -1;
        else
            pages -= shared;
        fclose(f);
    }
#else
    (void)all;
    (void)shared;
#endif
    return pages < 0 ? -1 : pages * sysconf(_SC_PAGESIZE);
}

struct soak_memory soak_memory(void)
{
    struct soak_memory m;

    m.our_calls = soak_heap_calls;
    m.resident = resident_bytes();
    m.heap = heap_bytes();
    return m;
}
