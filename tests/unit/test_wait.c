/* SPDX-License-Identifier: Apache-2.0 */
/* The events and times that a client waits for. A loop that follows osft.h (step, then sleep as
 * osft_wait_ms() and osft_wait_events() say) never turns without a reason. */
#include "client.h"
#include "script.h"

/* A simulated network in which everything takes time, and the port to it. */
static struct world {
    struct osft_port port;
    uint32_t now;
    uint32_t connect_ms;       /* time that a connection takes to open */
    uint32_t connecting_since; /* UINT32_MAX: no connection is being opened */
    int is_open;
    size_t window, window_every; /* send takes `window` bytes every `window_every` ms; window 0:
                                    send takes all bytes */
    uint32_t window_at;          /* when send takes bytes again */
    const char *response;
    size_t part;         /* bytes of the response that arrive at a time */
    uint32_t part_every; /* ms between two parts, and before the first */
    uint32_t part_at;    /* when the next part arrives */
    size_t arrived, given;
    size_t sent;
    unsigned turns, idle_turns; /* turns of the loop; idle_turns: those in which a step did nothing
                                   and no time had passed */
} world;

static int world_open(void *ctx, const char *host, uint16_t tcp_port)
{
    (void)ctx, (void)host, (void)tcp_port;
    if (world.connecting_since == UINT32_MAX) {
        world.connecting_since = world.now;
    }
    if (world.now - world.connecting_since < world.connect_ms) {
        return 0;
    }
    world.is_open = 1;
    world.sent = 0;
    world.window_at = world.now;
    return 1;
}

static int world_send(void *ctx, const void *bytes, size_t len)
{
    const char *end = (const char *)bytes + len;
    (void)ctx;
    if (world.window != 0) {
        if (world.now < world.window_at) {
            return 0;
        }
        world.window_at = world.now + (uint32_t)world.window_every;
        if (len > world.window) {
            return (int)world.window;
        }
    }
    assert_memory_equal(end - 4, "\r\n\r\n", 4);
    world.part_at = world.now + world.part_every;
    world.arrived = world.given = 0;
    world.sent = 1;
    return (int)len;
}

/* Let the parts arrive that are due by now. */
static void let_arrive(void)
{
    while (world.sent && world.arrived < strlen(world.response) && world.now >= world.part_at) {
        world.arrived += world.part;
        if (world.arrived > strlen(world.response)) {
            world.arrived = strlen(world.response);
        }
        world.part_at += world.part_every;
    }
}

static int world_recv(void *ctx, void *buffer, size_t room)
{
    size_t len;
    (void)ctx;
    let_arrive();
    len = world.arrived - world.given;
    len = len < room ? len : room;
    memcpy(buffer, world.response + world.given, len);
    world.given += len;
    return (int)len;
}

static void world_close(void *ctx)
{
    (void)ctx;
    world.is_open = 0;
    world.connecting_since = UINT32_MAX;
}

static uint32_t world_ticks(void *ctx)
{
    (void)ctx;
    return world.now;
}

static int64_t world_utc(void *ctx)
{
    (void)ctx;
    return 1767225600;
}

static int world_random(void *ctx, void *buffer, size_t len)
{
    (void)ctx;
    memset(buffer, 0xff, len);
    return 0;
}

/* Return the time when one of the events happens next; UINT32_MAX: never. */
static uint32_t next_event(unsigned events)
{
    uint32_t at = UINT32_MAX;

    if ((events & OSFT_READABLE) && world.sent && world.arrived < strlen(world.response)) {
        at = world.part_at;
    }
    if ((events & OSFT_READABLE) && world.given < world.arrived) {
        at = world.now;
    }
    if ((events & OSFT_WRITABLE) && !world.is_open) {
        uint32_t connected = world.connecting_since + world.connect_ms;
        at = connected < at ? connected : at;
    }
    if ((events & OSFT_WRITABLE) && world.is_open && world.window_at < at) {
        at = world.window_at;
    }
    return at;
}

