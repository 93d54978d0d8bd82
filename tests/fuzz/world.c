/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdarg.h>

#define RESPONSE_MAX 262144
#define NEWEST_MS    1709164800000

enum { GOOD, REFUSED, BUSY, CUT };

static void print(struct world *world, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(world->response + world->len, RESPONSE_MAX - world->len, format, args);
    va_end(args);
    FUZZ_CHECK(len >= 0 && (size_t)len < RESPONSE_MAX - world->len);
    world->len += (size_t)len;
}

static void put(struct world *world, const char *text, size_t len)
{
    FUZZ_CHECK(len < RESPONSE_MAX - world->len);
    memcpy(world->response + world->len, text, len);
    world->len += len;
}

static void write_json(const struct world *world, struct world_task *task)
{
    static const char *const names[] = { "running", "success", "failed" };
    char start[48] = "";
    int len;

    if (!world->hides_starts) {
        (void)snprintf(start, sizeof(start), ",\"startTime\":%lld", (long long)task->start_ms);
    }
    len = snprintf(task->json, sizeof(task->json),
                   "{\"runId\":\"r%u\",\"generation\":\"%u\",\"status\":\"%s\",\"progress\":%d%s,"
                   "\"endTime\":%d",
                   task->id, task->id, names[task->status], task->is_bad ? 101 : task->progress,
                   start, task->status != WORLD_RUNNING);
    FUZZ_CHECK(len > 0 && (size_t)len < sizeof(task->json));
    task->json_length = (size_t)len;
}

static void put_task(struct world *world, struct world_task *task)
{
    if (task->json_length == 0) {
        write_json(world, task);
    }
    put(world, task->json, task->json_length);
    if (task->is_large) {
        print(world, ",\"extendInfo\":\"%0900d\"", 0);
    }
    put(world, "}", 1);
}

/* Return a number of the request's query; 0: it is absent. */
static uint32_t find_parameter(const struct world *world, const char *name)
{
    const char *at = strstr(world->request, name);

    return at != NULL ? (uint32_t)strtoul(at + strlen(name), NULL, 10) : 0;
}

static void put_page(struct world *world)
{
    uint32_t number = find_parameter(world, "pageNumber="),
             size = find_parameter(world, "pageSize=");
    uint64_t begin, end, i;

    FUZZ_CHECK(number != 0 && size != 0);
    if (world->own != 0) {
        size = world->own;
    } else if (world->cap != 0 && size > world->cap) {
        size = world->cap;
    }
    begin = world->repeats ? 0 : (uint64_t)(number - 1) * size;
    begin = begin < world->listed ? begin : world->listed;
    end = begin + size < world->listed ? begin + size : world->listed;
    print(world, "{\"requestId\":\"q\",");
    if (!world->hides_total) {
        print(world, "\"totalCount\":%u,",
              world->lies_about_total ? world->requests * 7 % 50 : world->listed);
    }
    print(world, "\"result\":[");
    for (i = begin; i < end; i++) {
        uint64_t at = world->is_backward ? begin + end - 1 - i : i;

        put(world, ",", i != begin);
        put_task(world, &world->tasks[world->order[at]]);
    }
    print(world, "]}");
}

static void respond(struct world *world)
{
    size_t head, body;
    char digits[16];

    world->len = world->given = 0;
    print(world, "HTTP/1.1 %s\r\nContent-Length: ",
          world->fault == REFUSED ? "403 No"
          : world->fault == BUSY  ? "503 Busy"
                                  : "200 OK");
    head = world->len;
    print(world, "%08u\r\n\r\n", 0);
    body = world->len;
    if (world->fault == REFUSED || world->fault == BUSY) {
        print(world, "{}");
    } else {
        put_page(world);
    }
    (void)snprintf(digits, sizeof(digits), "%08lu", (unsigned long)(world->len - body));
    memcpy(world->response + head, digits, 8);
    world->ends = world->fault == CUT;
    if (world->ends) {
        world->len = world->len * (world->cut + 1) / 63;
    }
    world->good += world->fault == GOOD;
    world->has_responded = 1;
}

/* Add a task at the top of the list. */
static void add_newest(struct world *world, int64_t start_ms)
{
    struct world_task *task = &world->tasks[world->count];

    if (world->count == WORLD_TASKS) {
        return;
    }
    memset(task, 0, sizeof(*task));
    task->id = world->count + 1;
    task->start_ms = start_ms;
    task->is_listed = 1;
    memmove(world->order + 1, world->order, world->listed * sizeof(world->order[0]));
    world->order[0] = world->count++;
    world->listed++;
}

static void remove_task(struct world *world, unsigned at)
{
    world->tasks[world->order[at]].is_listed = 0;
    world->listed--;
    memmove(world->order + at, world->order + at + 1,
            (world->listed - at) * sizeof(world->order[0]));
}

static void change_task(struct world *world, unsigned what, unsigned which)
{
    struct world_task *task;

    if (world->listed == 0) {
        return;
    }
    which %= world->listed;
    task = &world->tasks[world->order[which]];
    if (task->status != WORLD_RUNNING && (what == 'p' || what == 's' || what == 'f')) {
        return; /* a run that has ended does not change */
    }
    task->json_length = 0;
    switch (what) {
    case 'd': remove_task(world, which); break;
    case 'p': task->progress = (task->progress + 7) % 101; break;
    case 's': task->status = WORLD_SUCCESS; break;
    case 'f': task->status = WORLD_FAILED; break;
    case 'b': task->is_bad = 1; break;
    case 'l': task->is_large = 1; break;
    default: break;
    }
}

