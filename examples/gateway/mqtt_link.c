/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to the broker, with libmosquitto and without threads. Each attempt to connect uses
 * a new client of libmosquitto, so that certificates and the password are read again. No event is
 * lost with the old client: unacknowledged events are still in the queue. The program must ignore
 * SIGPIPE (signals.c), as the broker may have closed a connection that is written to. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "mqtt.h"
#include "resolver.h"

#define SYSTEM_CERTIFICATES "/etc/ssl/certs"

/* Return a random number (xorshift). It spreads the attempts of gateways that have lost the same
 * broker, and need not be secret. */
static uint32_t get_random(struct mqtt_link *link)
{
    link->random ^= link->random << 13;
    link->random ^= link->random >> 17;
    link->random ^= link->random << 5;
    return link->random;
}

static int64_t get_delay_ms(struct mqtt_link *link)
{
    int64_t most = LINK_FIRST_MS;
    unsigned i;

    for (i = 1; i < link->failures && most < link->settings->reconnect_max_ms; i++) {
        most *= 2;
    }
    most = most < link->settings->reconnect_max_ms ? most : link->settings->reconnect_max_ms;
    return most / 2 + (int64_t)(get_random(link) % (uint32_t)(most / 2 + 1));
}

static void end_resolver(struct mqtt_link *link, char *what, size_t size, int *result)
{
    if (link->resolver > 0) {
        *result = finish_resolver(link->resolver, link->resolver_pipe);
        (void)snprintf(what, size, "%s", *result != 0 ? gai_strerror(*result) : "");
        link->resolver = 0;
    }
}

/* End the attempt or the connection, report the failure, and plan the next attempt. advice: the end
 * of the message; or "" */
static void end_with_advice(struct mqtt_link *link, const char *what, const char *advice)
{
    const struct mqtt_settings *settings = link->settings;
    int64_t now = get_monotonic_ms();
    size_t len = strlen(what);

    len -= len > 0 && what[len - 1] == '.'; /* some texts of libmosquitto end with a period */
    problem_set(&link->problem, "mqtt: no connection with the broker %s, port %d: %.*s%s%s%s%s",
                settings->host, settings->tcp_port, (int)len, what, link->cause[0] != 0 ? " (" : "",
                link->cause, link->cause[0] != 0 ? ")" : "", advice);
    if (link->client != NULL) {
        mosquitto_destroy(link->client);
        link->client = NULL;
    }
    if (link->state == LINK_UP && now - link->up_ms >= LINK_SETTLED_MS) {
        link->failures = 0;
    }
    link->failures++;
    link->count = 0;
    link->state = LINK_WAITING;
    link->due_ms = now + get_delay_ms(link);
}

static void end_with_failure(struct mqtt_link *link, const char *what)
{
    end_with_advice(link, what, "");
}

static void end_with_error(struct mqtt_link *link, int error)
{
    if (link->is_refused) {
        end_with_advice(link, mosquitto_connack_string(link->refusal),
                        "; see user, password_file and client_id");
    } else if (error == MOSQ_ERR_TLS) {
        end_with_advice(link, "TLS failed",
                        "; see that ca_file is right, and the broker's certificate is for its "
                        "host");
    } else if (error == MOSQ_ERR_ERRNO) {
        end_with_failure(link, strerror(errno));
    } else {
        end_with_failure(link, mosquitto_strerror(error));
    }
}

/* ---- callbacks of libmosquitto ---- */

static void on_connect(struct mosquitto *client, void *context, int refusal)
{
    struct mqtt_link *link = context;

    (void)client;
    link->is_refused = refusal != 0;
    link->refusal = refusal;
    link->is_accepted = refusal == 0;
}

/* Note that a message was acknowledged. Brokers acknowledge messages in the order in which they
 * were published. If a broker does not, a message counts as acknowledged only after all older
 * messages. */
static void on_publish(struct mosquitto *client, void *context, int id)
{
    struct mqtt_link *link = context;
    size_t i;

    (void)client;
    for (i = 0; i < link->count; i++) {
        struct mqtt_flight *flight = &link->flights[(link->first + i) % LINK_FLIGHTS];

        if (flight->id == id) {
            flight->is_acknowledged = 1;
            break;
        }
    }
    while (link->count > 0 && link->flights[link->first].is_acknowledged) {
        const struct mqtt_flight *flight = &link->flights[link->first];

        link->first = (link->first + 1) % LINK_FLIGHTS;
        link->count--;
        link->on_acknowledged(flight->kind, flight->sequence);
    }
}

static void on_message(struct mosquitto *client, void *context,
                       const struct mosquitto_message *message)
{
    struct mqtt_link *link = context;

    (void)client;
    if (message->retain && message->payloadlen > 0) {
        link->on_retained(message->topic, message->payload, (size_t)message->payloadlen);
    }
}

static void on_log(struct mosquitto *client, void *context, int level, const char *text)
{
    struct mqtt_link *link = context;

    (void)client;
    if (level == MOSQ_LOG_ERR) {
        snprintf(link->cause, sizeof(link->cause), "%s", text);
    }
}

