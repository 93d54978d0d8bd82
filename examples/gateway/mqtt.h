/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the MQTT channel share. Events go into a queue (mqtt_queue.c), which a file
 * mirrors if one is configured (mqtt_journal.c), and leave it when the broker has acknowledged them
 * (mqtt_link.c). channel_mqtt.c says what is published when; mqtt_messages.c and mqtt_discovery.c,
 * how it reads.
 *
 * topics: TOPIC/availability     online or offline; retained, offline also by last will
 *         TOPIC/INSTANCE/status  what is known of an instance; retained, published when it changes
 *         TOPIC/INSTANCE/event   an event; not retained
 * QoS:    1 throughout
 */
#ifndef MQTT_H
#define MQTT_H

#include <mosquitto.h>
#include <poll.h>
#include "../common/output.h"
#include "config.h"
#include "log.h"
#include "reporter.h"

/* ---- mqtt_settings.c: the section [mqtt] ---- */

#define MQTT_TOPIC_SIZE   320 /* of a whole topic, with its NUL */
#define MQTT_PREFIX_MAX   128 /* bytes of the keys topic and discovery */
#define MQTT_CLIENT_ID    80  /* with its NUL */
#define MQTT_PASSWORD_MAX 1024

/* Texts live as long as the configuration. NULL: the key is absent. */
struct mqtt_settings {
    const char *host;
    int tcp_port;
    int keepalive_s;
    char client_id[MQTT_CLIENT_ID];
    const char *topic;     /* what all topics but those of discovery begin with */
    const char *discovery; /* what the topics of discovery begin with; never NULL */
    int has_discovery;
    const char *user, *password_file;
    int has_tls;
    const char *ca_file; /* NULL: those of the system */
    const char *certificate, *key;
    const char *queue_file; /* NULL: the queue is in memory only */
    size_t queue_bytes;
    int64_t reconnect_max_ms;
};
extern const struct config_key mqtt_keys[];
void read_mqtt_settings(struct mqtt_settings *settings, const struct config *config);
/* Returns 0; or -1 after config_report(). */
int check_mqtt_settings(const struct config *config);
/* The text can be a part of a topic: UTF-8 without controls and wildcards. may_have_levels: 1: it
 * can have slashes, though not as its first or last byte. */
int is_topic_text(const char *text, int may_have_levels);
/* Reads the first line. password has room for MQTT_PASSWORD_MAX bytes. Returns 0; or -1 with what
 * is wrong in `what`, which never has a part of the password. */
int read_mqtt_password(const char *path, char *password, char *what, size_t size);

/* ---- mqtt_queue.c: events that the broker has not acknowledged, oldest first ---- */

/* A record as it stands in memory and in the file; all numbers are little-endian:
 *   0 magic, 4 bytes     4 CRC-32 of all that follows    8 length of the JSON
 *  12 kind, 1 byte      13 length of the name, 1 byte   14 zero, 2 bytes
 *  16 sequence number   24 name of the instance, then the JSON */
#define RECORD_HEADER_BYTES 24
#define RECORD_EVENT        1
#define RECORD_DONE         2 /* all events up to its sequence number are done with */

struct mqtt_event {
    uint64_t sequence;
    uint8_t kind;
    char instance[NAME_SIZE];
    const char *json; /* not ended by a NUL */
    size_t json_len;
};
struct mqtt_queue {
    unsigned char *bytes; /* of size; records stand between head and end */
    size_t size, head, end;
    size_t newest;          /* where the record stands that was added last */
    size_t count;           /* of records */
    uint64_t next_sequence; /* of the next event; the first is 1 */
    uint64_t dropped;       /* events that had to make room, or were too large */
};
/* size: bytes of all records. Returns 0, or -1: no memory. */
int queue_open(struct mqtt_queue *queue, size_t size);
void queue_close(struct mqtt_queue *queue);
/* Adds an event; the oldest are dropped until there is room for it. Returns 0; or -1: it is larger
 * than the queue, and is dropped itself, unless is_last_try is 0. */
int queue_add(struct mqtt_queue *queue, const char *instance, const char *json, size_t json_len,
              int is_last_try);
/* The same with a record from a file, whose sequence number is kept. */
void queue_add_record(struct mqtt_queue *queue, const unsigned char *record, size_t len);
/* The event of that sequence number, or the first one after it. Returns 0, or -1: there is none.
 * Its JSON lies in the queue, until the queue changes. */
int queue_find(const struct mqtt_queue *queue, uint64_t sequence, struct mqtt_event *event);
/* All events up to that number leave the queue. */
void queue_remove(struct mqtt_queue *queue, uint64_t sequence);
/* 1: it has an event of the instance. */
int queue_has(const struct mqtt_queue *queue, const char *instance);
/* The record that was added last; NULL: there is none. */
const unsigned char *queue_newest(const struct mqtt_queue *queue, size_t *len);

/* Writes a record of the second kind. */
void write_done_record(unsigned char record[RECORD_HEADER_BYTES], uint64_t sequence);
/* Looks for a whole record at the beginning of bytes. Returns its length, or 0. */
size_t read_record(const unsigned char *bytes, size_t len, struct mqtt_event *event);
/* 1: the bytes can be the beginning of a record, or of a part of one. */
int looks_like_record(const unsigned char *bytes, size_t len);
uint32_t get_crc32(const void *bytes, size_t len);

/* ---- mqtt_journal.c: the queue in a file ---- */