/* Sleep until one of the events, or for so many milliseconds, as poll() does. */
static void poll_world(unsigned events, uint32_t ms)
{
    uint32_t event_at = next_event(events), before = world.now;

    if (ms != UINT32_MAX) {
        world.now = event_at < world.now + ms ? event_at : world.now + ms;
    } else {
        assert_true(event_at != UINT32_MAX); /* the loop would sleep for ever */
        world.now = event_at;
    }
    assert_true(world.now >= before);
}

/* List with the loop of osft.h. Returns the result; world.turns gets the number of sleeps. */
static int run_loop(struct script *s, uint32_t limit_ms)
{
    int result = osft_list_start(&s->client, &s->query, &s->page, limit_ms);

    world.turns = world.idle_turns = 0;
    assert_int_equal(result, OSFT_OK);
    while ((result = osft_step(&s->client)) == OSFT_PENDING) {
        uint32_t before = world.now;
        world.turns++;
        assert_true(world.turns < 1000);
        poll_world(osft_wait_events(&s->client), osft_wait_ms(&s->client));
        world.idle_turns += world.now == before;
    }
    assert_int_equal(world.idle_turns, 0);
    return result;
}

static struct script *world_new(const char *response)
{
    struct script *s = script_new(NULL, 0);

    memset(&world, 0, sizeof(world));
    world.connecting_since = UINT32_MAX;
    world.port.open = world_open;
    world.port.send = world_send;
    world.port.recv = world_recv;
    world.port.close = world_close;
    world.port.utc_s = world_utc;
    world.port.ticks_ms = world_ticks;
    world.port.random = world_random;
    world.response = response;
    world.part = strlen(response);
    s->settings.port = &world.port;
    return s;
}

static void a_slow_response_is_waited_for_once_for_each_part(void **state)
{
    struct script *s = world_new(script_good(""));
    (void)state;
    world.part = 20;
    world.part_every = 300;
    assert_int_equal(run_loop(s, 60000), OSFT_OK);
    assert_int_equal(world.turns, (strlen(world.response) + 19) / 20);
    assert_int_equal(world.now, 300 * world.turns);
    script_free(s);
}

static void a_slow_connection_is_waited_for_once(void **state)
{
    struct script *s = world_new(script_good(""));
    (void)state;
    world.connect_ms = 3000;
    world.part_every = 50;
    assert_int_equal(run_loop(s, 60000), OSFT_OK);
    assert_int_equal(world.turns, 2); /* one for the connection, one for the response */
    assert_int_equal(world.now, 3050);
    assert_int_equal(run_loop(s, 60000), OSFT_OK); /* on the same connection */
    assert_int_equal(world.turns, 1);
    script_free(s);
}

static void a_full_window_is_waited_for_once_each_time(void **state)
{
    struct script *s = world_new(script_good(""));
    (void)state;
    world.window = 100;
    world.window_every = 40;
    world.part_every = 50;
    assert_int_equal(run_loop(s, 60000), OSFT_OK);
    assert_true(world.turns >= 4 && world.turns <= 9);
    assert_int_equal(world.now, 40 * (world.turns - 1) + 50);
    script_free(s);
}

static void a_back_off_is_waited_for_once(void **state)
{
    struct script *s = world_new(script_response("503 No", "", ""));
    (void)state;
    world.connect_ms = 10;
    world.part_every = 20;
    assert_int_equal(run_loop(s, 60000), OSFT_E_EMPTY);
    assert_int_equal(s->client.reply.attempts, 4);
    /* a connection and a response for each of 4 attempts, and the 3 pauses between them */
    assert_int_equal(world.turns, 4 * 2 + 3);
    assert_int_equal(world.now, 4 * 30 + 499 + 999 + 1999);
    script_free(s);
}

static void a_stall_is_waited_for_once_in_each_attempt(void **state)
{
    struct script *s = world_new("");
    (void)state;
    assert_int_equal(run_loop(s, 15000), OSFT_E_TIMEOUT);
    assert_int_equal(s->client.reply.attempts, 2);
    assert_int_equal(world.turns, 3);
    assert_int_equal(world.now, 15000);
    script_free(s);
}

/* TLS may wait to read in order to write, and has timers of its own; so a port above it can change
 * events and time. */
