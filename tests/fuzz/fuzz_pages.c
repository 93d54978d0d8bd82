/* SPDX-License-Identifier: Apache-2.0 */
/* A walk or a watch over a list that changes between requests. The input's first line has options,
 * the others are the script of world.h:
 *     kind (0: a walk into an array, 1: a walk to a function, 2: a watch), page size, tasks that
 *     the array holds, runs that the watch's table holds, work buffer, polls
 */
#include "osft_pages.h"
#include "osft_watch.h"
#include "world.h"

enum { ARRAY_MAX = 24, TABLE_MAX = 128, POLLS_MAX = 12, CALLS_MAX = 20000 };
enum kind { ARRAY, FUNCTION, WATCH };

/* The bits of osft_pages_change that report that a walk could not deliver each task exactly once.
 */
#define EXCUSES (OSFT_PAGES_NO_OVERLAP | OSFT_PAGES_DISORDER | OSFT_PAGES_STUCK)

struct setup {
    enum kind kind;
    unsigned page_size, max, table, polls;
    size_t room;
    struct world world;
    struct osft_query query;
    struct osft_settings settings;
    struct osft_retry retry;
    struct osft_client client;
    char *work;
};

static struct fuzz_hash hash;

static void begin(struct setup *setup, struct fuzz_input script)
{
    static const struct osft_credentials credentials = { .id = OSFT_LIT("id"),
                                                         .secret = OSFT_LIT("secret") };
    static const struct osft_query query = { .app_group = OSFT_LIT("a"),
                                             .function = OSFT_LIT("f"),
                                             .instance = OSFT_LIT("i") };
    static const struct osft_retry retry = OSFT_RETRY(2, 1000, 10, 10);
    struct osft_settings *settings = &setup->settings;

    world_init(&setup->world, script);
    setup->query = query;
    setup->retry = retry;
    setup->work = malloc(setup->room);
    FUZZ_CHECK(setup->work != NULL);
    memset(settings, 0, sizeof(*settings));
    settings->port = &setup->world.port;
    settings->sha256 = fuzz_hash_init(&hash);
    settings->credentials = &credentials;
    settings->host = "h";
    settings->work = setup->work;
    settings->work_size = setup->room;
    settings->retry = &setup->retry;
    osft_init(&setup->client, settings);
}

static void end(struct setup *setup)
{
    osft_close(&setup->client);
    free(setup->work);
    world_free(&setup->world);
}

/* --- a walk
 * ----------------------------------------------------------------------------------------- */

struct delivered {
    struct setup *setup;
    unsigned times[WORLD_TASKS]; /* how often each task was delivered or reported as left out */
    unsigned count;
    unsigned at_first;   /* tasks that were listed when the walk began */
    int64_t last_start;  /* start of the task that was delivered last */
    int is_out_of_order; /* 1: a task was delivered behind an older one */
};

static int note_task(struct delivered *delivered, const struct osft_task *task)
{
    const struct world_task *known = world_find(&delivered->setup->world, task);

    if (known == NULL) {
        return 0; /* the generation of an omission need not be known */
    }
    delivered->times[known->id - 1]++;
    delivered->count++;
    delivered->is_out_of_order |= known->start_ms > delivered->last_start;
    delivered->last_start = known->start_ms;
    return 1;
}

static int on_task(void *ctx, const struct osft_task *task, const struct osft_omission *omission)
{
    struct delivered *delivered = ctx;

    FUZZ_CHECK((task == NULL) != (omission == NULL));
    if (task != NULL) {
        fuzz_check_span(task->run_id, delivered->setup->work, delivered->setup->room);
        FUZZ_CHECK(note_task(delivered, task));
    } else if (!note_task(delivered, &omission->task)) {
        FUZZ_CHECK(omission->reason == OSFT_E_SPACE);
    }
    return 0;
}

/* Check that a walk over an honest service delivered each task once, or reports why it did not. */
static void check_delivered(const struct delivered *delivered, const struct osft_pages *pages)
{
    const struct world *world = &delivered->setup->world;
    unsigned i;

    if (!world_is_honest(world) || (pages->changed & EXCUSES)) {
        return;
    }
    FUZZ_CHECK(!delivered->is_out_of_order);
    for (i = 0; i < world->count; i++) {
        const struct world_task *task = &world->tasks[i];

        FUZZ_CHECK(delivered->times[i] <= 1);
        if (i < delivered->at_first && task->is_listed && !task->is_large && !task->is_bad) {
            FUZZ_CHECK(delivered->times[i] == 1);
        }
    }
}

