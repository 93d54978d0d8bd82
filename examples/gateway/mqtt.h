/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations that the files of the MQTT channel share. Events go into a queue (mqtt_queue.c),
 * which is mirrored in a file if one is configured (mqtt_journal.c). An event leaves the queue when
 * the broker has acknowledged it (mqtt_link.c). channel_mqtt.c decides what is published, and when;
 * mqtt_messages.c and mqtt_discovery.c write the messages.
 *
 * topics: TOPIC/availability     online or offline; retained, the last will is offline
 *         TOPIC/INSTANCE/status  the status of an instance; retained, published when it changes
 *         TOPIC/INSTANCE/event   an event; not retained
 * QoS:    1 for all messages */
#ifndef MQTT_H
#define MQTT_H

#include <mosquitto.h>
#include <poll.h>
#include "../common/output.h"
#include "config.h"
#include "log.h"
#include "reporter.h"

/* ---- mqtt_settings.c: the section [mqtt] ---- */

#define MQTT_TOPIC_SIZE   320 /* bytes of a whole topic, with its NUL */
#define MQTT_PREFIX_MAX   128 /* the most bytes of the keys topic and discovery_topic */
#define MQTT_CLIENT_ID    80  /* bytes, with its NUL */
#define MQTT_PASSWORD_MAX 1024

/* The values of the section [mqtt]. Texts live as long as the configuration. NULL: the key is
 * absent. */
struct mqtt_settings {
    const char *host;
    int tcp_port;
    int keepalive_s;
    char client_id[MQTT_CLIENT_ID];
    const char *topic;     /* the beginning of all topics except those of discovery */
    const char *discovery; /* the beginning of the topics of discovery; never NULL */
    int has_discovery;
    const char *user, *password_file;
    int has_tls;
    const char *ca_file; /* NULL: the system's certificates */
    const char *certificate, *key;
    const char *queue_file; /* NULL: the queue is in memory only */
    size_t queue_bytes;
    int64_t reconnect_max_ms;
};
extern const struct config_key mqtt_keys[];
void read_mqtt_settings(struct mqtt_settings *settings, const struct config *config);
/* Check the section. Returns 0; or -1 after config_report(). */
int check_mqtt_settings(const struct config *config);
/* Whether the text can be a part of a topic: UTF-8 without controls and wildcards. may_have_levels
 * 1: the text may have slashes, but not as its first or last byte. */
int is_topic_text(const char *text, int may_have_levels);
/* Read the password from the first line of a file. password: room for MQTT_PASSWORD_MAX bytes.
 * Returns 0; or -1 with a description of the fault in `what`, which never has a part of the
 * password. */
int read_mqtt_password(const char *path, char *password, char *what, size_t size);

/* ---- mqtt_queue.c: events that the broker has not acknowledged, oldest first ---- */

/* The format of a record, in memory and in the file; all numbers are little-endian:
 *   0 magic, 4 bytes     4 CRC-32 of all that follows    8 length of the JSON
 *  12 kind, 1 byte      13 length of the name, 1 byte   14 zero, 2 bytes
 *  16 sequence number   24 name of the instance, then the JSON */
#define RECORD_HEADER_BYTES 24
#define RECORD_EVENT        1
#define RECORD_DONE         2 /* all events up to its sequence number have been acknowledged */

struct mqtt_event {
    uint64_t sequence;
    uint8_t kind;
    char instance[NAME_SIZE];
    const char *json; /* not terminated by a NUL */
    size_t json_len;
};
struct mqtt_queue {
    unsigned char *bytes; /* `size` bytes; the records are between head and end */
    size_t size, head, end;
    size_t newest;          /* the offset of the record that was added last */
    size_t count;           /* number of records */
    uint64_t next_sequence; /* sequence number of the next event; the first event has 1 */
    uint64_t dropped; /* number of events that were dropped for newer ones, or were too large */
};
/* Make an empty queue. size: the most bytes of all records. Returns 0, or -1 when there is no
 * memory. */