/* Carry out the next line of the script. */
static void play_line(struct world *world)
{
    struct fuzz_input line = fuzz_line(&world->script);

    world->fault = GOOD;
    while (line.left != 0) {
        unsigned what = fuzz_byte(&line);

        switch (what) {
        case 'a': add_newest(world, NEWEST_MS + (int64_t)world->count * 1000); break;
        case 'x': world->fault = REFUSED; break;
        case 'u': world->fault = BUSY; break;
        case 'c':
            world->fault = CUT;
            world->cut = fuzz_option(&line) % 62;
            break;
        default: change_task(world, what, fuzz_option(&line));
        }
    }
}

static int open_connection(void *ctx, const char *host, uint16_t tcp_port)
{
    struct world *world = ctx;

    (void)host, (void)tcp_port;
    FUZZ_CHECK(!world->is_open);
    world->is_open = 1;
    world->request_len = 0;
    world->has_responded = 0;
    return 1;
}

static int send_bytes(void *ctx, const void *bytes, size_t len)
{
    struct world *world = ctx;

    FUZZ_CHECK(world->is_open && len < sizeof(world->request) - world->request_len);
    if (world->has_responded) { /* the connection was kept; a new request begins */
        FUZZ_CHECK(world->given == world->len && !world->ends);
        world->has_responded = 0;
        world->request_len = 0;
    }
    memcpy(world->request + world->request_len, bytes, len);
    world->request_len += len;
    world->request[world->request_len] = 0;
    if (strstr(world->request, "\r\n\r\n") != NULL) {
        world->requests++;
        play_line(world);
        respond(world);
    }
    return (int)len;
}

static int recv_bytes(void *ctx, void *buffer, size_t room)
{
    struct world *world = ctx;
    size_t len = world->has_responded ? world->len - world->given : 0;

    FUZZ_CHECK(world->is_open && room > 0);
    if (len == 0) {
        return world->has_responded && world->ends ? OSFT_EOF : 0;
    }
    len = len < room ? len : room;
    memcpy(buffer, world->response + world->given, len);
    world->given += len;
    return (int)len;
}

static int wait_for_events(void *ctx, unsigned events, uint32_t ms)
{
    struct world *world = ctx;

    /* the port never blocks, so the client only waits for time to pass */
    FUZZ_CHECK(events == 0 && ms != UINT32_MAX);
    world->now_ms += ms;
    return 0;
}

static void close_connection(void *ctx)
{
    struct world *world = ctx;

    world->is_open = world->has_responded = 0;
}

static int64_t utc_s(void *ctx)
{
    (void)ctx;
    return 1709251199;
}

static uint32_t ticks_ms(void *ctx)
{
    return ((struct world *)ctx)->now_ms;
}

static int draw_random(void *ctx, void *buffer, size_t len)
{
    (void)ctx;
    memset(buffer, 0x5a, len);
    return 0;
}

/* Add the first tasks. Each line's task is older than the one before it, so they are added from the
 * last one on. */
static void add_first_tasks(struct world *world, struct fuzz_input line)
{
    int64_t starts[WORLD_TASKS / 2], start_ms = NEWEST_MS;
    unsigned count = 0, ties = 0;

    while (line.left != 0 && count < WORLD_TASKS / 2) {
        unsigned gap = fuzz_option(&line);

        ties = gap == 0 ? ties + 1 : 0;
        world->has_ties |= ties >= OSFT_PAGES_RECENT;
        start_ms -= gap;
        starts[count++] = start_ms;
    }
    while (count > 0) {
        add_newest(world, starts[--count]);
    }
}

void world_init(struct world *world, struct fuzz_input script)
{
    struct fuzz_input line = fuzz_line(&script);
    unsigned faults;

    memset(world, 0, sizeof(*world));
    world->response = malloc(RESPONSE_MAX);
    FUZZ_CHECK(world->response != NULL);
    world->cap = fuzz_option(&line) % 62;
    world->own = fuzz_option(&line) % 62;
    faults = fuzz_option(&line);
    world->hides_total = faults & 1;
    world->lies_about_total = faults >> 1 & 1;
    world->repeats = faults >> 2 & 1;
    world->is_backward = faults >> 3 & 1;
    world->hides_starts = faults >> 4 & 1;
    add_first_tasks(world, fuzz_line(&script));
    world->script = script;
    world->port.ctx = world;
    world->port.open = open_connection;
    world->port.send = send_bytes;
    world->port.recv = recv_bytes;
    world->port.wait = wait_for_events;
    world->port.close = close_connection;
    world->port.utc_s = utc_s;
    world->port.ticks_ms = ticks_ms;
    world->port.random = draw_random;
}

void world_free(struct world *world)
{
    free(world->response);
}

int world_is_honest(const struct world *world)
{
    return world->own == 0 && !world->lies_about_total && !world->repeats && !world->is_backward &&
           !world->hides_starts && !world->has_ties;
}

const struct world_task *world_find(const struct world *world, const struct osft_task *task)
{
    unsigned long id = task->generation.ptr != NULL ? strtoul(task->generation.ptr, NULL, 10) : 0;

    return id >= 1 && id <= world->count ? &world->tasks[id - 1] : NULL;
}