static void run_walk(struct setup *setup)
{
    static struct osft_pages pages;
    static struct delivered delivered;
    struct osft_task tasks[ARRAY_MAX];
    struct osft_page page = { .tasks = tasks, .max = setup->max };
    struct world *world = &setup->world;
    unsigned calls = 0, errors = 0;
    size_t i;

    memset(&delivered, 0, sizeof(delivered));
    delivered.setup = setup;
    delivered.at_first = world->count;
    delivered.last_start = INT64_MAX;
    page.on_task = setup->kind == FUNCTION ? on_task : NULL;
    page.on_task_ctx = &delivered;
    osft_pages_init(&pages, &setup->client, &setup->query, setup->page_size);
    while (osft_pages_more(&pages) && errors < 64) {
        int result = osft_pages_next(&pages, &page, 0);

        FUZZ_CHECK(++calls < CALLS_MAX && result <= 0 && result != OSFT_E_STATE);
        for (i = 0; page.on_task == NULL && i < page.count; i++) {
            FUZZ_CHECK(note_task(&delivered, &tasks[i]));
        }
        if (page.on_task == NULL && (result == OSFT_E_BAD_TASK || result == OSFT_E_SPACE) &&
            setup->client.reply.left_out != 0) {
            continue; /* an omission is known by its run id only */
        }
        errors += result != OSFT_OK && result != OSFT_E_BAD_TASK;
    }
    FUZZ_CHECK(world->good <= (pages.delivered + 1) * OSFT_PAGES_PATIENCE);
    FUZZ_CHECK(pages.delivered >= delivered.count || setup->kind == ARRAY);
    if (!osft_pages_more(&pages)) {
        check_delivered(&delivered, &pages);
    }
}

/* --- a watch
 * ---------------------------------------------------------------------------------------- */

struct report {
    unsigned started, progressed, succeeded, failed, vanished, dropped;
    int progress; /* the progress that was reported last */
};

struct watcher {
    struct setup *setup;
    struct osft_watch watch;
    struct osft_run runs[TABLE_MAX];
    struct report reports[WORLD_TASKS];
    unsigned left_out;
};

static struct report *find_report(struct watcher *watcher, const struct osft_task *task,
                                  const struct osft_run *run)
{
    const struct world *world = &watcher->setup->world;
    unsigned i;

    if (task != NULL) {
        const struct world_task *known = world_find(world, task);

        FUZZ_CHECK(known != NULL);
        return &watcher->reports[known->id - 1];
    }
    /* an event without a task has only the hash of the names */
    for (i = 0; i < world->count; i++) {
        char name[16], generation[16];
        struct osft_task one;

        memset(&one, 0, sizeof(one));
        (void)snprintf(name, sizeof(name), "r%u", i + 1);
        (void)snprintf(generation, sizeof(generation), "%u", i + 1);
        one.run_id = osft_span_from(name);
        one.generation = osft_span_from(generation);
        if (osft_task_id(&one) == run->id) {
            return &watcher->reports[i];
        }
    }
    FUZZ_CHECK(i < world->count); /* the run must exist */
    return NULL;
}

static int on_event(void *ctx, enum osft_watch_event event, const struct osft_task *task,
                    const struct osft_run *run)
{
    struct watcher *watcher = ctx;
    struct report *report = find_report(watcher, task, run);

    FUZZ_CHECK((task == NULL) == (event == OSFT_WATCH_VANISHED || event == OSFT_WATCH_DROPPED));
    FUZZ_CHECK(*osft_watch_event_name(event) != 0);
    switch (event) {
    case OSFT_WATCH_STARTED: report->started++; break;
    case OSFT_WATCH_PROGRESSED:
        FUZZ_CHECK(task->progress != run->progress);
        report->progressed++;
        break;
    case OSFT_WATCH_SUCCEEDED: report->succeeded++; break;
    case OSFT_WATCH_FAILED: report->failed++; break;
    case OSFT_WATCH_VANISHED: report->vanished++; break;
    default: report->dropped++; break;
    }
    if (task != NULL) {
        report->progress = task->progress;
    }
    return 0;
}

static void on_omission(void *ctx, const struct osft_omission *omission)
{
    FUZZ_CHECK(omission->reason == OSFT_E_BAD_TASK || omission->reason == OSFT_E_SPACE);
    ((struct watcher *)ctx)->left_out++;
}

static void watch_init(struct watcher *watcher)
{
    struct setup *setup = watcher->setup;

    osft_watch_init(&watcher->watch, &setup->client, &setup->query, watcher->runs, setup->table,
                    on_event, watcher);
    watcher->watch.on_omission = on_omission;
}

