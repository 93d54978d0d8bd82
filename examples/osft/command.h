/* SPDX-License-Identifier: Apache-2.0 */
/* Declarations that the files of the osft command share. main.c chooses a command. Each command and
 * each output format has a file of its own. */
#ifndef COMMAND_H
#define COMMAND_H

#include "../common/child.h"
#include "../common/clock.h"
#include "../common/event.h"
#include "../common/measured.h"
#include "../common/omission.h"
#include "../common/output.h"
#include "../common/replacement.h"
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
    EXIT_NO_LIST = 7,    /* parse only: the input is JSON, but no response of the service */
    EXIT_LOCAL = 8,      /* the output or the state cannot be written, or memory ran out */
    EXIT_RUN_FAILED = 9, /* get --wait only: the run has ended without success */
    EXIT_NOT_ENDED = 10, /* get --wait only: the run has not ended within --timeout */
    EXIT_SIGNAL = 128    /* plus the signal's number; main() ends the process by that signal */
};

/* ---- output_file.c: standard output as a file that is replaced as a whole ---- */
struct output_file {
    const char *name; /* as the user wrote it */
    char *path;       /* with symbolic links resolved */
    struct replacement replacement;
    int has_begun; /* 1: the replacement has begun */
};
/* Create the new file and direct standard output to it. Returns an exit status, after reporting an
 * error. Call close_output_file() also after an error. */
int open_output_file(struct output_file *file, const char *name);
/* Close the new file. replaces_old 1: it takes the place of the old file; 0: the old file stays,
 * and the new one is removed. Returns an exit status. */
int close_output_file(struct output_file *file, int replaces_old);

/* ---- times.c ---- */
/* Return the time by the service's clock, to which the times of tasks refer. Until the client has
 * learned how far this machine's clock is off, returns get_utc_ms(). */
int64_t get_service_time_ms(void);
void set_service_clock(const struct osft_client *client);
/* Parse a time as a user writes it: a date, milliseconds since 1970, or a length of time before
 * now_ms. Returns 0, or -1. */
int parse_time(const char *text, int64_t now_ms, int64_t *ms);
/* Whether the text is a length of time before now; 0 for NULL. */
int is_relative_time(const char *text);
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
    const char *value[OPTION_COUNT]; /* NULL: not given; "": given, and takes no value */
    const char *file;                /* parse's argument */
};
/* Read the arguments of a command. Returns 0, or -1 after reporting an error. */
int read_options(struct options *options, enum command command, char *const *arguments);

/* ---- metrics_text.c ---- */
#define METRICS_TEXT_SIZE 400
/* Summarise extendInfo in words, such as "1 error: no samples; auc 0.7745". Returns a text in
 * buffer, or the given text itself when it is not JSON. */
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

/* The abilities of standard output, and how tasks are shown there. */
struct display {
    const struct osft_query *query; /* NULL: not known, as for a saved response */
    int is_terminal, has_colour;
    int can_move_cursor;
    int ascii_only;         /* 1: standard output is a terminal that does not show UTF-8 */
    size_t columns;         /* of the terminal; 0: lines may have any length */
    size_t rows;            /* of the terminal; 0: standard output is no terminal */
    int64_t now_ms;         /* get_service_time_ms() */
    const char *line_start; /* put before each line of a table */
    int is_one_task;        /* the response is of GetFunctionTask; its result is an object */
    int is_cut;             /* 1: tasks are missing; JSON is left invalid, without its end */
};
void detect_display(struct display *display);
/* Print a page of tasks. reply: gives the members beside result, for formats that have them. */
void print_page(struct output *out, enum format format, const struct display *display,
                const struct osft_page *page, const struct osft_reply *reply);
void print_json(struct output *out, const struct display *display, const struct osft_page *page,
                const struct osft_reply *reply);
void print_prometheus(struct output *out, const struct display *display,
                      const struct osft_page *page, const struct osft_reply *reply);
/* Print the sample that says whether the last call gave a whole response. */
void print_prometheus_up(struct output *out, const struct display *display, int is_up);
void print_timeline(struct output *out, const struct display *display,
                    const struct osft_page *page);
int has_ended(const struct osft_task *task);
/* Return the escape sequence for the colour of a state; NULL: the state has no colour. */
const char *get_state_colour(enum osft_state state);

/* The functions below print a list in parts, for tasks that arrive one by one. The head of a table
 * is printed with the first part. The columns of the table grow with its cells and never shrink. */
