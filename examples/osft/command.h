/* SPDX-License-Identifier: Apache-2.0 */
/* The osft command: what its files share. main.c chooses a command; each command has a file of its
 * own, and so has each format. */
#ifndef COMMAND_H
#define COMMAND_H

#include "../common/child.h"
#include "../common/clock.h"
#include "../common/event.h"
#include "../common/measured.h"
#include "../common/output.h"
#include "../common/text.h"
#include "../common/timetext.h"
#include "../common/values.h"
#include "osft_hosted_proxy.h"
#include "osft_watch.h"

enum exit_status {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,
    EXIT_USAGE = 2,
    EXIT_NETWORK = 3,
    EXIT_TLS = 4,
    EXIT_CREDENTIALS = 5,
    EXIT_BROKEN = 6,
    EXIT_NO_LIST = 7,    /* parse only: JSON, but no response of the service */
    EXIT_LOCAL = 8,      /* the output or the state cannot be written, or memory ran out */
    EXIT_RUN_FAILED = 9, /* get --wait only: the run has ended, and not with success */
    EXIT_NOT_ENDED = 10, /* get --wait only: the run has not ended within --timeout */
    EXIT_SIGNAL = 128    /* and the signal's number: main() ends by that signal */
};

/* ---- output_file.c: standard output as a file that is replaced as a whole ---- */
struct output_file {
    const char *name;      /* as the user wrote it; NULL: none is open */
    char *path, *new_path; /* resolved; and what is renamed to it */
    int fd, has_new_file;
};
/* A new file in the folder of path, with a name that nothing else has. Returns its descriptor, or
 * -1 with errno. *name: of it, from the heap; to be freed either way. */
int make_file_beside(const char *path, char **name);
/* Returns an exit status, after reporting what is wrong. close_output_file() is due either way. */
int open_output_file(struct output_file *file, const char *name);
/* is_kept 0: the old file stays. Returns an exit status. */
int close_output_file(struct output_file *file, int is_kept);

/* ---- times.c ---- */
/* The same by the service's clock, by which tasks are timed, as far as the client has learned it.
 */
int64_t get_service_time_ms(void);
void set_service_clock(const struct osft_client *client);
/* A time as a user writes it: a date, milliseconds, or how long before now_ms. Returns 0, or -1. */
int parse_time(const char *text, int64_t now_ms, int64_t *ms);
int is_relative_time(const char *text);                /* how long before now; text NULL: 0 */
int parse_request_date(const char *text, int64_t *ms); /* only 2024-02-29T23:59:59Z; 0 or -1 */

/* ---- options.c: the command line ---- */
enum command { COMMAND_LIST = 1, COMMAND_PARSE = 2, COMMAND_GET = 4, COMMAND_WATCH = 8 }; /* bits */
enum option {
    OPTION_APP,
    OPTION_FUNCTION,
    OPTION_INSTANCE,
    OPTION_GENERATION,
    OPTION_STATUS,
    OPTION_SINCE,
    OPTION_UNTIL,
    OPTION_PAGE,
    OPTION_PAGE_SIZE,
    OPTION_ALL,
    OPTION_INTERVAL,
    OPTION_ONCE,
    OPTION_WAIT,
    OPTION_EXEC,
    OPTION_EXEC_TIMEOUT,
    OPTION_STATE,
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_CREDENTIALS,
    OPTION_PROFILE,
    OPTION_REGION,
    OPTION_ENDPOINT,
    OPTION_CA,
    OPTION_PROXY,
    OPTION_TIMEOUT,
    OPTION_RETRIES,
    OPTION_PLAIN_HTTP,
    OPTION_DRY_RUN,
    OPTION_DATE,
    OPTION_NONCE,
    OPTION_SHOW_SIGNATURE,
    OPTION_EXTEND_INFO,
    OPTION_VERBOSE,
    OPTION_VERSION,
    OPTION_HELP,
    OPTION_COUNT
};
struct options {
    enum command command;
    const char *value[OPTION_COUNT]; /* NULL: not given; a switch that is given: "" */
    const char *file;                /* parse's argument */
};
/* Returns 0, or -1 after reporting on standard error what is wrong. */
int read_options(struct options *options, enum command command, char *const *arguments);

/* ---- metrics_text.c ---- */
#define METRICS_TEXT_SIZE 400
/* What extendInfo says, in words, such as "1 error: no samples; auc 0.7745". Returns a text in
 * buffer; or else the text itself, when it is no JSON. */
