/* SPDX-License-Identifier: Apache-2.0 */
/* The osft command: what its files share. main.c dispatches; each command has a file of its own, and
 * so has each format. */
#ifndef CMD_H
#define CMD_H

#include "osft.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,
    EXIT_USAGE = 2,
    EXIT_NETWORK = 3,
    EXIT_TLS = 4,
    EXIT_CREDENTIALS = 5,
    EXIT_BROKEN = 6,
    EXIT_NO_ANSWER = 7, /* parse only: JSON, but no such answer */
    EXIT_LOCAL = 8      /* the output could not be written, or memory ran out */
};

/* out.c: a buffered file descriptor. The first error sticks; EPIPE is one of them. */
struct out {
    int fd;
    int error; /* errno of the first failed write; 0: none */
    size_t len;
    char buf[8192];
};
extern struct out cmd_out, cmd_err;
void out_put(struct out *o, const char *src, size_t len);
void out_str(struct out *o, const char *s);
void out_int(struct out *o, int64_t value);
void out_pad(struct out *o, size_t spaces);
void out_flush(struct out *o);

/* text.c: text from elsewhere, made fit for a terminal. Controls, bidirectional overrides and broken
 * UTF-8 become escapes such as \x1b. ascii: 1 when only ASCII may come out. */
struct piece {
    char bytes[16];
    size_t len, width; /* width in terminal columns */
};
size_t text_decode(const char *s, size_t len,
                   uint32_t *code); /* bytes of one character; 0: broken */
int text_is_harmful(uint32_t code);
size_t text_piece(const char *s, size_t len, int ascii, struct piece *p); /* bytes consumed */
void text_safe(struct out *o, const char *s, size_t len, int ascii);

/* What standard output is. */
struct look {
    const struct osft_query *query; /* what was asked; NULL: nobody knows, the answer was saved */
    int terminal, colour;
    int ascii; /* a terminal that shows no UTF-8 */
    size_t columns;
    int64_t now_ms;
};

/* format.c, format_*.c */
enum format {
    FORMAT_TABLE,
    FORMAT_JSON,
    FORMAT_JSONL,
    FORMAT_CSV,
    FORMAT_PROMETHEUS,
    FORMAT_TIMELINE,
    FORMAT_COUNT
};
void format_prometheus(struct out *o, const struct look *look, const struct osft_page *page);
void format_timeline(struct out *o, const struct look *look, const struct osft_page *page);
int format_is_over(const struct osft_task *t);           /* or it goes on, to now */
int format_parse(const char *name, enum format *format); /* 0, or -1 */
void format_look(struct look *look);
void format_page(struct out *o, enum format format, const struct look *look,
                 const struct osft_page *page);
void format_table(struct out *o, const struct look *look, const struct osft_page *page);
void format_json(struct out *o, const struct osft_page *page);
void format_jsonl(struct out *o, const struct osft_page *page);
void format_csv(struct out *o, const struct look *look, const struct osft_page *page);

/* times.c */
#define TIME_TEXT 40
int64_t time_now_ms(void);
int time_parse(const char *s, int64_t now_ms, int64_t *ms); /* 0, or -1: no time */
int time_parse_date(const char *s, int64_t *ms);            /* only 2024-02-29T23:59:59Z */
int time_parse_timeout(const char *s, uint32_t *ms);
void time_iso(int64_t ms, char text[TIME_TEXT]);
void time_length(int64_t ms, char text[TIME_TEXT]); /* such as 3h 05m */

/* values.c: 0, or -1 */
int value_int(const char *s, int64_t min, int64_t max, int64_t *value);
int value_is_loopback(const char *host);

#define HOST_SIZE 256
struct endpoint {
    char host[HOST_SIZE]; /* an IPv6 address in brackets */
    uint16_t tcp_port;    /* 0: the scheme's own */
};
/* *why: a sentence that the value completes */
int value_endpoint(const char *s, struct endpoint *e, const char **why);
int value_region(const char *s, struct endpoint *e);

/* options.c */
enum command { COMMAND_LIST = 1, COMMAND_PARSE = 2 }; /* bits */
enum option {
    OPT_APP,
    OPT_FUNCTION,
    OPT_INSTANCE,
    OPT_STATUS,
    OPT_SINCE,
    OPT_UNTIL,
    OPT_PAGE,
    OPT_PAGE_SIZE,
    OPT_FORMAT,
    OPT_REGION,
    OPT_ENDPOINT,
    OPT_CA,
    OPT_TIMEOUT,
    OPT_PLAIN_HTTP,
    OPT_DRY_RUN,
    OPT_DATE,
    OPT_NONCE,
    OPT_VERBOSE,
    OPT_VERSION,
    OPT_HELP,
    OPT_COUNT
};
struct options {
    enum command command;
    const char *value[OPT_COUNT]; /* NULL: not given; a switch that is given: "" */
    const char *file;             /* parse's argument */
};
/* Returns 0, or -1 after it has said on stderr what is wrong. */
int options_read(struct options *o, enum command command, char *const *args);

/* request options, checked (plan.c) */
struct plan {
    struct osft_query query;
    struct endpoint endpoint;
    enum format format;
    uint32_t timeout_ms;
    int plain_http, verbose, dry_run;
    const char *ca;    /* NULL: the system's */
    const char *nonce; /* dry run only; NULL: a random one */
    int64_t now_ms;    /* what -7d is counted from, and a dry run's date */
};
int plan_make(struct plan *p, const struct options *o);

/* usage.c */
const char *command_name(enum command command);
void usage_help(enum command command); /* 0: of the whole */
/* Says what is wrong, with value quoted after it (NULL: none), and where to read on. Returns -1. */
int usage_error(enum command command, const char *what, const char *value);

/* credentials.c: from the environment. Returns EXIT_DONE, or EXIT_CREDENTIALS after saying why. */
extern struct osft_credentials cmd_credentials;
int credentials_read(void);
void credentials_wipe(void);

/* net.c: the only file that knows the port. The structs are static: one connection a process. */
const struct osft_sha256 *net_sha256(void);
int net_start(const struct plan *p, const struct osft_port **port); /* an exit status */
int net_random(void *dst, size_t len);                              /* 0, or -1 */
/* The port's own number in words; "" when it has none. */
void net_code_text(int err, int32_t code, char *text, size_t size);
void net_stop(void);

/* report.c: says what happened, what is known, and what to do. Returns the exit status. */
struct limits {
    size_t work, tasks;
};
int report_call(int err, const struct osft_page *page, const struct plan *plan,
                const struct limits *limits);
int report_parse(int err, const struct osft_page *page, const char *file);
int report_local(const char *what, const char *name, int error); /* EXIT_LOCAL */

int run_list(const struct plan *p);
int run_dry(const struct plan *p);
int run_parse(const struct options *o);

#endif
