/* SPDX-License-Identifier: Apache-2.0 */
/* usage: test_soak [POLLS [SEED]]
 * Makes POLLS polls over plain HTTP, and a tenth of that over TLS. Prints a table and TAP, and at
 * the end `N passed, N failed`. */
#include "soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POLLS     300    /* polls without an argument */
#define POLLS_MAX 200000 /* the endpoint can make no more generations */
#define ROOM      16384  /* bytes by which memory may grow: a page or two of stack */
#define TICKET    256    /* bytes by which two stored TLS sessions may differ in size */

static struct soak soaks[2];
static unsigned long passed, failed;

static void result(int good, const char *what, int secure)
{
    printf("%sok %lu - %s, %s\n", good ? "" : "not ", passed + failed + 1, what,
           secure ? "TLS" : "plain HTTP");
    if (good)
        passed++;
    else
        failed++;
}

static void print_count(const char *what, size_t n)
{
    printf("# %-30s %7lu\n", what, (unsigned long)n);
}

static void print_memory(const char *what, long warm, long end)
{
    if (warm < 0 || end < 0)
        printf("# %-30s not measured\n", what);
    else
        printf("# %-30s %7ld %+ld\n", what, end, end - warm);
}

static void print_errors(const struct soak *s)
{
    size_t i;

    for (i = 0; i < sizeof(s->by_error) / sizeof(s->by_error[0]); i++)
        if (s->by_error[i])
            printf("#   %-26lu %s\n", (unsigned long)s->by_error[i], osft_strerror(-(int)i));
}

static size_t print_table(const struct soak *s, const struct soak_verdict *v, int secure)
{
    size_t met, requests;

    printf("# %s\n", secure ? "over TLS" : "over plain HTTP");
    print_count("polls that went well", s->well);
    print_count("polls that failed, by error", s->failed);
    print_errors(s);
    print_count("restarts", s->restarts);
    printf("# requests by fault\n");
    met = soak_faults(s, &requests);
    print_count("requests, in all", requests);
    print_count("runs that started", v->started);
    print_count("        succeeded", v->succeeded);
    print_count("        failed", v->failed);
    print_count("        vanished", v->vanished);
    print_count("        unseen by any poll", v->unseen);
    print_count("events reported", s->reports);
    print_count("        of progress", s->progressed);
    print_count("events lost", v->lost);
    print_count("        reported twice", v->twice);
    print_count("        not true", v->untrue + s->wrong);
    print_count("heap calls by core and port", (size_t)s->end.our_calls);
    print_memory("heap in use, bytes", s->warm.heap, s->end.heap);
    print_memory("memory in use, bytes", s->warm.resident, s->end.resident);
    return met;
}

static void judge(const struct soak *s, size_t polls, int secure, int status)
{
    struct soak_verdict v;
    size_t met;

    soak_compare(s, &v);
    met = print_table(s, &v, secure);
    result(s->well + s->failed >= polls && s->failed * 4 < polls, "polls are made", secure);
    result(v.lost == 0, "no event is lost", secure);
    result(v.twice == 0, "no event is reported twice", secure);
    result(v.untrue + s->wrong == 0, "nothing is reported that is not so", secure);
    result(s->watch.dropped == 0, "the table is large enough", secure);
    result(s->refused_blobs == s->restarts, "a damaged state is refused", secure);
#ifndef TLS_IS_LINKED_IN /* calls by a TLS library that is linked in would be counted as well */
    result(s->end.our_calls == 0, "core and port call no heap", secure);
#endif
    if (s->warm.heap >= 0)
        result(s->end.heap <= s->warm.heap + (secure ? TICKET : 0), "the heap does not grow",
               secure);
    if (s->warm.resident >= 0)
        result(s->end.resident - s->warm.resident <= ROOM, "memory does not grow", secure);
    /* Polls that met few faults or few events would prove nothing. */
    result(met * 10 > polls && v.succeeded && v.vanished && (s->restarts || polls < 200),
           "enough has happened", secure);
    result(status == 0, "the endpoint ends well", secure);
}

/* Write to memory, so that it is resident from the beginning. */
static void make_resident(void *mem, size_t size)
{
    volatile char *p = mem;
    size_t i;

    for (i = 0; i < size; i += 1024)
        p[i] = 0;
}

static int run_soak(size_t polls, int secure, unsigned seed)
{
    struct soak *s = &soaks[secure];
    int status, err;

    s->seen = calloc(GEN_MAX, sizeof(*s->seen));
    s->polls = calloc(polls + 10000, sizeof(*s->polls));
    if (!s->seen || !s->polls)
        return -1;
    make_resident(s->seen, GEN_MAX * sizeof(*s->seen));
    make_resident(s->polls, (polls + 10000) * sizeof(*s->polls));
    err = soak_run(s, polls, secure, seed);
    live_client_free(&s->client);
    status = live_stop(&s->endpoint); /* completes the endpoint's record */
    if (err || soak_truth(s) || s->well == 0)
        result(0, "there is something to compare", secure);
    else
        judge(s, polls, secure, status);
    free(s->seen);
    free(s->polls);
    return 0;
}

/* Start the program again without the C library's cache of freed blocks, which counts them as in
 * use, so that the sum is exact. */
static void restart_without_cache(char **argv)
{
    if (!getenv("GLIBC_TUNABLES") &&
        !setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0", 1))
        execvp(argv[0], argv); /* argv[0], as not every root file system has /proc/self/exe */
}

int main(int argc, char **argv)
{
    unsigned long polls = argc > 1 ? strtoul(argv[1], NULL, 10) : POLLS;
    unsigned seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;

    restart_without_cache(argv);
    if (polls < 10 || polls > POLLS_MAX) {
        fprintf(stderr, "test_soak: 10 to %d polls\n", POLLS_MAX);
        return 2;
    }
    if (run_soak(polls, 0, seed) || run_soak(polls / 10 < 100 ? 100 : polls / 10, 1, seed)) {
        fprintf(stderr, "test_soak: out of memory\n");
        return 1;
    }
    printf("1..%lu\n%lu passed, %lu failed\n", passed + failed, passed, failed);
    return failed != 0;
}
