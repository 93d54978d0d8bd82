/* SPDX-License-Identifier: Apache-2.0 */
/* Any answer, again and again, through a link: an array and a stream come to the same, a stream through
 * a small buffer leaves out only what it reports, and no call outlasts its tries. */
#include "fuzz_peer.h"
#include "osft_link.h"
#include "osft_stream.h"

enum { TASKS = 16, PLENTY = 1 << 16, TRIES = 3 };

static uint32_t now_ms;

static uint32_t clock_ms(void *ctx)
{
    (void)ctx;
    return now_ms++;
}

static int sleep_ms(void *ctx, unsigned events, uint32_t ms)
{
    (void)ctx, (void)events;
    now_ms += ms;
    return 0;
}

/* Each connection begins the answer anew. */
static int open_again(void *ctx, const char *host, uint16_t tcp_port)
{
    ((struct peer *)ctx)->given = 0;
    return peer_open(ctx, host, tcp_port);
}

struct run {
    struct osft_link link;
    struct osft_page page;
    char *work;
    size_t room;
    int result;
};

static struct fuzz_hash hash;

static void list(struct run *run, struct peer *peer, int one, size_t room)
{
    const struct osft_port port = { peer,        open_again, peer_send, peer_recv,
                                    sleep_ms,    peer_close, peer_utc,  clock_ms,
                                    peer_random, NULL,       NULL };
    const struct osft_credentials credentials = { OSFT_LIT("id"), OSFT_LIT("secret"), { NULL, 0 } };
    struct osft_query query = {
        OSFT_LIT("a"), OSFT_LIT("f"), OSFT_LIT("i"), { NULL, 0 }, { NULL, 0 }, 0, 0, 0, 0, 0
    };
    struct osft_settings set = { .port = &port, .credentials = &credentials, .host = "h" };
    uint32_t began = now_ms;

    if (one) {
        query.generation.ptr = "1";
        query.generation.len = 1;
    }
    run->room = room;
    run->work = malloc(room);
    FUZZ_CHECK(run->work != NULL);
    set.sha256 = fuzz_hash_init(&hash);
    set.work = run->work;
    set.work_size = room;
    set.tries = TRIES;
    set.attempt_ms = 100000;
    osft_link_init(&run->link, &set);
    run->result = osft_link_list(&run->link, &query, 1000000, &run->page);
    FUZZ_CHECK(run->result <= 0 && run->result != OSFT_E_STATE);
    /* Once more for a clock or a token, at the most. */
    FUZZ_CHECK(run->link.attempts >= 1 && run->link.attempts <= TRIES + 1);
    FUZZ_CHECK((run->link.attempts == 1) == (run->link.last == 0));
    FUZZ_CHECK(now_ms - began < 1100000);
    FUZZ_CHECK(run->link.is_open == 0 || run->result > OSFT_E_IO);
    osft_link_close(&run->link);
}

/* What a stream delivered, each text copied. */
struct heap {
    struct osft_task tasks[TASKS];
    uint32_t index[TASKS];
    size_t count, too_large;
    const struct run *run;
};

static struct osft_span keep(struct osft_span s, const struct run *run)
{
    fuzz_span(s, run->work, run->room);
    if (s.ptr != NULL) {
        s.ptr = fuzz_copy(s.ptr, s.len);
    }
    return s;
}

static int on_task(void *ctx, const struct osft_task *task, uint32_t index, size_t need)
{
    struct heap *h = ctx;
    struct osft_task *to;

    if (task == NULL) {
        FUZZ_CHECK(need > h->run->room);
        h->too_large++;
        return 0;
    }
    if (h->count < TASKS) {
        to = &h->tasks[h->count];
        *to = *task;
        to->function = keep(task->function, h->run);
        to->status = keep(task->status, h->run);
        to->run_id = keep(task->run_id, h->run);
        to->generation = keep(task->generation, h->run);
        to->extend_info = keep(task->extend_info, h->run);
        h->index[h->count] = index;
    }
    h->count++;
    return 0;
}

static void stream(struct run *run, struct heap *h, struct peer *peer, int one, size_t room)
{
    struct osft_stream s;

    memset(h, 0, sizeof(*h));
    h->run = run;
    osft_stream_init(&s, &run->page, on_task, h);
    list(run, peer, one, room);
    FUZZ_CHECK(s.delivered == h->count && s.too_large == h->too_large && run->page.count == 0);
}

static void let_go(struct heap *h)
{
    size_t i;
    for (i = 0; i < h->count && i < TASKS; i++) {
        free((void *)(uintptr_t)h->tasks[i].function.ptr);
        free((void *)(uintptr_t)h->tasks[i].status.ptr);
        free((void *)(uintptr_t)h->tasks[i].run_id.ptr);
        free((void *)(uintptr_t)h->tasks[i].generation.ptr);
        free((void *)(uintptr_t)h->tasks[i].extend_info.ptr);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct osft_task tasks[TASKS];
    struct fuzz_in in = { data, size };
    struct peer peer = { NULL, 0, 0, 0, OSFT_EOF };
    struct run array, full, small;
    struct heap all, some;
    unsigned flags = fuzz_byte(&in);
    size_t room = 600 + (size_t)fuzz_byte(&in) * 3, i;
    uint32_t cuts = fuzz_byte(&in) << 9 | 1;

    peer.at_end = flags & 2 ? OSFT_E_IO : OSFT_EOF;
    peer.answer = (const uint8_t *)fuzz_copy(in.p, in.left);
    peer.len = in.left;
    array.page.tasks = tasks;
    array.page.max = TASKS;
    array.page.stream = NULL;
    list(&array, &peer, flags & 1, PLENTY);

    peer.cuts = cuts;
    stream(&full, &all, &peer, flags & 1, PLENTY);
    FUZZ_CHECK(all.too_large == 0);
    if (array.result != OSFT_E_TASKS) {
        FUZZ_CHECK(full.result == array.result && all.count == array.page.count);
        for (i = 0; i < all.count; i++) {
            FUZZ_CHECK(all.index[i] == i);
            fuzz_same_task(&all.tasks[i], &tasks[i]);
        }
        stream(&small, &some, &peer, flags & 1, room);
        FUZZ_CHECK(some.count + some.too_large <= all.count + 1);
        for (i = 0; i < some.count; i++) {
            FUZZ_CHECK(some.index[i] < all.count && (i == 0 || some.index[i] > some.index[i - 1]));
            fuzz_same_task(&some.tasks[i], &tasks[some.index[i]]);
        }
        if (small.result == OSFT_OK) {
            FUZZ_CHECK(full.result == OSFT_OK && some.count == all.count && some.too_large == 0);
        }
        let_go(&some);
        free(small.work);
    }
    let_go(&all);
    free(array.work);
    free(full.work);
    free((void *)(uintptr_t)peer.answer);
    return 0;
}