/* Give no pass phrase for the key. Without this callback OpenSSL would ask for the pass phrase on
 * the terminal. */
static int on_pass_phrase(char *buffer, int size, int is_written, void *context)
{
    (void)buffer, (void)size, (void)is_written, (void)context;
    return 0;
}

/* ---- connecting ---- */

static int set_login(struct mqtt_link *link)
{
    static char password[MQTT_PASSWORD_MAX];
    const struct mqtt_settings *settings = link->settings;
    char what[400];
    int error = 0;

    if (settings->password_file != NULL &&
        read_mqtt_password(settings->password_file, password, what, sizeof(what)) != 0) {
        end_with_failure(link, what);
        return -1;
    }
    if (settings->user != NULL) {
        error = mosquitto_username_pw_set(link->client, settings->user,
                                          settings->password_file != NULL ? password : NULL);
        memset(password, 0, sizeof(password));
    }
    if (error != MOSQ_ERR_SUCCESS) {
        end_with_error(link, error);
        return -1;
    }
    return 0;
}

static int configure_client(struct mqtt_link *link)
{
    const struct mqtt_settings *settings = link->settings;
    static const char offline[] = "offline";
    int error;

    mosquitto_connect_callback_set(link->client, on_connect);
    mosquitto_publish_callback_set(link->client, on_publish);
    mosquitto_message_callback_set(link->client, on_message);
    mosquitto_log_callback_set(link->client, on_log);
    error = mosquitto_will_set(link->client, link->availability, (int)strlen(offline), offline, 1,
                               true);
    if (error == MOSQ_ERR_SUCCESS && settings->has_tls) {
        error = mosquitto_tls_set(link->client, settings->ca_file,
                                  settings->ca_file == NULL ? SYSTEM_CERTIFICATES : NULL,
                                  settings->certificate, settings->key, on_pass_phrase);
    }
    if (error != MOSQ_ERR_SUCCESS) {
        end_with_error(link, error);
        return -1;
    }
    return set_login(link);
}

/* Connect to the broker. The name was resolved before, so this function does not block. Of several
 * addresses, libmosquitto uses the first one that does not fail at once. */
static void connect_now(struct mqtt_link *link)
{
    const struct mqtt_settings *settings = link->settings;
    int error;

    link->client = mosquitto_new(settings->client_id, true, link);
    if (link->client == NULL) {
        end_with_failure(link, strerror(errno));
        return;
    }
    if (configure_client(link) != 0) {
        return;
    }
    link->state = LINK_CONNECTING;
    error = mosquitto_connect_async(link->client, settings->host, settings->tcp_port,
                                    settings->keepalive_s);
    if (error != MOSQ_ERR_SUCCESS) {
        end_with_error(link, error);
    }
}

static void begin_attempt(struct mqtt_link *link)
{
    link->is_refused = link->is_accepted = 0;
    link->cause[0] = 0;
    link->due_ms = get_monotonic_ms() + LINK_LIMIT_MS;
    if (is_address(link->settings->host)) {
        connect_now(link);
        return;
    }
    link->resolver = start_resolver(link->settings->host, &link->resolver_pipe);
    if (link->resolver < 0) {
        link->resolver = 0;
        end_with_failure(link, strerror(errno));
    } else {
        link->state = LINK_RESOLVING;
    }
}

static void check_resolver(struct mqtt_link *link, int is_ready)
{
    char what[120] = "";
    int result = -1;

    if (is_ready || get_monotonic_ms() >= link->due_ms) {
        end_resolver(link, what, sizeof(what), &result);
        if (result == 0) {
            connect_now(link);
        } else {
            end_with_failure(link, what);
        }
    }
}

/* ---- connected ---- */

static void mark_as_up(struct mqtt_link *link)
{
    link->state = LINK_UP;
    link->up_ms = link->misc_ms = get_monotonic_ms();
    link->connections++;
    link->cause[0] = 0;
    problem_clear(&link->problem, "mqtt: connected with the broker");
}

static void check_deadlines(struct mqtt_link *link)
{
    int64_t now = get_monotonic_ms();
    int error = MOSQ_ERR_SUCCESS;

    if (link->state == LINK_CONNECTING && now >= link->due_ms) {
        end_with_failure(link, "it has not accepted the connection in time");
    } else if (link->count > 0 && now - link->flights[link->first].since_ms >= LINK_LIMIT_MS) {
        end_with_failure(link, "it has not acknowledged a message in time");
    } else if (link->state == LINK_UP && now >= link->misc_ms) {
        link->misc_ms = now + link->settings->keepalive_s * INT64_C(250);
        error = mosquitto_loop_misc(link->client);
    }
    if (error != MOSQ_ERR_SUCCESS) {
        end_with_error(link, error);
    }
}

static void serve_socket(struct mqtt_link *link, short events)
{
    int error = MOSQ_ERR_SUCCESS;

    errno = 0;
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) {
        error = mosquitto_loop_read(link->client, 1);
    }
    if (error == MOSQ_ERR_SUCCESS && (events & POLLOUT) != 0) {
        error = mosquitto_loop_write(link->client, 1);
    }
    if (error == MOSQ_ERR_SUCCESS && (link->is_refused || mosquitto_socket(link->client) < 0)) {
        error = MOSQ_ERR_CONN_LOST;
    }
    if (error != MOSQ_ERR_SUCCESS) {
        end_with_error(link, error);
    } else if (link->state == LINK_CONNECTING && link->is_accepted) {
        mark_as_up(link);
    }
}