struct osft_span summarise_metrics(const struct osft_span *text, char buffer[METRICS_TEXT_SIZE]);

/* ---- format.c, format_*.c ---- */
enum format {
    FORMAT_TABLE,
    FORMAT_JSON,
    FORMAT_JSONL,
    FORMAT_CSV,
    FORMAT_PROMETHEUS,
    FORMAT_TIMELINE,
    FORMAT_COUNT
};
int parse_format(const char *name, enum format *format); /* 0, or -1 */

/* What standard output is, and what is shown on it. */
struct display {
    const struct osft_query
        *query; /* what was asked for; NULL: not known, as with a saved response */
    int is_terminal, has_colour;
    int can_move_cursor;
    int ascii_only;         /* a terminal that does not show UTF-8 */
    size_t columns;         /* of the terminal; 0: lines of any length */
    size_t rows;            /* of the terminal */
    int64_t now_ms;         /* by the service's clock, as far as it is known */
    const char *line_start; /* of a table's lines */
    int is_one_task;        /* the response is GetFunctionTask's: JSON's result is an object */
    int is_cut; /* tasks are missing at the end: JSON is left without its own, so that nobody
                 * takes it for a whole document */
};
void detect_display(struct display *display);
/* Print a page of tasks. reply: for the members beside them that the format has. */
void print_page(struct output *out, enum format format, const struct display *display,
                const struct osft_page *page, const struct osft_reply *reply);
void print_json(struct output *out, const struct display *display, const struct osft_page *page,
                const struct osft_reply *reply);
void print_prometheus(struct output *out, const struct display *display,
                      const struct osft_page *page, const struct osft_reply *reply);
/* A sample that says whether the last call gave a whole response. */
void print_prometheus_up(struct output *out, const struct display *display, int is_up);
void print_timeline(struct output *out, const struct display *display,
                    const struct osft_page *page);
int has_ended(const struct osft_task *task);

/* In parts, for tasks that come one by one. A table's columns grow with what comes and never
 * shrink; its head comes with the first part. */
#define TABLE_COLUMNS 7
struct table_widths {
    size_t column[TABLE_COLUMNS]; /* as wide as what was shown so far; all 0: nothing was */
};
void print_table(struct output *out, const struct display *display, struct table_widths *widths,
                 const struct osft_page *page);
void print_json_start(struct output *out);
void print_json_task(struct output *out, const struct osft_task *task, int is_first);
void print_json_end(struct output *out, const struct osft_reply *reply, int is_empty);
void print_jsonl_task(struct output *out, const struct osft_task *task);
/* JSON Lines carry extendInfo as an object, where it is one, and not as text. */
void set_extend_info_form(int is_object);
int has_extend_info_object(void);
void print_csv_head(struct output *out);
void print_csv_task(struct output *out, const struct display *display,
                    const struct osft_task *task);

/* ---- event.c: an event of a watch, as a line ---- */
void describe_event(struct event *event, enum osft_watch_event kind, const struct osft_task *task,
                    const struct osft_run *run);
void print_event(const struct event *event, enum format format);
void print_jsonl_event(struct output *out, const struct event *event);

/* ---- exec.c: a command for each event ---- */
struct plan;
void keep_event(const struct event *event, const struct osft_query *query);
size_t count_kept_events(void);
/* Runs a command for each event that was kept, and forgets it; failures are reported. Returns 0, or
 * -1 when a signal came before all had theirs. */
int run_commands(const struct plan *plan);

/* ---- plan.c: the options, checked ---- */
struct plan {
    enum command command;
    struct osft_query query;
    struct endpoint endpoint;
    enum format format;
    uint32_t timeout_ms, interval_ms;
    uint8_t attempts;
    int plain_http, verbose, dry_run, all, once, wait;
    uint32_t wait_ms;             /* of a wait; 0: without end */
    const char *exec;             /* a command for each event; NULL: none */
    uint32_t exec_ms;             /* how long it may take */
    const char *output;           /* NULL: standard output */
    const char *credentials_file; /* NULL: where the vendor's tools look */
    const char *profile;          /* NULL: the usual one */
    const char *state_file;       /* NULL: no state is kept */
    const char *ca;               /* NULL: the system's */
    const char *proxy_url;        /* NULL: the environment's; empty: none. May hold a password */
    const char *nonce;            /* dry run only; NULL: a random one */
    int64_t now_ms;               /* what -7d is counted from, and a dry run's date */
    int show_signature;           /* dry run only */
    const char *since;            /* as given; NULL: not */
    const char *until;
};
/* Does the query hold a time that was counted from a clock that is now known to be off? Then it is
 * counted again, from the service's. offset_s: how far that is ahead. Returns 1 when it was. */