static unsigned awaits_result;
static uint32_t awaits_ms;
static unsigned awaits_events; /* the events that awaits was called with */
static unsigned awaits_other(void *ctx, unsigned events, uint32_t *ms)
{
    (void)ctx;
    assert_int_not_equal(events, 0);
    awaits_events = events;
    if (awaits_ms < *ms) {
        *ms = awaits_ms;
    }
    return awaits_result;
}

static void a_port_tells_what_it_really_waits_for(void **state)
{
    struct script *s = world_new(script_good(""));
    (void)state;
    world.port.awaits = awaits_other;
    world.connect_ms = 100;
    world.part_every = 100;
    awaits_result = OSFT_READABLE;
    awaits_ms = 7;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 5000), OSFT_OK);
    assert_int_equal(osft_wait_ms(&s->client), 0); /* no connection: the port is not asked */
    assert_int_equal(osft_wait_events(&s->client), 0);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_ms(&s->client), 7);
    assert_int_equal(osft_wait_events(&s->client), OSFT_READABLE);
    assert_int_equal(awaits_events, OSFT_WRITABLE);
    world.now = 100;
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    awaits_result = OSFT_WRITABLE;
    awaits_ms = UINT32_MAX;
    assert_int_equal(osft_wait_events(&s->client), OSFT_WRITABLE);
    assert_int_equal(osft_wait_ms(&s->client), 4900);
    assert_int_equal(awaits_events, OSFT_READABLE);
    awaits_ms = 0; /* the port has decrypted bytes, so there is nothing to wait for */
    assert_int_equal(osft_wait_ms(&s->client), 0);
    script_free(s);
}

static uint32_t raised_ms;
static unsigned awaits_longer(void *ctx, unsigned events, uint32_t *ms)
{
    (void)ctx;
    *ms = raised_ms;
    return events;
}

/* With a longer wait the loop would sleep past the time limit. */
static void a_port_cannot_make_a_wait_longer(void **state)
{
    static const uint32_t raised[] = { 5001, 60000, INT32_MAX, (uint32_t)INT32_MAX + 1,
                                       UINT32_MAX };
    struct script *s = world_new(script_good(""));
    size_t i;
    (void)state;
    world.port.awaits = awaits_longer;
    world.connect_ms = 100;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 5000), OSFT_OK);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    for (i = 0; i < COUNT(raised); i++) {
        raised_ms = raised[i];
        assert_int_equal(osft_wait_ms(&s->client), 5000);
        assert_int_equal(osft_wait_events(&s->client), OSFT_WRITABLE);
    }
    raised_ms = 5000;
    assert_int_equal(osft_wait_ms(&s->client), 5000);
    raised_ms = 4999;
    assert_int_equal(osft_wait_ms(&s->client), 4999);
    script_free(s);
}

static void each_state_waits_for_its_events(void **state)
{
    struct setup *s = setup_body(1024, "200 OK", "{}");
    const struct osft_client *c = &s->client;
    (void)state;
    assert_int_equal(osft_wait_events(c), 0); /* no call was started */
    assert_int_equal(osft_wait_ms(c), UINT32_MAX);
    s->fake.blocks = 1;
    s->fake.step = 400;
    s->fake.at_end = 0;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 1000), OSFT_OK);
    assert_int_equal(osft_wait_events(c), 0);
    assert_int_equal(osft_wait_ms(c), 0);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_events(c), OSFT_WRITABLE); /* the client connects */
    assert_int_equal(osft_wait_ms(c), 1000);
    s->fake.now = 10;
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_events(c), OSFT_WRITABLE | OSFT_READABLE); /* the client sends */
    assert_int_equal(osft_wait_ms(c), 990);
    s->fake.now = 20;
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_events(c), OSFT_WRITABLE | OSFT_READABLE);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_events(c), OSFT_READABLE); /* the client receives */
    assert_int_equal(osft_wait_ms(c), 980);
    s->fake.now = 1000;
    assert_int_equal(osft_wait_ms(c), 0);
    assert_int_equal(osft_step(&s->client), OSFT_E_TIMEOUT);
    assert_int_equal(osft_wait_events(c), 0);
    assert_int_equal(osft_wait_ms(c), UINT32_MAX);
    setup_free(s);
}

