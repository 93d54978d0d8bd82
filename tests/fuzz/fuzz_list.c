/* SPDX-License-Identifier: Apache-2.0 */
/* Whole calls, with attempts and kept connections, over a peer that follows a script. Each input is
 * run several times. The outcome must not depend on how responses are split, on whether tasks go
 * into an array or to a function, or on the size of the work buffer; when that is too small,
 * reply.need must name a size that suffices. A complete response must give what a second reader
 * reads from its body. The first line has six options, the others are the exchanges of peer.h:
 *     flags (+ 1: GetFunctionTask  + 2: no retries, and a limit of 100 s  + 4: calls would block
 *     + 8: tokens can be renewed), attempts, calls, tasks that the array holds, work buffer, cuts
 */
#include "peer.h"
#include "reader.h"

enum { CALLS = 3, TASKS = 15, PLENTY = 8192, TEXTS = 131072, ATTEMPT_MS = 100000 };

struct options {
    unsigned get, without_retries, blocks, renews;
    unsigned attempts, calls;
    size_t max, room;
    uint32_t cuts;
};

/* The outcome of a call, with copies of its texts. */
struct outcome {
    int result;
    struct osft_reply reply;
    struct osft_task tasks[TASKS];
    size_t count, reported;    /* count: tasks delivered; reported: omissions given to on_task */
    uint32_t begun;            /* exchanges that had begun when the call ended */
    struct peer_exchange last; /* the last of these exchanges */
};

/* One run of the input, with a work buffer, an array and a function of its own. */
struct run {
    struct outcome outcomes[CALLS];
    size_t calls;
    size_t room, max, stop_at; /* stop_at: on_task stops at this task; 0: never */
    int has_function, blocks;
    uint32_t cuts;

    struct osft_client client;
    struct peer peer;
    char *work;
    struct outcome *now;
};

static char texts[TEXTS];
static size_t texts_used;

static struct osft_span copy_span(const struct run *run, struct osft_span span)
{
    char *copy = texts + texts_used;

    fuzz_check_span(span, run->work, run->room);
    if (span.ptr == NULL) {
        return span;
    }
    FUZZ_CHECK(span.len < TEXTS - texts_used);
    memcpy(copy, span.ptr, span.len + 1);
    texts_used += span.len + 1;
    span.ptr = copy;
    return span;
}

static struct osft_task copy_task(const struct run *run, const struct osft_task *task)
{
    struct osft_task copy = *task;

    copy.function = copy_span(run, task->function);
    copy.status = copy_span(run, task->status);
    copy.run_id = copy_span(run, task->run_id);
    copy.generation = copy_span(run, task->generation);
    copy.extend_info = copy_span(run, task->extend_info);
    return copy;
}

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct run *run = ctx;
    struct outcome *now = run->now;

    FUZZ_CHECK((task == NULL) != (omission == NULL));
    if (omission != NULL) {
        FUZZ_CHECK(omission->reason == OSFT_E_SPACE || omission->reason == OSFT_E_BAD_TASK);
        FUZZ_CHECK(omission->member != NULL);
        (void)copy_task(run, &omission->task);
        now->reported++;
    } else {
        if (now->count < TASKS) {
            now->tasks[now->count] = copy_task(run, task);
        }
        now->count++;
    }
    return now->count + now->reported == run->stop_at;
}

static int renew(void *ctx, int expired)
{
    (void)ctx;
    FUZZ_CHECK(expired == 0 || expired == 1);
    return 0;
}

static void keep_outcome(struct run *run, const struct osft_page *page, int result)
{
    struct outcome *now = run->now;
    struct osft_reply *reply = &now->reply;
    size_t i;

    now->result = result;
    *reply = run->client.reply;
    fuzz_check_page(page, reply, run->work, run->room);
    reply->status = copy_span(run, reply->status);
    reply->code = copy_span(run, reply->code);
    reply->message = copy_span(run, reply->message);
    reply->request_id = copy_span(run, reply->request_id);
    if (page->on_task != NULL) {
        FUZZ_CHECK(page->count <= now->count);
    } else {
        now->count = page->count;
        for (i = 0; i < now->count; i++) {
            now->tasks[i] = copy_task(run, &page->tasks[i]);
        }
    }
    now->begun = run->peer.begun;
    now->last = run->peer.now;
    run->calls++;
}

