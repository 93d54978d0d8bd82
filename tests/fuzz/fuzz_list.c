/* SPDX-License-Identifier: Apache-2.0 */
/* Any answer, cut anywhere, into a work buffer of any size: nothing outside it is touched, the result
 * does not depend on the cuts, and page->need keeps its word. */
#include "fuzz_peer.h"

enum { TASKS = 16, PLENTY = 1 << 16 };

struct run {
    struct osft_task tasks[TASKS];
    struct osft_page page;
    char *work;
    size_t room;
    int result;
};

static struct fuzz_hash hash;

static void list(struct run *run, struct peer *peer, int one, size_t max, size_t room)
{
    const struct osft_port port = { peer,     peer_open, peer_send,   peer_recv, NULL, peer_close,
                                    peer_utc, NULL,      peer_random, NULL,      NULL };
    const struct osft_credentials credentials = { OSFT_LIT("id"), OSFT_LIT("secret"), { NULL, 0 } };
    struct osft_query query = {
        OSFT_LIT("a"), OSFT_LIT("f"), OSFT_LIT("i"), { NULL, 0 }, { NULL, 0 }, 0, 0, 0, 0, 0
    };
    struct osft_settings set = { .port = &port, .credentials = &credentials, .host = "h" };
    struct osft_client client;

    if (one) {
        query.generation.ptr = "1";
        query.generation.len = 1;
    }
    run->room = room;
    run->work = malloc(room != 0 ? room : 1);
    FUZZ_CHECK(run->work != NULL);
    set.sha256 = fuzz_hash_init(&hash);
    set.work = run->work;
    set.work_size = room;
    run->page.tasks = run->tasks;
    run->page.max = max;
    run->page.stream = NULL;
    peer->given = 0;
    osft_init(&client, &set);
    run->result = osft_list(&client, &query, 0, &run->page);
    FUZZ_CHECK(run->result <= 0 && run->result != OSFT_E_STATE);
    FUZZ_CHECK(run->result == osft_result(&client));
    fuzz_page(&run->page, run->work, room);
    if (run->result == OSFT_E_SPACE) {
        FUZZ_CHECK(run->page.need > room);
    } else if (run->result == OSFT_OK) {
        FUZZ_CHECK(run->page.need <= room && run->page.count == run->page.seen);
    } else if (run->result == OSFT_E_ANSWER) {
        FUZZ_CHECK(run->page.member != NULL);
    } else if (run->result == OSFT_E_TASKS) {
        FUZZ_CHECK(run->page.seen > max);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_in in = { data, size };
    struct peer peer = { NULL, 0, 0, 0, OSFT_EOF };
    struct run first, whole, again, most;
    unsigned flags = fuzz_byte(&in);
    size_t max = fuzz_byte(&in) % (TASKS + 1);
    size_t room = fuzz_byte(&in);
    uint32_t cuts = fuzz_byte(&in) << 9 | 1;
    int one = flags & 1;

    room |= (size_t)fuzz_byte(&in) << 8;
    /* Most often enough for the request: 300 to 811 more than nothing. */
    room = flags & 2 ? room % 1024 : 600 + room % 512;
    peer.at_end = flags & 4 ? OSFT_E_IO : OSFT_EOF;
    peer.answer = (const uint8_t *)fuzz_copy(in.p, in.left);
    peer.len = in.left;

    peer.cuts = cuts;
    list(&first, &peer, one, max, room);
    peer.cuts = 0;
    list(&whole, &peer, one, max, room);
    FUZZ_CHECK(first.result == whole.result);
    fuzz_same_page(&first.page, &whole.page);
    FUZZ_CHECK(first.page.need == whole.page.need);

    list(&most, &peer, one, max, PLENTY);
    FUZZ_CHECK(most.result != OSFT_E_SPACE);
    if (first.result == OSFT_OK) {
        FUZZ_CHECK(most.result == OSFT_OK);
        fuzz_same_page(&first.page, &most.page);
    }
    if (first.page.http_status != 0) {
        FUZZ_CHECK(first.page.http_status == most.page.http_status);
    }
    if (first.result == OSFT_E_SPACE && first.page.http_status != 0) {
        FUZZ_CHECK(first.page.seen <= most.page.seen);
        FUZZ_CHECK(first.page.count <= most.page.count);
    }
    if (first.page.need != 0 && first.page.http_status != 0 &&
        (first.result == OSFT_OK || first.result == OSFT_E_SPACE)) {
        peer.cuts = cuts;
        list(&again, &peer, one, max, first.page.need);
        FUZZ_CHECK(again.result == most.result);
        fuzz_same_page(&again.page, &most.page);
        free(again.work);
    }
    free(first.work);
    free(whole.work);
    free(most.work);
    free((void *)(uintptr_t)peer.answer);
    return 0;
}