struct mqtt_journal {
    const char *path;  /* NULL: there is none */
    int fd;            /* -1: the file could not be written yet */
    size_t end;        /* of the file */
    int is_behind;     /* 1: the file lacks what is in the queue */
    int is_unsynced;   /* 1: it may not be on the disk yet */
    int64_t retry_ms;  /* when it is to be written again, by get_monotonic_ms() */
    size_t lost_bytes; /* that were no records, when it was read */
    struct problem problem;
};
/* Reads the file into the queue, and writes it anew without what is done with. A file that cannot
 * be written now is a problem that journal_run() heals. Returns 0; or -1 after reporting that it
 * cannot be read, or that another process has it. */
int journal_open(struct mqtt_journal *journal, const char *path, struct mqtt_queue *queue);
void journal_close(struct mqtt_journal *journal);
/* The queue has a new event, or older ones have left it. */
void journal_add(struct mqtt_journal *journal, const struct mqtt_queue *queue);
void journal_remove(struct mqtt_journal *journal, const struct mqtt_queue *queue);
/* Writes what could not be written, when it is time for that; lowers *timeout_ms to that time. */
void journal_run(struct mqtt_journal *journal, const struct mqtt_queue *queue);
void journal_prepare(const struct mqtt_journal *journal, int64_t *timeout_ms);
/* 1: all of the queue is on the disk, after waiting for it where needed. */
int journal_is_whole(struct mqtt_journal *journal);

/* ---- mqtt_link.c: the connection with the broker ---- */

#define LINK_FLIGHTS    16    /* messages that the broker has not acknowledged, at most */
#define LINK_LIMIT_MS   30000 /* of connecting, and of an acknowledgement */
#define LINK_FIRST_MS   1000  /* before the second attempt; later it is doubled */
#define LINK_SETTLED_MS 10000 /* a connection that lasted so long was no failure */

enum link_state { LINK_WAITING, LINK_RESOLVING, LINK_CONNECTING, LINK_UP };
enum message_kind { MESSAGE_RETAINED, MESSAGE_HELLO, MESSAGE_EVENT };

struct mqtt_message {
    enum message_kind kind;
    uint64_t sequence; /* of an event */
    const char *topic;
    const char *payload;
    size_t len;
};
struct mqtt_flight {
    int id; /* libmosquitto's */
    int is_acknowledged;
    enum message_kind kind;
    uint64_t sequence;
    int64_t since_ms;
};
struct mqtt_link {
    const struct mqtt_settings *settings;
    /* Called from within link_run(), and must not call functions of the link. */
    void (*on_acknowledged)(enum message_kind kind, uint64_t sequence);
    void (*on_retained)(const char *topic, const char *payload, size_t len);

    enum link_state state;
    struct mosquitto *client;
    char availability[MQTT_TOPIC_SIZE];
    int64_t due_ms;  /* when to connect; while connecting: when to give it up */
    int64_t misc_ms; /* when the keep-alive is to be looked at */
    int64_t up_ms;   /* since when it is up */
    unsigned failures;
    int is_refused, refusal; /* the broker's refusal */
    int is_accepted;         /* it has accepted the connection */
    char cause[200];         /* the last error that libmosquitto has named */
    struct mqtt_flight flights[LINK_FLIGHTS];
    size_t first, count; /* a ring, oldest first */
    int resolver;        /* process that looks the name up; 0: none */
    int resolver_pipe;
    uint32_t random;
    uint64_t connections; /* in all */
    struct problem problem;
};
/* Begins; the first attempt is made by link_run(). */
void link_open(struct mqtt_link *link, const struct mqtt_settings *settings);
size_t link_prepare(const struct mqtt_link *link, struct pollfd *descriptors, int64_t *timeout_ms);
void link_run(struct mqtt_link *link, const struct pollfd *descriptors, size_t count);
/* 1: a message can be published now. */
int link_has_room(const struct mqtt_link *link);
/* Returns 0, or -1: not now. */
int link_publish(struct mqtt_link *link, const struct mqtt_message *message, int is_retained);
/* Retained messages of these topics go to on_retained. */
void link_subscribe(struct mqtt_link *link, const char *pattern);
void link_unsubscribe(struct mqtt_link *link, const char *pattern);
/* Says "offline", waits at most limit_ms until it has been acknowledged, and disconnects. */
void link_close(struct mqtt_link *link, int64_t limit_ms);

/* ---- mqtt_messages.c, mqtt_discovery.c: what is published ---- */

/* TOPIC/NAME/LEAF, or TOPIC/LEAF with NULL. */
void make_topic(char topic[MQTT_TOPIC_SIZE], const char *prefix, const char *name,
                const char *leaf);
/* What is known of an instance, as a JSON object. is_whole: 0: without what is another text at each
 * poll that fails, such as its request id: to find out whether anything else has changed. */
void put_status_json(struct output *out, const struct mqtt_settings *settings,
                     const struct instance *instance, int is_whole);
/* What put_status_json() of this reporter begins with. */
void put_status_beginning(struct output *out, const struct mqtt_settings *settings);

#define DISCOVERED 3 /* sensors of an instance */
/* What the topics of all sensors of this reporter match. */
void make_discovery_pattern(char topic[MQTT_TOPIC_SIZE], const struct mqtt_settings *settings);
void make_discovery_topic(char topic[MQTT_TOPIC_SIZE], const struct mqtt_settings *settings,
                          const char *instance, size_t sensor);
/* Home Assistant's description of a sensor. */
void put_discovery(struct output *out, const struct mqtt_settings *settings,
                   const struct instance *instance, size_t sensor);

#endif