int correct_query_times(const struct plan *plan, int64_t offset_s, struct osft_query *query);
/* form: of --extend-info; NULL: not given. Returns 0, or -1 after reporting what is wrong. */
int choose_extend_info(enum command command, enum format format, const char *form);
/* Returns 0, or -1 after reporting on standard error what is wrong. */
int make_plan(struct plan *plan, const struct options *options);

/* ---- usage.c ---- */
const char *get_command_name(enum command command);
void print_help(enum command command); /* 0: of the program */
/* Reports what is wrong, with value quoted behind it (NULL: none), but for the user and password of
 * a URL, and which help to read. Returns -1. */
int report_usage_error(enum command command, const char *what, const char *value);
/* The same; hint: a sentence of what to do, or a question; NULL: there is none */
int report_usage_error_with_hint(enum command command, const char *what, const char *value,
                                 const char *hint);

/* ---- credentials.c: where they are found, and when they are read again ---- */
extern struct osft_credentials credentials;
/* Returns EXIT_DONE, or EXIT_CREDENTIALS after reporting what is missing. */
int read_credentials(const struct plan *plan);
/* For osft_settings.renew: reads them again when the file has changed, what gave them has said that
 * they end soon, or the service has refused the token. */
int renew_credentials(void *ctx, int expired);
/* 1: they can be had again, so that an expired token is no reason to end a watch. */
int can_renew_credentials(void);
void put_credentials_source(struct output *out);
/* Credentials could not be read again, and the old ones are still used. */
int has_credentials_warning(void); /* 1: there is one that was not printed yet */
void print_credentials_warning(void);
/* Why the last renewal failed; "": it did not. */
const char *get_renewal_problem(void);
void wipe_credentials(void);

/* ---- network.c: the only file that knows which ports the command uses ---- */
/* Chooses the proxy for the plan's host. Returns 0, or -1 after reporting a usage error. */
int choose_proxy(const struct plan *plan);
/* The proxy that is used; NULL: none is. */
const struct osft_hosted_proxy *get_proxy(void);
/* Has the last connection got as far as the proxy at most? */
int has_proxy_failed(void);
const struct osft_sha256 *get_sha256(void);
int get_random_bytes(void *buffer, size_t len);                            /* 0, or -1 */
int start_network(const struct plan *plan, const struct osft_port **port); /* an exit status */
void stop_network(void);
int get_socket(void);             /* of the connection; -1: there is none */
int is_tls_session_resumed(void); /* of the last connection */
/* What came in response to the first TLS message was none. */
int speaks_no_tls(int error, int32_t code);
/* The port's own number for an error, in words; "" when there are none. */
void describe_port_code(int error, int32_t code, char *text, size_t size);
/* When the server's certificates are valid, and what time it is; "" when none was seen. */
void describe_validity(char *text, size_t size);

/* ---- signals.c: the signals that end the command, and waiting for them as well ---- */
int catch_signals(void); /* 0, or errno */
int get_signal(void);    /* the signal that was caught; 0: none was */
int get_signal_fd(void); /* readable once one was caught; -1: none is */
/* Sleep until one of the osft_event bits has happened on the descriptor (-1: only the time passes),
 * ms have passed (UINT32_MAX: no limit), or a signal was caught. */
void wait_for_events(int fd, unsigned events, uint32_t ms);

/* ---- exec_child.c: another program, which this one waits for ---- */
void run_child(struct child *child); /* sets end and code; sleeps until then */

/* ---- call.c: a call that a signal can end ---- */
/* Sleep until the client has something to do, at_most_ms have passed, or a signal was caught. */
void wait_for_client(const struct osft_client *client, uint32_t at_most_ms);
/* Step the call that was started until it is over. Returns its result; OSFT_E_STOPPED when a signal
 * ended it. */
int run_call(struct osft_client *client, const struct plan *plan);

/* ---- session.c: all that a call needs, static ---- */
#define TASKS_MAX 1000 /* of one page */
struct limits {
    size_t work, tasks;
};
extern const struct limits session_limits;
int start_session(const struct plan *plan, struct osft_client **client); /* an exit status */
void stop_session(void);
/* Overwrite what was stored in a static buffer that is much larger than most of its uses. */
void wipe_buffer(char *buffer, size_t size);
int list_tasks(struct osft_client *client, const struct plan *plan, const struct osft_query *query,
               struct osft_page *page);