/* Save the state, begin a new watch and load the state into that; a damaged copy is refused. */
static void restart_watch(struct watcher *watcher)
{
    static unsigned char saved[OSFT_WATCH_BYTES(TABLE_MAX)];
    size_t len = osft_watch_save(&watcher->watch, saved, sizeof(saved));

    FUZZ_CHECK(len > 0 && len <= sizeof(saved));
    memset(watcher->runs, 0xa5, sizeof(watcher->runs));
    memset(&watcher->watch, 0xa5, sizeof(watcher->watch));
    watch_init(watcher);
    saved[len / 2] ^= 0x10;
    FUZZ_CHECK(osft_watch_load(&watcher->watch, saved, len) == OSFT_E_SAVED);
    saved[len / 2] ^= 0x10;
    FUZZ_CHECK(osft_watch_load(&watcher->watch, saved, len) == OSFT_OK);
}

/* Check the reports about a run: none came twice, and after a complete poll they agree with what
 * the service lists. */
static void check_run(const struct world_task *task, const struct report *report,
                      int is_known_whole)
{
    FUZZ_CHECK(report->started <= 1 && report->vanished <= 1);
    FUZZ_CHECK(report->succeeded + report->failed <= 1);
    FUZZ_CHECK(report->started != 0 || report->vanished + report->progressed == 0);
    FUZZ_CHECK(!report->vanished || !task->is_listed);
    FUZZ_CHECK(!report->succeeded || task->status == WORLD_SUCCESS);
    FUZZ_CHECK(!report->failed || task->status == WORLD_FAILED);
    if (!is_known_whole || report->started == 0) {
        return;
    }
    if (!task->is_listed) {
        FUZZ_CHECK(report->vanished == 1 || report->succeeded + report->failed == 1);
    } else if (task->status == WORLD_RUNNING) {
        FUZZ_CHECK(report->progress == task->progress);
    } else {
        FUZZ_CHECK(report->succeeded + report->failed == 1);
    }
}

static void check_reports(const struct watcher *watcher, int is_known_whole)
{
    const struct world *world = &watcher->setup->world;
    unsigned i;

    for (i = 0; i < world->count; i++) {
        const struct world_task *task = &world->tasks[i];

        check_run(task, &watcher->reports[i], is_known_whole);
        if (is_known_whole && task->is_listed && task->status == WORLD_RUNNING) {
            FUZZ_CHECK(watcher->reports[i].started == 1);
        }
    }
}

static void run_watch(struct setup *setup)
{
    static struct watcher watcher;
    struct world *world = &setup->world;
    unsigned i;

    memset(&watcher, 0, sizeof(watcher));
    watcher.setup = setup;
    watch_init(&watcher);
    for (i = 0; i <= setup->polls; i++) {
        int result, is_last = i == setup->polls, is_whole;

        if (is_last) { /* the list does not change any more */
            world->script.left = 0;
        }
        watcher.left_out = 0;
        result = osft_watch_poll(&watcher.watch, 0);
        FUZZ_CHECK(result <= 0 && result != OSFT_E_STATE);
        FUZZ_CHECK((result == OSFT_E_BAD_TASK) <= (watcher.left_out != 0));
        FUZZ_CHECK(watcher.watch.count <= setup->table);
        if (!world_is_honest(world) || watcher.watch.dropped != 0 ||
            (watcher.watch.pages.changed & EXCUSES)) {
            return; /* a watch with dropped runs need not report everything */
        }
        is_whole =
            is_last && result == OSFT_OK && watcher.left_out == 0 && setup->table == TABLE_MAX;
        check_reports(&watcher, is_whole && !(watcher.watch.pages.changed & OSFT_PAGES_SHORT));
        restart_watch(&watcher);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct setup setup;
    struct fuzz_input in = { data, size };
    struct fuzz_input line = fuzz_line(&in);

    memset(&setup, 0, sizeof(setup));
    setup.kind = (enum kind)(fuzz_option(&line) % 3);
    setup.page_size = fuzz_option(&line);
    setup.max = 1 + fuzz_option(&line) % ARRAY_MAX;
    setup.table = fuzz_option(&line);
    setup.table = setup.table >= 62 || setup.table == 0 ? TABLE_MAX : setup.table;
    setup.room = 800 + 100 * (size_t)(fuzz_option(&line) % 62);
    setup.polls = fuzz_option(&line) % POLLS_MAX;
    begin(&setup, in);
    if (setup.kind == WATCH) {
        run_watch(&setup);
    } else {
        run_walk(&setup);
    }
    end(&setup);
    return 0;
}
