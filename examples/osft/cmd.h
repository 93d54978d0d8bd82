/* SPDX-License-Identifier: Apache-2.0 */
/* The osft command: what its files share. main.c dispatches; each command has a file of its own, and
 * so has each format. */
#ifndef CMD_H
#define CMD_H

#include "osft_watch.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,
    EXIT_USAGE = 2,
    EXIT_NETWORK = 3,
    EXIT_TLS = 4,
    EXIT_CREDENTIALS = 5,
    EXIT_BROKEN = 6,
    EXIT_NO_ANSWER = 7, /* parse only: JSON, but no such answer */
    EXIT_LOCAL = 8,     /* the output or the state could not be written, or memory ran out */
    EXIT_SIGNAL = 128   /* and the signal's number: main() ends by that signal */
};

/* out.c: a buffered file descriptor. The first error sticks; EPIPE is one of them. */
struct out {
    int fd;
    int error; /* errno of the first failed write; 0: none */
    size_t len;
    char buf[32768]; /* a whole screen is one write */
};
extern struct out cmd_out, cmd_err;
void out_put(struct out *o, const char *src, size_t len);
void out_str(struct out *o, const char *s);
void out_int(struct out *o, int64_t value);
void out_pad(struct out *o, size_t spaces);
void out_flush(struct out *o);
int out_is_closed(const struct out *o); /* whoever read it is gone */

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
    int moves; /* a terminal whose cursor can be moved */
    int ascii; /* a terminal that shows no UTF-8 */
    size_t columns;
    int64_t now_ms;
    const char *line_end; /* of a table */
    int one;              /* what is shown answers GetFunctionTask: json's result is an object */
    int is_cut;           /* an error follows: json is left without its end, so that nobody takes it
                           * for a whole document */
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
void format_json(struct out *o, const struct look *look, const struct osft_page *page);

/* In parts, for what comes bit by bit. A table's columns grow with what comes, and never shrink; its
 * head comes with the first part. */
#define COLUMNS_MAX 7
struct columns {
    size_t width[COLUMNS_MAX]; /* as wide as what was shown so far; all 0: nothing was */
};
void format_table(struct out *o, const struct look *look, struct columns *columns,
                  const struct osft_page *page);
void format_json_begin(struct out *o);
void format_json_task(struct out *o, const struct osft_task *task, int is_first);
void format_json_end(struct out *o, const struct osft_page *page, int is_empty);
void format_jsonl_task(struct out *o, const struct osft_task *task);
void format_csv_head(struct out *o);
void format_csv_task(struct out *o, const struct look *look, const struct osft_task *task);
/* What watch has seen happen. */
struct event {
    const char *name, *colour; /* colour NULL: none of its own */
    int64_t time_ms;
    uint64_t id;             /* of the run: the same in all events of it */
    int32_t progress_before; /* or OSFT_UNKNOWN */
    struct osft_task task;   /* as far as it is known */
};
void format_jsonl_event(struct out *o, const struct event *e);