/* Check what must hold for each result. */
static void check_result(const struct run *run)
{
    const struct outcome *now = run->now;
    const struct osft_reply *reply = &now->reply;
    int result = now->result;

    FUZZ_CHECK(result <= 0 && result > OSFT_EOF && result != OSFT_E_STATE);
    FUZZ_CHECK(*osft_strerror(result) != 0);
    if (result == OSFT_E_SPACE) {
        FUZZ_CHECK(reply->need > run->room);
    } else if (result == OSFT_OK) {
        FUZZ_CHECK(reply->need <= run->room && now->count == reply->tasks && !reply->left_out);
    } else if (result == OSFT_E_RESPONSE) {
        FUZZ_CHECK(*reply->member != 0);
    } else if (result == OSFT_E_TASKS) {
        FUZZ_CHECK(!run->has_function && reply->tasks > run->max);
    } else if (result == OSFT_E_BAD_TASK) {
        FUZZ_CHECK(reply->left_out != 0 && now->count + reply->left_out == reply->tasks);
    } else if (result == OSFT_E_STOPPED) {
        FUZZ_CHECK(run->stop_at != 0 && now->count + now->reported == run->stop_at);
    }
}

/* Check what must hold after each call. ms: how long the call took, including its pauses. */
static void check_call(struct run *run, const struct options *options, uint32_t ms,
                       uint32_t paused_ms)
{
    const struct osft_reply *reply = &run->now->reply;

    check_result(run);
    FUZZ_CHECK(osft_step(&run->client) == run->now->result && !peer_sees_token(&run->peer));
    FUZZ_CHECK(osft_wait_ms(&run->client) == UINT32_MAX && osft_wait_events(&run->client) == 0);
    FUZZ_CHECK(run->client.is_open == run->peer.is_open && !run->peer.is_dead);
    FUZZ_CHECK(reply->attempts >= 1);
    if (options->without_retries) {
        FUZZ_CHECK(reply->attempts == 1 && !run->client.is_open && ms <= ATTEMPT_MS &&
                   paused_ms == 0);
        return;
    }
    /* One more attempt for a clock, one for a token, at most; and a connection that was opened
     * again may time out. */
    FUZZ_CHECK(reply->attempts <= options->attempts + 2U && reply->reopened <= 1);
    FUZZ_CHECK((reply->attempts == 1) == (reply->last_error == 0));
    FUZZ_CHECK(ms <= (uint32_t)(reply->attempts + reply->reopened) * ATTEMPT_MS + paused_ms);
}

static void run_calls(struct run *run, const struct options *options, unsigned calls,
                      struct fuzz_input script)
{
    static struct fuzz_hash hash;
    static const struct osft_credentials credentials = { OSFT_LIT("id"), OSFT_LIT("secret"),
                                                         OSFT_LIT(PEER_TOKEN) };
    const struct osft_retry retry = OSFT_RETRY((uint8_t)options->attempts, ATTEMPT_MS, 100, 400);
    struct osft_query query = { .page_size = 10,
                                .app_group = OSFT_LIT("a b"),
                                .function = OSFT_LIT("f"),
                                .instance = OSFT_LIT("i") };
    struct osft_settings settings = { .credentials = &credentials, .host = "h" };
    struct osft_task tasks[TASKS];
    struct osft_page page = { .tasks = tasks, .max = run->max };
    unsigned call;

    run->work = malloc(run->room);
    FUZZ_CHECK(run->work != NULL);
    peer_init(&run->peer, script, run->work, run->room);
    run->peer.blocks = run->blocks;
    run->peer.cuts = run->cuts;
    query.generation.ptr = options->get ? "1" : NULL;
    query.generation.len = options->get;
    settings.port = &run->peer.port;
    settings.sha256 = fuzz_hash_init(&hash);
    settings.work = run->work;
    settings.work_size = run->room;
    settings.retry = options->without_retries ? NULL : &retry;
    settings.renew = options->renews ? renew : NULL;
    page.on_task = run->has_function ? on_task : NULL;
    page.on_task_ctx = run;
    osft_init(&run->client, &settings);
    for (call = 0; call < calls; call++) {
        uint32_t began_ms = run->peer.now_ms, paused_ms = run->peer.paused_ms;
        int result;

        run->now = &run->outcomes[call];
        memset(run->now, 0, sizeof(*run->now));
        result = osft_list(&run->client, &query, &page, options->without_retries ? ATTEMPT_MS : 0);
        keep_outcome(run, &page, result);
        check_call(run, options, run->peer.now_ms - began_ms, run->peer.paused_ms - paused_ms);
        run->peer.now_ms += 700; /* lets the kept connection be idle for some time */
    }
    osft_close(&run->client);
    FUZZ_CHECK(!run->peer.is_open && !peer_sees_token(&run->peer));
    peer_free(&run->peer);
    free(run->work);
}

static void check_same_tasks(const struct outcome *a, const struct outcome *b)
{
    size_t i;

    FUZZ_CHECK(a->count == b->count);
    for (i = 0; i < a->count && i < TASKS; i++) {
        fuzz_check_same_task(&a->tasks[i], &b->tasks[i]);
    }
}