static void without_a_time_limit_only_events_are_waited_for(void **state)
{
    struct setup *s = setup_body(1024, "200 OK", "{}");
    (void)state;
    s->fake.blocks = 1;
    s->fake.port.ticks_ms = NULL;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 0), OSFT_OK);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_ms(&s->client), UINT32_MAX);
    assert_int_equal(osft_wait_events(&s->client), OSFT_WRITABLE);
    setup_free(s);
}

/* Without ticks_ms there are no time limits and no pauses. */
static void without_ticks_nothing_is_timed(void **state)
{
    struct setup *s = setup_body(1024, "200 OK", "{\"result\":[]}");
    (void)state;
    s->fake.blocks = 1;
    s->fake.port.ticks_ms = NULL;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 1), OSFT_OK);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_ms(&s->client), UINT32_MAX);
    assert_int_equal(osft_run(&s->client), OSFT_OK);
    assert_int_equal(osft_start_pause(&s->client, 60000, NULL, NULL), OSFT_OK);
    assert_int_equal(osft_wait_ms(&s->client), 0);
    assert_int_equal(osft_step(&s->client), OSFT_OK);
    setup_free(s);
}

static void a_pause_of_no_time_is_over_at_once(void **state)
{
    struct setup *s = setup_body(1024, "200 OK", "{\"result\":[]}");
    (void)state;
    assert_int_equal(osft_start_pause(&s->client, 0, NULL, NULL), OSFT_OK);
    assert_int_equal(osft_wait_ms(&s->client), 0);
    assert_int_equal(osft_run(&s->client), OSFT_OK);
    assert_int_equal(s->fake.waited, 0);
    setup_free(s);
}

static void osft_wait_sleeps_in_the_port_if_it_can(void **state)
{
    struct setup *s = setup_body(1024, "200 OK", "{}");
    (void)state;
    s->fake.blocks = 1;
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 1000), OSFT_OK);
    osft_wait(&s->client); /* a step is due, so this must not sleep */
    assert_int_equal(s->fake.waited, 0);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    osft_wait(&s->client);
    assert_int_equal(s->fake.waited, 1);
    s->fake.now = 1000;
    osft_wait(&s->client); /* the time limit has passed, so this must not sleep */
    assert_int_equal(s->fake.waited, 1);
    s->fake.now = 999;
    s->fake.port.wait = NULL;
    osft_wait(&s->client);
    assert_int_equal(s->fake.waited, 1);
    setup_free(s);
}

/* The call that only waits, which pages.c and watch.c use. */
static void a_pause_waits_for_time_alone(void **state)
{
    struct exchange list[2] = { { script_good(""), 0, 0, 0 }, { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    (void)state;
    assert_int_equal(script_list(s, 1000), OSFT_OK);
    assert_int_equal(osft_start_pause(&s->client, 2000, NULL, NULL), OSFT_OK);
    assert_int_equal(osft_start_pause(&s->client, 1, NULL, NULL), OSFT_E_STATE);
    assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 0), OSFT_E_STATE);
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_ms(&s->client), 2000);
    assert_int_equal(osft_wait_events(&s->client), 0);
    s->ticks += 1999;
    assert_int_equal(osft_step(&s->client), OSFT_PENDING);
    assert_int_equal(osft_wait_ms(&s->client), 1);
    s->ticks += 1;
    assert_int_equal(osft_wait_ms(&s->client), 0);
    assert_int_equal(osft_step(&s->client), OSFT_OK);
    assert_true(s->client.is_open); /* a pause does not close the connection */
    assert_int_equal(osft_start_pause(&s->client, 2000, NULL, NULL), OSFT_OK);
    osft_close(&s->client);
    assert_int_equal(osft_step(&s->client), OSFT_E_STOPPED);
    script_free(s);
}

struct owner {
    struct script *s;
    int results[4], count;
};

static int on_result(void *ctx, int result);