/* With --verbose: what the last call came to; and in any case when the clock is found to be off, or
 * credentials could not be read again.
 * shown: tasks that were printed; start_ms: get_monotonic_ms() before the call */
int has_call_summary(const struct osft_client *client, const struct plan *plan);
void print_call_summary(const struct osft_client *client, const struct plan *plan, int64_t shown,
                        int64_t start_ms);

/* ---- redact.c: what may be shown, by what kind of text it is ----
 * What the service says about a call (code, message, request id) can repeat what was signed: it is
 * shown up to there. A text of a task is data: it is shown whole, unless a credential is in it. */
/* A text of the first kind. */
void put_service_text(struct output *out, enum sink sink, const struct osft_span *text);
/* The same on standard error; - when there is none. */
void put_redacted_text(const struct osft_span *text);
/* Texts of the second kind: one with the secret or the token in it is replaced. */
void hide_credentials(struct osft_task *tasks, size_t count);

/* ---- advice.c ---- */
/* What to do, where more is known than the error says; or else NULL. */
const char *find_special_advice(int error, const struct osft_reply *reply, const struct plan *plan);

/* ---- report.c: errors on standard error: what happened, what is known, what to do ---- */
struct report_context {
    const struct plan *plan;
    const struct limits *limits;
    int64_t shown; /* tasks that were printed before; < 0: of no interest */
};
/* These return an exit status. */
int report_failure(int error, const struct osft_reply *reply, const struct report_context *context);
int report_no_task(const struct osft_reply *reply, const struct report_context *context);
int report_endless_list(const struct osft_reply *reply, const struct report_context *context);
int report_parse_failure(int error, const struct osft_reply *reply, const char *file);
/* error: errno */
int report_local_failure(const char *what, const char *name, int error);

void report_omission(const struct osft_omission *omission);
/* The first omission of a response, and how many there are. */
void report_omissions(const struct osft_reply *reply);
/* Was all of the response delivered but tasks that cannot be used? */
int is_only_omission(int error, const struct osft_reply *reply);
/* Can the next call succeed without a change on this machine? */
int may_recover(int error, const struct osft_reply *reply);

/* ---- state_file.c: where watch keeps its table ----
 * Whatever happens, the file holds the old state or the new one. Two watches cannot use the
 * same. */
struct state_file {
    const char *name; /* as the user wrote it; NULL: no state is kept */
    char *path;       /* resolved */
    int fd;           /* holds the lock */
    char *bytes;      /* what the file holds */
    size_t len, size; /* len 0: nothing was saved yet */
};
/* Returns an exit status, after reporting what is wrong. close_state() is due either way. */
int open_state(struct state_file *state, const char *name, void *buffer, size_t size);
int save_state(struct state_file *state, const void *bytes, size_t len); /* 0, or errno */
void close_state(struct state_file *state);
/* Reports that osft_watch_load() has returned an error. Returns EXIT_LOCAL. */
int report_bad_state(const struct state_file *state, int error);

/* ---- screen.c: a table that stays in place on a terminal, below what has scrolled by ---- */
struct screen {
    size_t lines; /* of the table as drawn; 0: there is none */
    size_t terminal_rows, terminal_columns;
};
size_t count_screen_tasks(const struct display *display); /* how many fit */
/* Remove the table, so that something else can be printed in its place. */
void erase_screen(struct screen *screen);
/* Draw it, with a line below it; one write. */
void draw_screen(struct screen *screen, const struct display *display, const struct osft_page *page,
                 const char *line);

/* ---- live_view.c: the newest runs on that screen ---- */
struct live_view {
    struct screen screen;
    struct osft_page page; /* only its tasks */
    int64_t fetched_ms;    /* when the tasks were fetched */
    int error;             /* osft_error of the last poll */
};
int fetch_newest_runs(struct live_view *view, struct osft_client *client, const struct plan *plan);
/* left_ms: until the next poll; 0: there is none */
void draw_live_view(struct live_view *view, int64_t left_ms);

/* ---- the commands; each returns an exit status ---- */
int run_list(const struct plan *plan); /* and get */
int run_wait(const struct plan *plan); /* get --wait */
int run_list_all(const struct plan *plan);
int run_watch(const struct plan *plan);
int run_dry_run(const struct plan *plan);
int run_parse(const struct options *options);

#endif