/* Check that each task of `part` is one of `whole`, in the same order. */
static void check_part(const struct outcome *part, const struct outcome *whole)
{
    size_t i, k = 0;

    for (i = 0; i < part->count && i < TASKS; i++) {
        while (k < whole->count && whole->tasks[k].index < part->tasks[i].index) {
            k++;
        }
        FUZZ_CHECK(k < whole->count);
        fuzz_check_same_task(&part->tasks[i], &whole->tasks[k]);
    }
}

static void check_same_outcome(const struct outcome *a, const struct outcome *b)
{
    FUZZ_CHECK(a->result == b->result && a->begun == b->begun);
    FUZZ_CHECK(a->reply.attempts == b->reply.attempts);
    FUZZ_CHECK(a->reply.last_error == b->reply.last_error);
    fuzz_check_same_reply(&a->reply, &b->reply);
    check_same_tasks(a, b);
}

/* Whether the array held all tasks. */
static int had_room(const struct outcome *array, const struct options *options)
{
    return array->reply.tasks <= options->max;
}

/* Compare a call with a function with the same call with an array. A call whose function was given
 * tasks is not retried; otherwise both must have the same outcome. Returns 0 when they took
 * different ways. */
static int check_stream(const struct outcome *stream, const struct outcome *array)
{
    if (stream->begun != array->begun) {
        FUZZ_CHECK(stream->begun < array->begun && stream->count + stream->reported != 0);
        return 0;
    }
    check_same_outcome(stream, array);
    FUZZ_CHECK(stream->reported == array->reply.left_out);
    return 1;
}

/* Whether another attempt must follow this result. */
static int is_retried(const struct outcome *outcome)
{
    enum osft_cause cause = osft_cause_of(&outcome->reply);

    switch (outcome->result) {
    case OSFT_E_IO:
    case OSFT_E_CUT:
    case OSFT_E_TIMEOUT:
    case OSFT_E_RESOLVE: return 1;
    case OSFT_E_REFUSED:
    case OSFT_E_HTML:
    case OSFT_E_EMPTY:
        return cause == OSFT_CAUSE_THROTTLED || cause == OSFT_CAUSE_BUSY ||
               cause == OSFT_CAUSE_NONCE;
    default: return 0;
    }
}

/* Check the members of the reply that come from the headers of peer.h. */
static void check_headers(const struct outcome *outcome)
{
    unsigned headers = outcome->last.headers;
    uint32_t wait_ms = headers & 16 ? 3000 : headers & 4 ? 2000 : 0;

    FUZZ_CHECK(outcome->reply.retry_after_ms == wait_ms);
    FUZZ_CHECK(outcome->reply.date_s == (headers & 8 ? 1709276400 : -1));
}

/* Check that a complete response gives what its status and its body say. */
static void check_truth(const struct outcome *outcome, const struct options *options)
{
    static struct reading wanted;
    const struct peer_exchange *last = &outcome->last;
    int status = last->http_status;
    size_t i;

    if (status != 0 && !options->without_retries) {
        check_headers(outcome);
    }
    if (status >= 300 && status < 400) {
        FUZZ_CHECK(outcome->result == OSFT_E_REDIRECT);
        return;
    }
    if (status == 0 || status == 204) {
        FUZZ_CHECK(outcome->result == (status == 0 ? OSFT_E_HTTP : OSFT_E_EMPTY));
        return;
    }
    reader_read(&wanted, last->body.bytes, last->body.left, (int)options->get, options->max,
                status);
    if (last->framing == BY_END && wanted.is_cut) {
        FUZZ_CHECK(outcome->result == OSFT_E_CUT);
    } else if (outcome->result == OSFT_E_TOKEN) {
        FUZZ_CHECK(wanted.result == OSFT_E_REFUSED);
    } else {
        FUZZ_CHECK(outcome->result == wanted.result);
    }
    FUZZ_CHECK(outcome->reply.http_status == status);
    if (wanted.is_json) {
        FUZZ_CHECK(outcome->count == wanted.count);
        FUZZ_CHECK(outcome->reply.tasks == wanted.reply.tasks);
        FUZZ_CHECK(fuzz_is_same_span(outcome->reply.code, wanted.reply.code));
        FUZZ_CHECK(fuzz_is_same_span(outcome->reply.message, wanted.reply.message));
        for (i = 0; i < outcome->count; i++) {
            fuzz_check_same_task(&outcome->tasks[i], &wanted.tasks[i]);
        }
    }
    reader_free(&wanted);
}

static struct run whole, other;