void link_open(struct mqtt_link *link, const struct mqtt_settings *settings)
{
    link->settings = settings;
    link->state = LINK_WAITING;
    link->due_ms = get_monotonic_ms();
    link->random = (uint32_t)get_utc_ms() ^ ((uint32_t)getpid() << 16);
    link->random |= 1; /* the state of the generator must not be zero */
    make_topic(link->availability, settings->topic, NULL, "availability");
    (void)mosquitto_lib_init();
}

size_t link_prepare(const struct mqtt_link *link, struct pollfd *descriptors, int64_t *timeout_ms)
{
    int64_t due = link->state == LINK_UP ? link->misc_ms : link->due_ms;

    if (link->count > 0 && link->flights[link->first].since_ms + LINK_LIMIT_MS < due) {
        due = link->flights[link->first].since_ms + LINK_LIMIT_MS;
    }
    lower_timeout(timeout_ms, due - get_monotonic_ms());
    if (link->state == LINK_WAITING) {
        return 0;
    }
    descriptors[0].events = POLLIN;
    descriptors[0].revents = 0;
    descriptors[0].fd = link->resolver_pipe;
    if (link->state != LINK_RESOLVING) {
        descriptors[0].fd = mosquitto_socket(link->client);
        descriptors[0].events |= mosquitto_want_write(link->client) ? POLLOUT : 0;
    }
    return 1;
}

void link_run(struct mqtt_link *link, const struct pollfd *descriptors, size_t count)
{
    short events = count > 0 ? descriptors[0].revents : 0;

    switch (link->state) {
    case LINK_WAITING:
        if (get_monotonic_ms() >= link->due_ms) {
            begin_attempt(link);
        }
        return;
    case LINK_RESOLVING: check_resolver(link, events != 0); return;
    case LINK_CONNECTING:
    case LINK_UP: serve_socket(link, events); break;
    }
    if (link->client != NULL) {
        check_deadlines(link);
    }
}

int link_has_room(const struct mqtt_link *link)
{
    return link->state == LINK_UP && link->count < LINK_FLIGHTS;
}

int link_publish(struct mqtt_link *link, const struct mqtt_message *message, int is_retained)
{
    struct mqtt_flight *flight = &link->flights[(link->first + link->count) % LINK_FLIGHTS];
    int error;

    if (!link_has_room(link)) {
        return -1;
    }
    errno = 0;
    error = mosquitto_publish(link->client, &flight->id, message->topic, (int)message->len,
                              message->len > 0 ? message->payload : NULL, 1, is_retained != 0);
    if (error != MOSQ_ERR_SUCCESS) {
        end_with_error(link, error);
        return -1;
    }
    flight->is_acknowledged = 0;
    flight->kind = message->kind;
    flight->sequence = message->sequence;
    flight->since_ms = get_monotonic_ms();
    link->count++;
    return 0;
}

void link_subscribe(struct mqtt_link *link, const char *pattern)
{
    if (link->state == LINK_UP) {
        (void)mosquitto_subscribe(link->client, NULL, pattern, 0);
    }
}

void link_unsubscribe(struct mqtt_link *link, const char *pattern)
{
    if (link->state == LINK_UP) {
        (void)mosquitto_unsubscribe(link->client, NULL, pattern);
    }
}

/* Run the link until all messages have been acknowledged, or until the time is reached. */
static void wait_for_flights(struct mqtt_link *link, int64_t until_ms)
{
    while (link->state == LINK_UP && link->count > 0 && get_monotonic_ms() < until_ms) {
        struct pollfd descriptor;
        int64_t timeout_ms = until_ms - get_monotonic_ms();
        size_t count = link_prepare(link, &descriptor, &timeout_ms);

        (void)poll(&descriptor, (nfds_t)count, (int)timeout_ms);
        link_run(link, &descriptor, count);
    }
}

void link_close(struct mqtt_link *link, int64_t limit_ms)
{
    int64_t until_ms = get_monotonic_ms() + limit_ms;
    struct mqtt_message offline = { .kind = MESSAGE_RETAINED, .payload = "offline", .len = 7 };
    char what[120];
    int result;

    if (link->settings == NULL) {
        return;
    }
    offline.topic = link->availability;
    if (link->state == LINK_UP) {
        wait_for_flights(link, until_ms - limit_ms / 2);
        if (link_publish(link, &offline, 1) == 0) {
            wait_for_flights(link, until_ms);
        }
    }
    if (link->client != NULL) {
        if (link->state == LINK_UP && link->count == 0) {
            (void)mosquitto_disconnect(link->client);
        }
        mosquitto_destroy(link->client);
        link->client = NULL;
    }
    end_resolver(link, what, sizeof(what), &result);
    link->count = 0;
    link->state = LINK_WAITING;
    link->settings = NULL;
    (void)mosquitto_lib_cleanup();
}