#define TABLE_COLUMNS 7
struct table_widths {
    size_t column[TABLE_COLUMNS]; /* width of the widest cell so far; all 0: none yet */
};
void print_table(struct output *out, const struct display *display, struct table_widths *widths,
                 const struct osft_page *page);
void print_json_start(struct output *out);
void print_json_task(struct output *out, const struct osft_task *task, int is_first);
void print_json_end(struct output *out, const struct osft_reply *reply, int is_empty);
void print_jsonl_task(struct output *out, const struct osft_task *task);
/* Choose how JSON Lines carry extendInfo. is_object 1: an extendInfo that is a JSON object as an
 * object; 0: always as text. */
void set_extend_info_form(int is_object);
int has_extend_info_object(void); /* whether the last is_object was 1 */
void print_csv_head(struct output *out);
void print_csv_task(struct output *out, const struct display *display,
                    const struct osft_task *task);

/* ---- event.c: an event of a watch, printed as a line ---- */
void describe_event(struct event *event, enum osft_watch_event kind, const struct osft_task *task,
                    const struct osft_run *run);
void print_event(const struct event *event, enum format format);
void print_jsonl_event(struct output *out, const struct event *event);

/* ---- exec.c: watch --exec, which runs a command for each event ---- */
struct plan;
/* Queue an event for run_commands(). */
void queue_event(const struct event *event, const struct osft_query *query);
size_t count_queued_events(void);
/* Run a command for each queued event, and empty the queue. Failures are reported. Returns 0, or -1
 * when a signal came before each event had its command. */
int run_commands(const struct plan *plan);

/* ---- plan.c: the checked options ---- */
struct plan {
    enum command command;
    struct osft_query query;
    struct endpoint endpoint;
    enum format format;
    uint32_t timeout_ms, interval_ms;
    uint8_t attempts;
    int plain_http, verbose, dry_run, all, once, wait;
    uint32_t wait_ms;             /* how long get --wait waits; 0: without a limit */
    const char *exec;             /* the command of --exec; NULL: none */
    uint32_t exec_ms;             /* how long that command may take */
    const char *output;           /* the file of --output; NULL: standard output */
    const char *credentials_file; /* NULL: the places where the vendor's tools look */
    const char *profile;          /* NULL: the default profile */
    const char *state_file;       /* NULL: no state is kept */
    const char *ca;               /* root certificates; NULL: the system's */
    const char *proxy_url;        /* NULL: the environment's; "": none. May hold a password. */
    const char *nonce;            /* dry run only; NULL: a random one */
    int64_t now_ms;               /* the time that -7d refers to, and the date of a dry run */
    int show_signature;           /* dry run only */
    const char *since;            /* the value of --since; NULL: not given */
    const char *until;            /* the value of --until; NULL: not given */
};
/* Recompute those times of the query that are relative to now, by the service's clock. offset_s:
 * how far the service's clock is ahead of this machine's. Returns 1 when the query has such times
 * and offset_s is not 0. */
int correct_query_times(const struct plan *plan, int64_t offset_s, struct osft_query *query);
/* Set the form of extendInfo. form: the value of --extend-info; NULL: not given. Returns 0, or -1
 * after reporting an error. */
int choose_extend_info(enum command command, enum format format, const char *form);
/* Check the options and fill in the plan. Returns 0, or -1 after reporting an error. */
int make_plan(struct plan *plan, const struct options *options);

/* ---- usage.c ---- */
const char *get_command_name(enum command command);
void print_help(enum command command); /* 0: the help of the whole program */
/* Report what is wrong, followed by value in quotes (NULL: none) and the help to read. The user and
 * password of a URL are left out of value. Returns -1. */
int report_usage_error(enum command command, const char *what, const char *value);
/* Report as report_usage_error() does, with a hint behind it. hint: a sentence that says what to
 * do, or a question; NULL: none. */
int report_usage_error_with_hint(enum command command, const char *what, const char *value,
                                 const char *hint);

/* ---- credentials.c: finding credentials, and reading them again ---- */
extern struct osft_credentials credentials;
/* Find and read the credentials. Returns EXIT_DONE, or EXIT_CREDENTIALS after reporting what is
 * missing. */
int read_credentials(const struct plan *plan);
/* Read the credentials again when their file has changed, when they expire soon, or when the
 * service has refused the token. This is the function for osft_settings.renew. */