int queue_open(struct mqtt_queue *queue, size_t size);
void queue_close(struct mqtt_queue *queue);
/* Add an event. The oldest events are dropped until there is room for the new one. Returns 0; or -1
 * when the event is larger than the queue. Such an event counts as dropped only if is_last_try is
 * 1. */
int queue_add(struct mqtt_queue *queue, const char *instance, const char *json, size_t json_len,
              int is_last_try);
/* Add a record from a file. The event keeps the sequence number in the record. */
void queue_add_record(struct mqtt_queue *queue, const unsigned char *record, size_t len);
/* Find the event with the sequence number, or else the next later event. Returns 0, or -1 when
 * there is none. The JSON is not copied: it is valid until the queue changes. */
int queue_find(const struct mqtt_queue *queue, uint64_t sequence, struct mqtt_event *event);
/* Remove all events up to the sequence number. */
void queue_remove(struct mqtt_queue *queue, uint64_t sequence);
/* Whether the queue has an event of the instance. */
int queue_has(const struct mqtt_queue *queue, const char *instance);
/* Return the record that was added last; NULL: there is none. */
const unsigned char *queue_newest(const struct mqtt_queue *queue, size_t *len);

/* Write a record of the kind RECORD_DONE. */
void write_done_record(unsigned char record[RECORD_HEADER_BYTES], uint64_t sequence);
/* Read the record at the beginning of the bytes. Returns its length, or 0 when there is no whole
 * and undamaged record. */
size_t read_record(const unsigned char *bytes, size_t len, struct mqtt_event *event);
/* Whether the bytes can be the beginning of a record. Also true when there are fewer bytes than the
 * magic has. */
int looks_like_record(const unsigned char *bytes, size_t len);
uint32_t get_crc32(const void *bytes, size_t len);

/* ---- mqtt_journal.c: the copy of the queue in a file ---- */

struct mqtt_journal {
    const char *path;  /* NULL: there is no file */
    int fd;            /* -1: the file has not been written yet */
    size_t end;        /* length of the file */
    int is_behind;     /* 1: the file differs from the queue, and must be written as a whole */
    int is_unsynced;   /* 1: changes may not be on the disk yet */
    int64_t retry_ms;  /* when writing is tried again, by get_monotonic_ms() */
    size_t lost_bytes; /* bytes that belonged to no record when the file was read */
    struct problem problem;
};
/* Read the file into the queue, and write the file again without acknowledged events. A file that
 * cannot be written now is a problem, and journal_run() tries again. Returns 0; or -1 after
 * reporting that the file cannot be read, or that another process uses it. */
int journal_open(struct mqtt_journal *journal, const char *path, struct mqtt_queue *queue);
void journal_close(struct mqtt_journal *journal);
/* Store a change of the queue in the file. Call journal_add() after an event was added, and
 * journal_remove() after the oldest events were removed. */
void journal_add(struct mqtt_journal *journal, const struct mqtt_queue *queue);
void journal_remove(struct mqtt_journal *journal, const struct mqtt_queue *queue);
/* journal_run() writes the file when a write has failed before and the time of the next attempt has
 * come. journal_prepare() lowers *timeout_ms to that time. */
void journal_run(struct mqtt_journal *journal, const struct mqtt_queue *queue);
void journal_prepare(const struct mqtt_journal *journal, int64_t *timeout_ms);
/* Whether the file on the disk has all events of the queue. Flushes the file first if it has
 * changes, and waits for the disk. */
int journal_is_whole(struct mqtt_journal *journal);

/* ---- mqtt_link.c: the connection to the broker ---- */

#define LINK_FLIGHTS    16    /* the most messages without an acknowledgement */
#define LINK_LIMIT_MS   30000 /* time limit of connecting, and of an acknowledgement */
#define LINK_FIRST_MS   1000  /* delay before the second attempt; doubled after each failure */
#define LINK_SETTLED_MS 10000 /* a connection that lasts so long resets the delay */

enum link_state { LINK_WAITING, LINK_RESOLVING, LINK_CONNECTING, LINK_UP };
enum message_kind { MESSAGE_RETAINED, MESSAGE_ONLINE, MESSAGE_EVENT };