/* Prepare the run `other`. */
static struct run *begin_other(size_t room, size_t max, int has_function)
{
    memset(&other, 0, sizeof(other));
    other.room = room;
    other.max = max;
    other.has_function = has_function;
    return &other;
}

/* Run the input with plenty of room, and with responses that arrive whole. */
static void run_whole(const struct options *options, struct fuzz_input script)
{
    size_t i;

    memset(&whole, 0, sizeof(whole));
    whole.room = PLENTY;
    whole.max = options->max;
    run_calls(&whole, options, options->calls, script);
    for (i = 0; i < options->calls; i++) {
        const struct outcome *outcome = &whole.outcomes[i];

        FUZZ_CHECK(outcome->result != OSFT_E_SPACE);
        FUZZ_CHECK(options->without_retries || !is_retried(outcome) ||
                   outcome->reply.attempts >= options->attempts);
        if (outcome->last.is_honest) {
            check_truth(outcome, options);
        }
    }
}

/* Run the input with responses in pieces, and with a function for the tasks. */
static void run_in_pieces(const struct options *options, struct fuzz_input script, int has_function)
{
    struct run *run = begin_other(PLENTY, options->max, has_function);
    size_t i;

    run->cuts = options->cuts;
    run->blocks = (int)options->blocks;
    run_calls(run, options, options->calls, script);
    for (i = 0; i < options->calls; i++) {
        if (has_function && (!had_room(&whole.outcomes[i], options) ||
                             !check_stream(&run->outcomes[i], &whole.outcomes[i]))) {
            return; /* from here on, the two runs make different calls */
        }
        check_same_outcome(&run->outcomes[i], &whole.outcomes[i]);
    }
}

/* Whether the first call can be compared with one that has less room. If a refusal does not fit,
 * the client cannot know that it should retry. */
static int is_comparable(const struct outcome *outcome, const struct options *options)
{
    const struct outcome *full = &whole.outcomes[0];

    return outcome->begun == 1 && full->begun == 1 && had_room(full, options);
}

/* Run the input in a work buffer that can be too small, then in one of the size that reply.need
 * gives. */
static void run_in_small_room(const struct options *options, struct fuzz_input script,
                              int has_function)
{
    const struct outcome *full = &whole.outcomes[0], *small;
    struct run *run = begin_other(options->room, options->max, has_function);
    size_t need;

    run_calls(run, options, 1, script);
    small = &run->outcomes[0];
    need = small->reply.need;
    if (small->result == OSFT_E_SPACE && small->reply.http_status == 0 && small->begun == 0) {
        run_calls(begin_other(need, options->max, has_function), options, 1, script);
        FUZZ_CHECK(small->begun != 0); /* the request must have fitted */
        return;
    }
    if (!is_comparable(small, options)) {
        return;
    }
    check_part(small, full);
    FUZZ_CHECK(small->result == full->result || small->result == OSFT_E_SPACE);
    if (need <= options->room) {
        FUZZ_CHECK(small->result != OSFT_E_SPACE);
        check_same_outcome(small, full);
        return;
    }
    run = begin_other(need, options->max, has_function);
    run->cuts = options->cuts;
    run_calls(run, options, 1, script);
    check_same_outcome(&run->outcomes[0], full);
}

/* Run the input with a function that ends the call at one of its tasks. */
static void run_until_stopped(const struct options *options, struct fuzz_input script)
{
    struct run *run = begin_other(PLENTY, 0, 1);
    const struct outcome *stopped, *full = &whole.outcomes[0];

    run->stop_at = 1 + options->cuts % 4;
    run_calls(run, options, 1, script);
    stopped = &run->outcomes[0];
    if (is_comparable(stopped, options)) {
        check_part(stopped, full);
        FUZZ_CHECK((stopped->result == OSFT_E_STOPPED) ==
                   (full->count + full->reply.left_out >= run->stop_at));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input script = { data, size };
    struct fuzz_input line = fuzz_line(&script);
    struct options options;
    unsigned flags = fuzz_option(&line);

    texts_used = 0;
    options.get = flags & 1;
    options.without_retries = flags >> 1 & 1;
    options.blocks = flags >> 2 & 1;
    options.renews = flags >> 3 & 1;
    options.attempts = 1 + fuzz_option(&line) % 4;
    options.calls = 1 + fuzz_option(&line) % CALLS;
    options.max = fuzz_option(&line) % (TASKS + 1);
    options.room = 560 + 8 * fuzz_option(&line);
    options.cuts = 1 + fuzz_option(&line);
    run_whole(&options, script);
    run_in_pieces(&options, script, 0);
    run_in_pieces(&options, script, 1);
    run_in_small_room(&options, script, 0);
    run_in_small_room(&options, script, 1);
    run_until_stopped(&options, script);
    return 0;
}