int renew_credentials(void *ctx, int expired);
/* Whether the credentials can be read again, so that an expired token does not end a watch. */
int can_renew_credentials(void);
void put_credentials_source(struct output *out);
/* Whether there is a warning, not printed yet, that the credentials could not be read again and the
 * old ones are still used. */
int has_credentials_warning(void);
void print_credentials_warning(void);
/* Return why the last renewal failed; "": it did not fail. */
const char *get_renewal_problem(void);
void wipe_credentials(void);

/* ---- network.c: the only file that knows which ports carry a call ---- */
/* Choose the proxy for the plan's host. Returns 0, or -1 after reporting a usage error. */
int choose_proxy(const struct plan *plan);
/* Return the proxy that is used; NULL: none. */
const struct osft_hosted_proxy *get_proxy(void);
/* Whether the last connection failed before the proxy had opened its tunnel. */
int has_proxy_failed(void);
const struct osft_sha256 *get_sha256(void);
int get_random_bytes(void *buffer, size_t len);                            /* 0, or -1 */
int start_network(const struct plan *plan, const struct osft_port **port); /* an exit status */
void stop_network(void);
int get_socket(void);             /* returns the descriptor of the connection; -1: there is none */
int is_tls_session_resumed(void); /* whether the last connection resumed a session */
/* Whether the error is that of a server whose first bytes are not TLS. */
int is_server_without_tls(int error, int32_t code);
/* Describe the port's own number for an error in words; "" when the number has no description. */
void describe_port_code(int error, int32_t code, char *text, size_t size);
/* Describe when the server's certificates are valid and what time it is; "" when no certificate was
 * received. */
void describe_validity(char *text, size_t size);

/* ---- signals.c: the signals that end the command, and sleeps that they end ---- */
int catch_signals(void); /* returns 0, or errno */
int get_signal(void);    /* returns the signal that was caught; 0: none */
/* Return a descriptor that is readable once a signal was caught; -1 before catch_signals(). */
int get_signal_fd(void);
/* Sleep until one of the events, bits of osft_event, happens on the descriptor (-1: none is waited
 * for), until ms have passed (UINT32_MAX: no limit), or until a signal is caught. */
void wait_for_events(int fd, unsigned events, uint32_t ms);

/* ---- exec_child.c: running another program and waiting for it ---- */
/* Run the program and wait until it has ended. A signal that ends this command ends the program
 * too. Sets output_len, end and code. */
void run_child(struct child *child);

/* ---- call.c: a call that a signal can end ---- */
/* Sleep until the client has something to do, at_most_ms have passed, or a signal was caught. */
void wait_for_client(const struct osft_client *client, uint32_t at_most_ms);
/* Step the started call until it is done. Returns its result; OSFT_E_STOPPED when a signal ended
 * it. */
int run_call(struct osft_client *client, const struct plan *plan);

/* ---- session.c: credentials, network, memory and client of the calls ---- */
#define TASKS_MAX 1000 /* the largest number of tasks of one page */
struct limits {
    size_t work, tasks; /* bytes of the work buffer; tasks of a page */
};
extern const struct limits session_limits;
int start_session(const struct plan *plan, struct osft_client **client); /* an exit status */
void stop_session(void);
/* Overwrite a static buffer up to its last byte that is not 0. The buffer is much larger than most
 * of its uses. */
void wipe_buffer(char *buffer, size_t size);
int list_tasks(struct osft_client *client, const struct plan *plan, const struct osft_query *query,
               struct osft_page *page);
/* Whether print_call_summary() has something to print: with --verbose, a summary of the last call;
 * in any case, a change of the clock's offset, or a warning about credentials. */
int has_call_summary(const struct osft_client *client, const struct plan *plan);
/* Print the summary and the messages that has_call_summary() stands for. shown: how many tasks were
 * printed; start_ms: get_monotonic_ms() before the call */
void print_call_summary(const struct osft_client *client, const struct plan *plan, int64_t shown,
                        int64_t start_ms);

/* ---- redact.c: what may be shown, by the kind of text ----
 * Texts of the service about a call (code, message, request id) can repeat what was signed. Such
 * a text is shown up to the place where the signed text begins. Texts of a task are data, and are
 * shown whole unless a credential is in them. */
/* Put a text of the service about a call. */
void put_service_text(struct output *out, enum sink sink, const struct osft_span *text);
/* Put a text of the service about a call on standard error; "-" when the text is absent. */
void put_redacted_text(const struct osft_span *text);
/* Replace those texts of tasks that hold the secret or the token. */
void hide_credentials(struct osft_task *tasks, size_t count);

