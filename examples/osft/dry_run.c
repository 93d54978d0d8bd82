/* SPDX-License-Identifier: Apache-2.0 */
/* --dry-run: printing what would be sent, and what is signed. The client makes a call over a port
 * that records the bytes to send, and with a hash that records the bytes to hash. Nothing leaves
 * the process. */
#include <string.h>
#include "command.h"

#define RECORD_BYTES (256 * 1024)
#define NONCE_BYTES  16
#define MAC_BYTES    32

struct record {
    char bytes[RECORD_BYTES];
    size_t len;
};

/* The context of the port and of the hash that record a call. */
struct recorder {
    const struct plan *plan;
    const struct osft_sha256 *sha256;   /* the hash that computes, behind the one that records */
    char client_nonce[2 * NONCE_BYTES]; /* in hex, as the client writes it */
    char signature[2 * MAC_BYTES];      /* in hex, as the client sends it */
    struct record request, canonical, string_to_sign;
};

static void wipe_record(struct record *record)
{
    wipe_buffer(record->bytes, sizeof(record->bytes)); /* len may have been larger before */
}

/* Append bytes to a record. Returns 0, or -1 when there is no room. */
static int append_bytes(struct record *record, const void *bytes, size_t len)
{
    if (len > sizeof(record->bytes) - record->len) {
        return -1;
    }
    memcpy(record->bytes + record->len, bytes, len);
    record->len += len;
    return 0;
}

/* Replace each occurrence of old by new. Returns 0, or -1 when there is no room. */
static int replace_text(struct record *record, const struct osft_span *old,
                        const struct osft_span *new)
{
    size_t at = 0;

    while (old->len > 0 && at + old->len <= record->len) {
        char *found = record->bytes + at;
        size_t behind = record->len - at - old->len;

        if (memcmp(found, old->ptr, old->len) != 0) {
            at++;
            continue;
        }
        if (at + new->len + behind > sizeof(record->bytes)) {
            return -1;
        }
        memmove(found + new->len, found + old->len, behind);
        memcpy(found, new->ptr, new->len);
        record->len = at + new->len + behind;
        at += new->len;
    }
    return 0;
}

/* Replace the nonce that the client has made by the nonce of --nonce, as the client has no setting
 * for its nonce. Returns 0, or -1 when there is no room. */
static int insert_chosen_nonce(const struct recorder *recorder, struct record *record)
{
    struct osft_span old = { recorder->client_nonce, sizeof(recorder->client_nonce) };
    struct osft_span chosen = osft_span_from(recorder->plan->nonce);

    return chosen.ptr != NULL ? replace_text(record, &old, &chosen) : 0;
}

/* ---- the port ---- */

static int open_nothing(void *ctx, const char *host, uint16_t tcp_port)
{
    (void)ctx;
    (void)host;
    (void)tcp_port;
    return 1;
}

static int record_sent(void *ctx, const void *bytes, size_t len)
{
    struct recorder *recorder = ctx;
    return append_bytes(&recorder->request, bytes, len) == 0 ? (int)len : OSFT_E_IO;
}

/* End the stream without a response. */
static int receive_end(void *ctx, void *buffer, size_t room)
{
    (void)ctx;
    (void)buffer;
    (void)room;
    return OSFT_EOF;
}

static void close_nothing(void *ctx)
{
    (void)ctx;
}

static int64_t get_chosen_time(void *ctx)
{
    const struct recorder *recorder = ctx;
    return recorder->plan->now_ms / 1000;
}

static void write_hex(char *text, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < len; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
}

static int make_nonce(void *ctx, void *buffer, size_t len)
{
    struct recorder *recorder = ctx;

    if (len != NONCE_BYTES || get_random_bytes(buffer, len) != 0) {
        return -1;
    }
    write_hex(recorder->client_nonce, buffer, NONCE_BYTES);
    return 0;
}

/* ---- the hash ---- */

static int start_hash(void *ctx)
{
    struct recorder *recorder = ctx;
    recorder->canonical.len = 0;
    return 0;
}

static int record_hashed(void *ctx, const void *bytes, size_t len)
{
    struct recorder *recorder = ctx;
    return append_bytes(&recorder->canonical, bytes, len);
}