/* Start a list with an owner, whose function gets the result. */
static int start_owned(struct owner *owner)
{
    struct script *s = owner->s;
    int error = osft_list_start(&s->client, &s->query, &s->page, 0);

    s->client.on_result = on_result;
    s->client.on_result_ctx = owner;
    return error;
}

/* Start a pause after the first result and another list after the second; then return a result of
 * its own. */
static int on_result(void *ctx, int result)
{
    struct owner *owner = ctx;
    struct script *s = owner->s;
    int started;

    owner->results[owner->count++] = result;
    if (owner->count == 3) {
        return -12345;
    }
    started = owner->count == 1 ? osft_start_pause(&s->client, 500, on_result, owner)
                                : start_owned(owner);
    assert_int_equal(started, OSFT_OK);
    return OSFT_PENDING;
}

static void the_owner_of_a_call_is_told_its_result_and_may_start_another(void **state)
{
    struct exchange list[2] = { { script_refusal("404 No", "", "App.NotFound"), 0, 0, 0 },
                                { script_good(""), 0, 0, 0 } };
    struct script *s = script_new(list, 2);
    struct owner owner = { s, { 0 }, 0 };
    (void)state;
    assert_int_equal(start_owned(&owner), OSFT_OK);
    assert_int_equal(osft_run(&s->client), -12345);
    assert_int_equal(osft_step(&s->client), -12345);
    assert_int_equal(owner.count, 3);
    assert_int_equal(owner.results[0], OSFT_E_REFUSED);
    assert_int_equal(owner.results[1], OSFT_OK); /* the result of the pause */
    assert_int_equal(owner.results[2], OSFT_OK);
    assert_int_equal(s->wait_count, 1);
    assert_int_equal(s->waits[0], 500);
    s->next = 1;
    assert_int_equal(script_list(s, 0), OSFT_OK); /* a list by osft_list() has no owner */
    assert_int_equal(owner.count, 3);
    script_free(s);
}

static int ignore_task(void *ctx, const struct osft_task *task,
                       const struct osft_omission *omission)
{
    (void)ctx, (void)task, (void)omission;
    return 0;
}

/* An owner that drops tasks that come twice can have a call repeated after tasks were delivered. */
static void a_call_that_drops_repeats_is_retried_after_tasks(void **state)
{
    static const char part[] = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
                               "{\"result\":[{\"runId\":\"x\"},";
    int drops_repeats;
    (void)state;
    for (drops_repeats = 0; drops_repeats < 2; drops_repeats++) {
        struct exchange list[2] = { { part, 0, 0, OSFT_EOF }, { script_good(""), 0, 0, 0 } };
        struct script *s = script_new(list, 2);
        s->page.on_task = ignore_task;
        assert_int_equal(osft_list_start(&s->client, &s->query, &s->page, 0), OSFT_OK);
        s->client.drops_repeats = (uint8_t)drops_repeats;
        assert_int_equal(osft_run(&s->client), drops_repeats ? OSFT_OK : OSFT_E_CUT);
        script_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_response_is_waited_for_once_for_each_part),
        cmocka_unit_test(a_slow_connection_is_waited_for_once),
        cmocka_unit_test(a_full_window_is_waited_for_once_each_time),
        cmocka_unit_test(a_back_off_is_waited_for_once),
        cmocka_unit_test(a_stall_is_waited_for_once_in_each_attempt),
        cmocka_unit_test(a_port_tells_what_it_really_waits_for),
        cmocka_unit_test(a_port_cannot_make_a_wait_longer),
        cmocka_unit_test(each_state_waits_for_its_events),
        cmocka_unit_test(without_a_time_limit_only_events_are_waited_for),
        cmocka_unit_test(without_ticks_nothing_is_timed),
        cmocka_unit_test(a_pause_of_no_time_is_over_at_once),
        cmocka_unit_test(osft_wait_sleeps_in_the_port_if_it_can),
        cmocka_unit_test(a_pause_waits_for_time_alone),
        cmocka_unit_test(the_owner_of_a_call_is_told_its_result_and_may_start_another),
        cmocka_unit_test(a_call_that_drops_repeats_is_retried_after_tasks),
    };
    return cmocka_run_group_tests_name("waits", tests, NULL, NULL);
}