/* ---- advice.c: the meaning of an error ---- */
/* Return why the service refused the call; OSFT_CAUSE_OTHER also when the service did not refuse
 * it. */
enum osft_cause get_cause(int error, const struct osft_reply *reply);
int are_credentials_refused(int error, const struct osft_reply *reply);
/* Whether the call failed when a connection was opened or used. */
int is_network_error(int error);
/* Whether the next call can succeed although nothing changes on this machine. */
int may_recover(int error, const struct osft_reply *reply);
/* Return what to do about a failure. *status: set to the exit status of the failure. */
const char *get_advice(int error, const struct osft_reply *reply, const struct plan *plan,
                       int *status);

/* ---- report.c: error reports: what happened, what is known, what to do ---- */
/* Flush standard output, so that it is shown first, and print a line on standard error. */
void print_note(const char *text);
/* Print what to do, and flush standard error. */
void print_advice(const char *text);
/* Print that this command cannot do something. name: of the thing that this is about, or NULL;
 * reason: why it cannot. */
void print_fault(const char *what, const char *name, const char *reason);
struct report_context {
    const struct plan *plan;
    const struct limits *limits;
    int64_t shown; /* how many tasks were printed before; < 0: it is not reported */
};
/* These functions report a failure and return an exit status. */
int report_failure(int error, const struct osft_reply *reply, const struct report_context *context);
int report_no_task(const struct osft_reply *reply, const struct report_context *context);
int report_endless_list(const struct osft_reply *reply, const struct report_context *context);
int report_parse_failure(int error, const struct osft_reply *reply, const char *file);
/* error: errno */
int report_local_failure(const char *what, const char *name, int error);

void report_omission(const struct osft_omission *omission);
/* Report the first omission of a response, and how many there are. */
void report_omissions(const struct osft_reply *reply);

/* ---- state_file.c: the file in which watch keeps its table ----
 * The file always holds the old state or the new one, even after a crash. Two watches cannot use
 * the same file. */
struct state_file {
    const char *name; /* as the user wrote it; NULL: no state is kept */
    char *path;       /* with symbolic links resolved */
    int fd;           /* of the file, which is locked */
    char *bytes;      /* the content of the file */
    size_t len, size; /* len: of the content, 0 when nothing was saved yet; size: of bytes */
};
/* Open, lock and read the file. buffer: keeps its content until close_state(). Returns an exit
 * status, after reporting an error. Call close_state() also after an error. */
int open_state(struct state_file *state, const char *name, void *buffer, size_t size);
int save_state(struct state_file *state, const void *bytes, size_t len); /* 0, or errno */
void close_state(struct state_file *state);
/* Report that osft_watch_load() has returned an error. Returns EXIT_LOCAL. */
int report_bad_state(const struct state_file *state, int error);

/* ---- screen.c: a table that stays in place on a terminal, below the lines that scroll ---- */
struct screen {
    size_t lines; /* of the table that is drawn; 0: no table is drawn */
    size_t terminal_rows, terminal_columns;
};
size_t count_screen_tasks(const struct display *display); /* how many tasks fit */
/* Erase the table, so that other lines can be printed in its place. */
void erase_screen(struct screen *screen);
/* Draw the table with a line of text below it, in one write. */
void draw_screen(struct screen *screen, const struct display *display, const struct osft_page *page,
                 const char *line);

/* ---- live_view.c: a table of the newest runs, as watch shows it on a terminal ---- */
struct live_view {
    struct screen screen;
    struct osft_page page; /* only tasks and count are set */
    int64_t fetched_ms;    /* when the tasks were fetched */
    int error;             /* osft_error of the last poll */
};
/* Fetch as many of the newest runs as the screen shows. Returns an osft_error. */
int fetch_newest_runs(struct live_view *view, struct osft_client *client, const struct plan *plan);
/* Draw the view. left_ms: until the next poll; 0: none follows. */
void draw_live_view(struct live_view *view, int64_t left_ms);

/* ---- the commands; each function returns an exit status ---- */
int run_list(const struct plan *plan); /* list without --all, and get without --wait */
int run_wait(const struct plan *plan); /* get --wait */
int run_list_all(const struct plan *plan);
int run_watch(const struct plan *plan);
int run_dry_run(const struct plan *plan);
int run_parse(const struct options *options);

#endif