struct mqtt_message {
    enum message_kind kind;
    uint64_t sequence; /* of an event */
    const char *topic;
    const char *payload;
    size_t len;
};
struct mqtt_flight {
    int id; /* message id of libmosquitto */
    int is_acknowledged;
    enum message_kind kind;
    uint64_t sequence;
    int64_t since_ms;
};
struct mqtt_link {
    const struct mqtt_settings *settings;
    /* Callbacks, called from within link_run(). They must not call functions of the link. */
    void (*on_acknowledged)(enum message_kind kind, uint64_t sequence);
    void (*on_retained)(const char *topic, const char *payload, size_t len);

    enum link_state state;
    struct mosquitto *client;
    char availability[MQTT_TOPIC_SIZE];
    int64_t due_ms;  /* time of the next attempt; while connecting: when the attempt is given up */
    int64_t misc_ms; /* when mosquitto_loop_misc() must be called for the keep-alive */
    int64_t up_ms;   /* when the connection was accepted */
    unsigned failures;
    int is_refused, refusal; /* is_refused 1: the broker has refused with the code refusal */
    int is_accepted;         /* 1: the broker has accepted the connection */
    char cause[200];         /* the last error message of libmosquitto */
    struct mqtt_flight flights[LINK_FLIGHTS];
    size_t first, count; /* a ring buffer of flights, the oldest first */
    int resolver;        /* id of the process that looks the name up; 0: there is none */
    int resolver_pipe;
    uint32_t random;
    uint64_t connections; /* number of connections since link_open() */
    struct problem problem;
};
/* Initialize the link. The next link_run() makes the first attempt to connect. */
void link_open(struct mqtt_link *link, const struct mqtt_settings *settings);
size_t link_prepare(const struct mqtt_link *link, struct pollfd *descriptors, int64_t *timeout_ms);
void link_run(struct mqtt_link *link, const struct pollfd *descriptors, size_t count);
/* Whether a message can be published now. */
int link_has_room(const struct mqtt_link *link);
/* Publish a message. Returns 0, or -1 when no message can be published now. */
int link_publish(struct mqtt_link *link, const struct mqtt_message *message, int is_retained);
/* link_subscribe() subscribes to a pattern of topics, and link_unsubscribe() ends that. Retained
 * messages whose topics match are passed to on_retained. */
void link_subscribe(struct mqtt_link *link, const char *pattern);
void link_unsubscribe(struct mqtt_link *link, const char *pattern);
/* Publish "offline", wait at most limit_ms for acknowledgements, and disconnect. */
void link_close(struct mqtt_link *link, int64_t limit_ms);

/* ---- mqtt_messages.c, mqtt_discovery.c: messages and topics ---- */

/* Make the topic PREFIX/NAME/LEAF; name NULL: PREFIX/LEAF. */
void make_topic(char topic[MQTT_TOPIC_SIZE], const char *prefix, const char *name,
                const char *leaf);
/* Put the status of an instance as a JSON object. is_whole 0: members that differ with each poll,
 * such as lastPollSuccess, are left out, so that two such objects are the same when nothing else
 * has changed. */
void put_status_json(struct output *out, const struct mqtt_settings *settings,
                     const struct instance *instance, int is_whole);
/* Put the beginning that all statuses of this reporter have in common. */
void put_status_beginning(struct output *out, const struct mqtt_settings *settings);

#define DISCOVERED 4 /* number of sensors of an instance */
/* Make the pattern that the topics of all sensors of this reporter match. */
void make_discovery_pattern(char topic[MQTT_TOPIC_SIZE], const struct mqtt_settings *settings);
void make_discovery_topic(char topic[MQTT_TOPIC_SIZE], const struct mqtt_settings *settings,
                          const char *instance, size_t sensor);
/* Put the description of a sensor for Home Assistant. */
void put_discovery(struct output *out, const struct mqtt_settings *settings,
                   const struct instance *instance, size_t sensor);

#endif
