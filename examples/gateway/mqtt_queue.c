/* SPDX-License-Identifier: Apache-2.0 */
/* The queue: records, one after the other, in one block of memory. */
#include "mqtt.h"
#include <stdlib.h>
#include <string.h>

#define MAGIC    0x5154534fu /* "OSTQ" */
#define CRC_AT   4
#define LEN_AT   8
#define KIND_AT  12
#define NAME_AT  13
#define SEQ_AT   16
#define JSON_MAX (64 * 1024 * 1024)

static void put32(unsigned char *at, uint32_t value)
{
    size_t i;

    for (i = 0; i < 4; i++) {
        at[i] = (unsigned char)(value >> (8 * i));
    }
}

static uint32_t get32(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The polynomial is that of IEEE 802.3. No table is used, as there are few events. */
uint32_t get_crc32(const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    uint32_t crc = 0xffffffffu;
    int bit;

    while (len-- > 0) {
        crc ^= *at++;
        for (bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
        }
    }
    return ~crc;
}

static void write_header(unsigned char *record, int kind, size_t name_len, size_t json_len,
                         uint64_t sequence)
{
    memset(record, 0, RECORD_HEADER_BYTES);
    put32(record, MAGIC);
    put32(record + LEN_AT, (uint32_t)json_len);
    record[KIND_AT] = (unsigned char)kind;
    record[NAME_AT] = (unsigned char)name_len;
    put32(record + SEQ_AT, (uint32_t)sequence);
    put32(record + SEQ_AT + 4, (uint32_t)(sequence >> 32));
}

static void write_checksum(unsigned char *record, size_t len)
{
    put32(record + CRC_AT, get_crc32(record + LEN_AT, len - LEN_AT));
}

void write_done_record(unsigned char record[RECORD_HEADER_BYTES], uint64_t sequence)
{
    write_header(record, RECORD_DONE, 0, 0, sequence);
    write_checksum(record, RECORD_HEADER_BYTES);
}

/* Return the length of a record whose header is whole and valid. */
static size_t get_record_len(const unsigned char *record)
{
    return RECORD_HEADER_BYTES + record[NAME_AT] + get32(record + LEN_AT);
}

/* Fill in *event from a record that was checked before. */
static void describe_record(const unsigned char *record, struct mqtt_event *event)
{
    size_t name_len = record[NAME_AT];

    event->sequence = get32(record + SEQ_AT) | (uint64_t)get32(record + SEQ_AT + 4) << 32;
    event->kind = record[KIND_AT];
    memcpy(event->instance, record + RECORD_HEADER_BYTES, name_len);
    event->instance[name_len] = 0;
    event->json = (const char *)record + RECORD_HEADER_BYTES + name_len;
    event->json_len = get32(record + LEN_AT);
}

size_t read_record(const unsigned char *bytes, size_t len, struct mqtt_event *event)
{
    size_t whole;

    if (len < RECORD_HEADER_BYTES || get32(bytes) != MAGIC || bytes[NAME_AT] >= NAME_SIZE ||
        get32(bytes + LEN_AT) > JSON_MAX) {
        return 0;
    }
    whole = get_record_len(bytes);
    if (whole > len || get32(bytes + CRC_AT) != get_crc32(bytes + LEN_AT, whole - LEN_AT)) {
        return 0;
    }
    describe_record(bytes, event);
    return event->sequence > 0 ? whole : 0;
}

int looks_like_record(const unsigned char *bytes, size_t len)
{
    unsigned char magic[4];

    put32(magic, MAGIC);
    return memcmp(bytes, magic, len < sizeof(magic) ? len : sizeof(magic)) == 0;
}

int queue_open(struct mqtt_queue *queue, size_t size)
{
    memset(queue, 0, sizeof(*queue));
    queue->bytes = malloc(size);
    queue->size = size;
    queue->next_sequence = 1;
    return queue->bytes != NULL ? 0 : -1;
}

void queue_close(struct mqtt_queue *queue)
{
    free(queue->bytes);
    queue->bytes = NULL;
    queue->count = queue->head = queue->end = 0;
}

static void remove_oldest(struct mqtt_queue *queue)
{
    queue->head += get_record_len(queue->bytes + queue->head);
    queue->count--;
    if (queue->count == 0) {
        queue->head = queue->end = 0;
    }
}

/* Make room for a record of len bytes by dropping the oldest records. Returns where to write the
 * record; NULL: it is larger than the queue. */
static unsigned char *make_room(struct mqtt_queue *queue, size_t len)
{
    if (len > queue->size) {
        return NULL;
    }
    while (queue->size - (queue->end - queue->head) < len) {
        remove_oldest(queue);
        queue->dropped++;
    }
    if (queue->size - queue->end < len) {
        memmove(queue->bytes, queue->bytes + queue->head, queue->end - queue->head);
        queue->end -= queue->head;
        queue->head = 0;
    }
    return queue->bytes + queue->end;
}

/* Add the record that was written at the place that make_room() has returned. */
static void add_written_record(struct mqtt_queue *queue, size_t len)
{
    queue->newest = queue->end;
    queue->end += len;
    queue->count++;
}

int queue_add(struct mqtt_queue *queue, const char *instance, const char *json, size_t json_len,
              int is_last_try)
{
    size_t name_len = strlen(instance), len = RECORD_HEADER_BYTES + name_len + json_len;
    unsigned char *record = json_len <= JSON_MAX ? make_room(queue, len) : NULL;

    if (record == NULL) {
        queue->dropped += is_last_try ? 1 : 0;
        return -1;
    }
    write_header(record, RECORD_EVENT, name_len, json_len, queue->next_sequence++);
    memcpy(record + RECORD_HEADER_BYTES, instance, name_len);
    memcpy(record + RECORD_HEADER_BYTES + name_len, json, json_len);
    write_checksum(record, len);
    add_written_record(queue, len);
    return 0;
}

void queue_add_record(struct mqtt_queue *queue, const unsigned char *record, size_t len)
{
    unsigned char *room = make_room(queue, len);
    struct mqtt_event event;

    describe_record(record, &event);
    if (event.sequence >= queue->next_sequence) {
        queue->next_sequence = event.sequence + 1;
    }
    if (room == NULL) {
        queue->dropped++;
        return;
    }
    memcpy(room, record, len);
    add_written_record(queue, len);
}

int queue_find(const struct mqtt_queue *queue, uint64_t sequence, struct mqtt_event *event)
{
    size_t at = queue->head;

    while (at < queue->end) {
        describe_record(queue->bytes + at, event);
        if (event->sequence >= sequence) {
            return 0;
        }
        at += get_record_len(queue->bytes + at);
    }
    return -1;
}

void queue_remove(struct mqtt_queue *queue, uint64_t sequence)
{
    struct mqtt_event event;

    while (queue_find(queue, 0, &event) == 0 && event.sequence <= sequence) {
        remove_oldest(queue);
    }
}

int queue_has(const struct mqtt_queue *queue, const char *instance)
{
    struct mqtt_event event;
    size_t at = queue->head;

    while (at < queue->end) {
        describe_record(queue->bytes + at, &event);
        if (strcmp(event.instance, instance) == 0) {
            return 1;
        }
        at += get_record_len(queue->bytes + at);
    }
    return 0;
}

const unsigned char *queue_newest(const struct mqtt_queue *queue, size_t *len)
{
    *len = queue->end - queue->newest;
    return queue->count > 0 ? queue->bytes + queue->newest : NULL;
}