/* times.c */
#define TIME_TEXT 40
int64_t time_now_ms(void);
int time_parse(const char *s, int64_t now_ms, int64_t *ms); /* 0, or -1: no time */
int time_parse_date(const char *s, int64_t *ms);            /* only 2024-02-29T23:59:59Z */
int time_parse_length(const char *s, uint32_t *ms);
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
enum command { COMMAND_LIST = 1, COMMAND_PARSE = 2, COMMAND_GET = 4, COMMAND_WATCH = 8 }; /* bits */
enum option {
    OPT_APP,
    OPT_FUNCTION,
    OPT_INSTANCE,
    OPT_GENERATION,
    OPT_STATUS,
    OPT_SINCE,
    OPT_UNTIL,
    OPT_PAGE,
    OPT_PAGE_SIZE,
    OPT_ALL,
    OPT_INTERVAL,
    OPT_ONCE,
    OPT_STATE,
    OPT_FORMAT,
    OPT_REGION,
    OPT_ENDPOINT,
    OPT_CA,
    OPT_TIMEOUT,
    OPT_RETRIES,
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
    enum command command;
    struct osft_query query;
    struct endpoint endpoint;
    enum format format;
    uint32_t timeout_ms, interval_ms;
    uint8_t tries;
    int plain_http, verbose, dry_run, all, once;
    const char *state; /* NULL: none is kept */
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
int net_is_resumed(void); /* the TLS session of the last connection was one from before */
void net_stop(void);

/* drive.c: calls, waits, and the signals that end them. */
void drive_catch_signals(void);
int drive_signal(void);       /* the signal that asked for the end; 0: none did */
int64_t drive_clock(void);    /* monotonic, ms */
void drive_sleep(int64_t ms); /* a signal ends it at once */
/* Drive the call that was begun. Returns what it came to; OSFT_E_STOPPED when a signal ended it. */
int drive_call(struct osft_link *link, const struct plan *p);

/* session.c: everything a call needs, static. */
#define TASKS_MAX 1000 /* of one page */
struct limits {
    size_t work, tasks;
};
extern const struct limits session_limits;
int session_start(const struct plan *p, struct osft_link **link); /* an exit status */
void session_stop(void);
int session_list(struct osft_link *link, const struct plan *p, const struct osft_query *query,
                 struct osft_page *page);
/* Whether session_say() will say anything. */
int session_has_news(const struct osft_link *link, const struct plan *p);
/* With --verbose: what the call came to; and whenever the clock is off. tasks: that were shown; since: drive_clock() before it. */
void session_say(const struct osft_link *link, const struct plan *p, const struct osft_page *page,
                 int64_t tasks, int64_t since);

/* report.c: says what happened, what is known, and what to do. Returns the exit status. */
struct call {
    const struct plan *plan;
    const struct limits *limits;
    const struct osft_link *link; /* NULL: it was not one of a link's */
    int64_t shown;                /* tasks that were shown before; < 0: that is of no interest */
};
int report_call(int err, const struct osft_page *page, const struct call *call);
int report_no_task(const struct osft_page *page, const struct call *call); /* get has found none */
int report_stuck(const struct osft_page *page, const struct call *call);   /* OSFT_PAGES_STUCK */
/* Whether it can be otherwise next time with nothing changed here. */
int report_may_heal(int err, const struct osft_page *page);
int report_parse(int err, const struct osft_page *page, const char *file);
int report_local(const char *what, const char *name, int error); /* EXIT_LOCAL */
/* A text of the service's on standard error, without what it repeats of the credentials or of what was
 * signed; - when there is none. */
void report_span(const struct osft_span *s);
/* state.c: the file that watch keeps its table in. The old state or the new one is in it, whatever
 * happens; two watches cannot have the same. */
struct state {
    const char *name;  /* as the user wrote it */
    char *path, *next; /* resolved; and what is renamed to it */
    int fd;            /* holds the lock */
    size_t len;        /* bytes in mem, as they are in the file; 0: nothing was saved yet */
    char *mem;
    size_t size;
};
/* An exit status, after saying what is wrong. state_close() is due either way. */
int state_open(struct state *s, const char *name, void *mem, size_t size);
int state_refuse(const struct state *s, int err); /* what it holds is no state: EXIT_LOCAL */
/* 0, or errno. Without a file (all zero) there is nothing to do. */
int state_save(struct state *s, const void *src, size_t len);
void state_close(struct state *s);

/* event.c */
void event_make(struct event *e, enum osft_watch_event kind, const struct osft_task *task,
                const struct osft_run *run);
void event_print(const struct event *e, enum format format);

/* screen.c: a table that stays in place on a terminal, below what has scrolled by. */
struct screen {
    size_t lines; /* of the table as drawn; 0: nothing is */
    size_t rows, columns;
};
size_t screen_tasks(void); /* how many fit */
/* Take the table away, so that something else can be printed in its place. */
void screen_erase(struct screen *s);
/* Draw it, with a line below it; one write. */
void screen_draw(struct screen *s, const struct osft_page *page, const char *line);

/* live.c: the newest runs on that screen. */
struct live {
    struct screen screen;
    struct osft_page page; /* only its tasks */
    int64_t looked_ms;     /* when these were fetched */
    int failed;            /* osft_err of the last look */
};
int live_fetch(struct live *l, struct osft_link *link, const struct plan *p); /* an osft_err */
void live_draw(struct live *l, int64_t left_ms);

int run_list(const struct plan *p);
int run_all(const struct plan *p);
int run_watch(const struct plan *p);
int run_dry(const struct plan *p);
int run_parse(const struct options *o);

#endif
