/* SPDX-License-Identifier: Apache-2.0 */
/* The arena that mbedTLS's memory comes from, against a model that remembers every block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "osft_tls_arena.h"

enum { BLOCKS = 64, ARENA = 16384 };

static uint64_t memory[ARENA / 8 + 2];
static struct block {
    uint8_t *at;
    size_t len;
    uint8_t mark;
} blocks[BLOCKS];

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void all_are(const uint8_t *at, size_t len, uint8_t value)
{
    for (size_t i = 0; i < len; i++)
        assert_int_equal(at[i], value);
}

/* Take, mark and give back, seed by seed. Returns how often there was no room. */
static unsigned play(uint32_t seed, size_t size, unsigned turns)
{
    uint8_t *mem = (uint8_t *)memory;

    memset(memory, 0xEE, sizeof(memory));
    memset(blocks, 0, sizeof(blocks));
    osft_tls_arena_init(memory, size);
    for (unsigned i = 0; i < turns; i++) {
        struct block *b = &blocks[next(&seed) % BLOCKS];
        if (b->at != NULL) {
            all_are(b->at, b->len, b->mark);
            osft_tls_arena_free(b->at);
            b->at = NULL;
            continue;
        }
        b->len = next(&seed) % 5 == 0 ? next(&seed) % 2000 : next(&seed) % 60;
        b->at = osft_tls_arena_calloc(1, b->len);
        if (b->at == NULL)
            continue;
        assert_int_equal((uintptr_t)b->at % 8, 0);
        assert_true(b->at >= mem && b->at + b->len <= mem + size);
        all_are(b->at, b->len, 0);
        b->mark = (uint8_t)(i + 1);
        memset(b->at, b->mark, b->len);
    }
    all_are(mem + size, sizeof(memory) - size, 0xEE);
    return osft_tls_arena_refused();
}

static void blocks_are_zero_aligned_and_apart(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 200; seed++)
        play(seed, seed % 2 ? ARENA : 5000 + seed * 8, 2000);
}

static void what_is_given_back_can_be_had_again_whole(void **state)
{
    (void)state;
    play(7, ARENA, 3000);
    for (unsigned i = 0; i < BLOCKS; i++)
        osft_tls_arena_free(blocks[i].at);
    assert_int_equal(osft_tls_arena_used(), 0);
    assert_non_null(osft_tls_arena_calloc(1, ARENA - 16));
}

static void the_peak_is_the_least_that_the_same_run_needs(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 50; seed++) {
        assert_int_equal(play(seed, ARENA, 60), 0);
        size_t peak = (osft_tls_arena_peak() + 7) / 8 * 8;
        assert_int_equal(play(seed, peak, 60), 0);
        assert_int_equal(osft_tls_arena_peak(), peak - 4);
        assert_int_not_equal(play(seed, peak - 8, 60), 0);
    }
}

static void no_size_overflows(void **state)
{
    (void)state;
    osft_tls_arena_init(memory, ARENA);
    assert_null(osft_tls_arena_calloc(SIZE_MAX, 2));
    assert_null(osft_tls_arena_calloc(SIZE_MAX / 2 + 1, 2));
    assert_null(osft_tls_arena_calloc(1, SIZE_MAX));
    assert_null(osft_tls_arena_calloc(1, ARENA));
    assert_null(osft_tls_arena_calloc(1, ARENA - 7));
    assert_int_equal(osft_tls_arena_refused(), 5);
    assert_int_equal(osft_tls_arena_used(), 0);
}

static void nothing_comes_from_an_arena_without_room(void **state)
{
    (void)state;
    for (size_t size = 0; size < 16; size++) {
        osft_tls_arena_init(memory, size);
        assert_true((osft_tls_arena_calloc(1, 1) != NULL) == (size >= 12));
    }
    osft_tls_arena_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zero_aligned_and_apart),
        cmocka_unit_test(what_is_given_back_can_be_had_again_whole),
        cmocka_unit_test(the_peak_is_the_least_that_the_same_run_needs),
        cmocka_unit_test(no_size_overflows),
        cmocka_unit_test(nothing_comes_from_an_arena_without_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