static int finish_hash(void *ctx, uint8_t digest[32])
{
    struct recorder *recorder = ctx;
    const struct osft_sha256 *real = recorder->sha256;
    const struct record *canonical = &recorder->canonical;

    if (insert_chosen_nonce(recorder, &recorder->canonical) != 0 || real->start(real->ctx) != 0 ||
        real->update(real->ctx, canonical->bytes, canonical->len) != 0) {
        return -1;
    }
    return real->finish(real->ctx, digest);
}

/* Record what is signed, but not the key. */
static int record_signed(void *ctx, const void *key, size_t key_len, const void *bytes, size_t len,
                         uint8_t mac[MAC_BYTES])
{
    struct recorder *recorder = ctx;
    const struct osft_sha256 *real = recorder->sha256;

    recorder->string_to_sign.len = 0;
    if (append_bytes(&recorder->string_to_sign, bytes, len) != 0 ||
        real->hmac(real->ctx, key, key_len, bytes, len, mac) != 0) {
        return -1;
    }
    write_hex(recorder->signature, mac, MAC_BYTES);
    return 0;
}

/* ---- the call ---- */

/* Replace the token by a placeholder, so that the output can be shown to others. The printed hashes
 * are those of the texts with the token. */
static int hide_token(struct record *record)
{
    static const struct osft_span placeholder = OSFT_LIT("(the token)");
    return replace_text(record, &credentials.token, &placeholder);
}

/* Replace the signature by a placeholder, unless --show-signature is given: anybody who has a
 * request with its signature can send it for a quarter of an hour. */
static int hide_signature(struct recorder *recorder)
{
    static const struct osft_span placeholder = OSFT_LIT("(the signature)");
    struct osft_span signature = { recorder->signature, sizeof(recorder->signature) };

    return recorder->plan->show_signature
               ? 0
               : replace_text(&recorder->request, &signature, &placeholder);
}

/* Record one call. Returns OSFT_OK when a request was recorded, or else an osft_error. */
static int record_call(struct recorder *recorder, struct osft_client *client)
{
    static char work[RECORD_BYTES];
    static struct osft_task task;
    const struct osft_port port = { .ctx = recorder,
                                    .open = open_nothing,
                                    .send = record_sent,
                                    .recv = receive_end,
                                    .close = close_nothing,
                                    .utc_s = get_chosen_time,
                                    .random = make_nonce };
    const struct osft_sha256 sha256 = { recorder, start_hash, record_hashed, finish_hash,
                                        record_signed };
    const struct osft_settings settings = { .port = &port,
                                            .sha256 = &sha256,
                                            .credentials = &credentials,
                                            .host = recorder->plan->endpoint.host,
                                            .tcp_port = recorder->plan->endpoint.tcp_port,
                                            .plain_http = (uint8_t)recorder->plan->plain_http,
                                            .work = work,
                                            .work_size = sizeof(work) };
    struct osft_page page = { .tasks = &task, .max = 1 };
    int error;

    osft_init(client, &settings);
    error = osft_list(client, &recorder->plan->query, &page, 0);
    wipe_buffer(work, sizeof(work));
    if (error == OSFT_E_CUT) { /* expected: the request was sent, and the stream ended */
        error = OSFT_OK;
    }
    if (error == OSFT_OK &&
        (insert_chosen_nonce(recorder, &recorder->request) != 0 ||
         hide_token(&recorder->request) != 0 || hide_token(&recorder->canonical) != 0 ||
         hide_signature(recorder) != 0)) {
        error = OSFT_E_SPACE;
    }
    return error;
}

static void print_record(const char *title, const struct record *record)
{
    put_text(&standard_output, title);
    put_bytes(&standard_output, record->bytes, record->len);
}

int run_dry_run(const struct plan *plan)
{
    static const struct limits limits = { RECORD_BYTES, 0 };
    static struct recorder recorder;
    struct report_context context = { plan, &limits, -1 };
    struct osft_client client;
    int error, status = read_credentials(plan);

    if (status != EXIT_DONE) {
        return status;
    }
    recorder.plan = plan;
    recorder.sha256 = get_sha256();
    error = record_call(&recorder, &client);
    if (error == OSFT_OK) {
        print_record("# canonical request\n", &recorder.canonical);
        print_record("\n# string to sign\n", &recorder.string_to_sign);
        print_record("\n# request\n", &recorder.request);
    } else {
        status = report_failure(error, &client.reply, &context);
    }
    wipe_record(&recorder.request);
    wipe_record(&recorder.canonical);
    wipe_record(&recorder.string_to_sign);
    return status;
}
