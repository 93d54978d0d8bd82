/* SPDX-License-Identifier: Apache-2.0 */
/* A unit test on a board without an OS: it prints TAP, ends when there is not enough memory, and
 * reports how much of the stack it used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define PAINT         0x5AC35AC3u
#define OUT_OF_MEMORY 90 /* the exit status when the board has too little RAM for the program */

/* The heap ends where the room of the stack begins. cmocka has buffers of a kilobyte on the stack
 * and writes little of them, so more than one word is checked. */
extern uint32_t __heap_start[], __heap_end[], __stack[];
#define GUARD_WORDS 128

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

/* Whether the stack has written to its lowest words, so that it may have grown into the heap. */
static int is_stack_full(void)
{
    size_t i;

    for (i = 0; i < GUARD_WORDS && __heap_end[i] == PAINT; i++) {
    }
    return i < GUARD_WORDS;
}

/* End the program when it did not get the memory that it asked for, or the stack is full. */
static void *check_memory(void *memory)
{
    if (memory == NULL || is_stack_full()) {
        _exit(OUT_OF_MEMORY);
    }
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return check_memory(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return check_memory(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    return check_memory(__real_realloc(old, size));
}

__attribute__((constructor)) static void begin(void)
{
    const uint32_t *here = __builtin_frame_address(0);

    if ((uintptr_t)__heap_start > (uintptr_t)__heap_end) {
        _exit(OUT_OF_MEMORY);
    }
    for (uint32_t *word = __heap_end; word < here - 32; word++) {
        *word = PAINT;
    }
    cmocka_set_message_output(CM_OUTPUT_TAP);
}

__attribute__((destructor)) static void end(void)
{
    const uint32_t *word = __heap_end;

    if (is_stack_full()) {
        _exit(OUT_OF_MEMORY);
    }
    while (*word == PAINT) {
        word++;
    }
    printf("# stack: %lu bytes\n", (unsigned long)(__stack - word) * sizeof(*word));
}
