/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials are looked up where the vendor's tools look. They are never taken from an argument,
 * as everyone on the machine can read arguments. From then on, only the first place that has
 * credentials is read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "credentials.h"

#define PATH_SIZE         4096
#define COMMAND_MAX_MS    30000  /* how long a command that prints credentials may run */
#define RENEW_BEFORE_MS   180000 /* credentials that expire sooner are read again */
#define RENEW_INTERVAL_MS 60000  /* the shortest time between two such readings */

struct osft_credentials credentials;

static struct source {
    enum { SOURCE_ENVIRONMENT, SOURCE_FILE, SOURCE_ROLE } kind;
    char path[PATH_SIZE];
    const char *profile; /* NULL: the default profile */
    const char *role;    /* name of the RAM role; of SOURCE_ROLE only */
    struct file_identity identity;
    int is_missing;                 /* the file did not exist when it was last read */
    enum profile_kind profile_kind; /* of SOURCE_FILE only */
    struct access_key key;          /* the credentials in use; not of SOURCE_ENVIRONMENT */
    int64_t read_ms;                /* get_monotonic_ms() when the source was last read */
} source;

/* Why the last renewal failed; with what "": it did not fail. */
static struct credentials_problem renewal_problem;
static struct credentials_problem warning; /* why old credentials are still used */
static int has_new_warning;                /* the warning was not printed yet */

/* ---- the environment ---- */

static struct osft_span *const variable_values[CREDENTIAL_VARIABLES] = { &credentials.id,
                                                                         &credentials.secret,
                                                                         &credentials.token };

static int report_variable(const char *name, const char *what)
{
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, name);
    put_text(&standard_error, what);
    put_text(&standard_error, "\n  what to do: export ");
    put_text(&standard_error, name);
    put_text(&standard_error,
             "=... with the value from your AccessKey, and nothing around it; best from "
             "a file that only you can read\n");
    return EXIT_CREDENTIALS;
}

static int read_variable(struct osft_span *credential, const char *name, enum text_rule rule)
{
    struct osft_span value = osft_span_from(getenv(name));

    if (value.len == 0 && rule == OPTIONAL) {
        return EXIT_DONE;
    }
    if (value.len == 0) {
        return report_variable(name, " is not set");
    }
    if (!has_valid_characters(value.ptr, value.len, rule)) {
        return report_variable(name, " has white space or a control character in it");
    }
    *credential = value;
    return EXIT_DONE;
}

static const char *get_variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != 0 ? value : NULL;
}

static int is_in_environment(void)
{
    return get_variable(credential_variables[0]) != NULL ||
           get_variable(credential_variables[1]) != NULL;
}

static int read_environment(void)
{
    static const enum text_rule rules[CREDENTIAL_VARIABLES] = { REQUIRED, REQUIRED_SECRET,
                                                                OPTIONAL };
    int status = EXIT_DONE, i;

    source.kind = SOURCE_ENVIRONMENT;
    for (i = 0; i < CREDENTIAL_VARIABLES && status == EXIT_DONE; i++) {
        status = read_variable(variable_values[i], credential_variables[i], rules[i]);
    }
    return status;
}

/* ---- a file, and the command or role that it names ---- */

/* Run the command and read the credentials that it prints. Messages do not repeat the command, as
 * its arguments can be secret. */
static int run_credentials_command(struct access_key *key, char *command, const char *where,
                                   struct credentials_problem *problem)
{
    static char output[COMMAND_OUTPUT_MAX];
    char *arguments[ARGUMENTS_MAX + 1], what[128], printed[400];
    struct child child = { .arguments = arguments,
                           .output = output,
                           .size = sizeof(output),
                           .is_silent = 1,
                           .limit_ms = COMMAND_MAX_MS };
    int result;

    if (command == NULL || split_command(command, arguments) < 0) {
        result = set_problem(problem, "see that it is one command with its arguments",
                             "%s: process_command cannot be run", where);
    } else {
        run_child(&child);
        describe_child_end(&child, what, sizeof(what));
        (void)snprintf(printed, sizeof(printed), "what the command of %.370s prints", where);
        result = child.end == CHILD_EXITED && child.code == 0
                     ? read_command_key(key, output, child.output_len, printed, problem)
                     : set_problem(problem, "run it by hand, and see what it says",
                                   "%s: the command %s", where, what);
    }
    osft_wipe(output, child.output_len);
    return result;
}

static int read_profile_key(struct access_key *key, struct profile *profile, const char *where,
                            struct credentials_problem *problem)
{
    static char role[256];

    switch (profile->kind) {
    case PROFILE_KEY: profile->texts.token.len = 0; break;
    case PROFILE_STS: break;
    case PROFILE_COMMAND: return run_credentials_command(key, profile->command, where, problem);
    case PROFILE_ROLE:
        (void)snprintf(role, sizeof(role), "%.*s",
                       (int)(profile->role.len < sizeof(role) ? profile->role.len : sizeof(role)),
                       profile->role.ptr != NULL ? profile->role.ptr : "");
        return fetch_role_key(key, role, problem);
    }
    return set_access_key(key, &profile->texts, profile->kind == PROFILE_STS, where, problem);
}

static enum search read_file_source(struct access_key *key, struct credentials_problem *problem)
{
    static char text[CREDENTIALS_FILE_MAX];
    struct profile profile;
    char where[400];
    size_t len = 0;
    enum search result = read_private_file(source.path, text, &len, &source.identity, problem);

    source.is_missing = result == SEARCH_ABSENT;
    if (source.is_missing) {
        set_problem(problem, "name a file with credentials", "there is no file %.300s",
                    source.path);
        return SEARCH_ABSENT;
    }
    memset(&profile, 0, sizeof(profile));
    if (result == SEARCH_FOUND) {
        result = find_profile(&profile, source.path, source.profile, text, len, problem);
    }
    if (result == SEARCH_FOUND) {
        (void)snprintf(where, sizeof(where), "the profile in the file %.300s", source.path);
        source.profile_kind = profile.kind;
        result =
            read_profile_key(key, &profile, where, problem) == 0 ? SEARCH_FOUND : SEARCH_FAILED;
    }
    osft_wipe(text, len); /* only len bytes, as the rest of the buffer was never used */
    return result;
}

/* ---- the search ---- */

static enum search read_source(struct access_key *key, struct credentials_problem *problem)
{
    source.read_ms = get_monotonic_ms();
    if (source.kind == SOURCE_FILE) {
        return read_file_source(key, problem);
    }
    return fetch_role_key(key, source.role, problem) == 0 ? SEARCH_FOUND : SEARCH_FAILED;
}

static enum search search_file(struct access_key *key, const char *path,
                               struct credentials_problem *problem)
{
    source.kind = SOURCE_FILE;
    if (strlen(path) >= sizeof(source.path)) {
        set_problem(problem, "name a file with credentials", "the name of the file is too long");
        return SEARCH_FAILED;
    }
    memcpy(source.path, path, strlen(path) + 1);
    return read_source(key, problem);
}

/* Search a file below the home directory. */
static enum search search_home(struct access_key *key, const char *name,
                               struct credentials_problem *problem)
{
    char path[PATH_SIZE];
    const char *home = get_variable("HOME");

    if (home == NULL || snprintf(path, sizeof(path), "%s%s", home, name) >= (int)sizeof(path)) {
        return SEARCH_ABSENT;
    }
    return search_file(key, path, problem);
}

static enum search search_role(struct access_key *key, struct credentials_problem *problem)
{
    const char *disabled = get_variable("ALIBABA_CLOUD_ECS_METADATA_DISABLED");

    source.role = get_variable("ALIBABA_CLOUD_ECS_METADATA");
    if (source.role == NULL || (disabled != NULL && strcmp(disabled, "true") == 0)) {
        return SEARCH_ABSENT;
    }
    source.kind = SOURCE_ROLE;
    return read_source(key, problem);
}

static enum search search_default_places(struct access_key *key,
                                         struct credentials_problem *problem)
{
    const char *named = get_variable("ALIBABA_CLOUD_CREDENTIALS_FILE");
    const char *disabled = get_variable("ALIBABA_CLOUD_CLI_PROFILE_DISABLED");
    enum search result;

    if (named != NULL) {
        result = search_file(key, named, problem);
        return result == SEARCH_ABSENT ? SEARCH_FAILED : result;
    }
    result = search_home(key, "/.alibabacloud/credentials", problem);
    if (result == SEARCH_ABSENT && (disabled == NULL || strcmp(disabled, "true") != 0)) {
        result = search_home(key, "/.aliyun/config.json", problem);
    }
    if (result == SEARCH_ABSENT && source.profile == NULL) {
        result = search_role(key, problem);
    }
    return result;
}

static int report_problem(const char *before, const struct credentials_problem *problem)
{
    put_text(&standard_error, "osft: ");
    put_text(&standard_error, before);
    put_safe_text(&standard_error, problem->what, strlen(problem->what), 0);
    put_text(&standard_error, "\n");
    if (problem->advice[0] != 0) {
        print_advice(problem->advice);
    }
    return EXIT_CREDENTIALS;
}

/* Report that no credentials were found. HOME is often missing in a service that runs for the
 * system and not for a user. */
static int report_no_credentials(const struct plan *plan)
{
    struct credentials_problem problem;

    if (get_variable("HOME") == NULL) {
        set_problem(&problem,
                    "give the file with --credentials, or set HOME to the folder in which "
                    ".alibabacloud or .aliyun is",
                    "%s, as HOME is not set",
                    plan->profile != NULL
                        ? "no file with the profile was looked for"
                        : "ALIBABA_CLOUD_ACCESS_KEY_ID is not set, and no file was looked for");
    } else if (plan->profile != NULL) {
        set_problem(&problem, "name a profile that one of them has, or its file with --credentials",
                    "neither ~/.alibabacloud/credentials nor ~/.aliyun/config.json has a profile "
                    "'%.64s'",
                    plan->profile);
    } else {
        set_problem(&problem,
                    "give a file that only you can read with --credentials, or export "
                    "ALIBABA_CLOUD_ACCESS_KEY_ID=... and ALIBABA_CLOUD_ACCESS_KEY_SECRET=...",
                    "ALIBABA_CLOUD_ACCESS_KEY_ID is not set, and neither "
                    "~/.alibabacloud/credentials nor ~/.aliyun/config.json has credentials");
    }
    return report_problem("", &problem);
}

static void use_key(const struct access_key *key)
{
    source.key = *key;
    credentials.id = osft_span_from(source.key.id);
    credentials.secret = osft_span_from(source.key.secret);
    credentials.token = osft_span_from(source.key.token[0] != 0 ? source.key.token : NULL);
}

int read_credentials(const struct plan *plan)
{
    static struct access_key key;
    struct credentials_problem problem;
    enum search result;

    source.profile = plan->profile;
    if (plan->credentials_file == NULL && plan->profile == NULL && is_in_environment()) {
        return read_environment();
    }
    result = plan->credentials_file != NULL ? search_file(&key, plan->credentials_file, &problem)
                                            : search_default_places(&key, &problem);
    if (result == SEARCH_FOUND) {
        use_key(&key);
    }
    osft_wipe(&key, sizeof(key));
    if (result == SEARCH_FOUND) {
        return EXIT_DONE;
    }
    return result == SEARCH_ABSENT && plan->credentials_file == NULL ? report_no_credentials(plan)
                                                                     : report_problem("", &problem);
}

/* ---- reading credentials again ---- */

static int has_new_file(void)
{
    return source.kind == SOURCE_FILE &&
           has_file_changed(source.path, &source.identity, source.is_missing);
}

/* Whether the credentials expire soon and were not read again a short time ago. Only credentials
 * from a command or the metadata server have a known expiry. */
static int must_renew_soon(void)
{
    return source.key.expires_ms != 0 && source.key.expires_ms - get_utc_ms() < RENEW_BEFORE_MS &&
           get_monotonic_ms() - source.read_ms >= RENEW_INTERVAL_MS;
}

static int is_same_key(const struct access_key *a, const struct access_key *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->secret, b->secret) == 0 &&
           strcmp(a->token, b->token) == 0;
}

/* Store why the credentials could not be read again, for print_credentials_warning(). The reason
 * cannot be printed at once, as a call is in progress and the screen may show a table. A reason
 * that was stored before is not printed again. */
static void store_warning(void)
{
    if (strcmp(warning.what, renewal_problem.what) != 0) {
        warning = renewal_problem;
        has_new_warning = 1;
    }
}

int has_credentials_warning(void)
{
    return has_new_warning;
}

void print_credentials_warning(void)
{
    if (has_new_warning) {
        report_problem("the credentials cannot be read again, and are used as they were: ",
                       &warning);
    }
    has_new_warning = 0;
}

int renew_credentials(void *ctx, int expired)
{
    static struct access_key key;
    int result = 0;

    (void)ctx;
    renewal_problem.what[0] = 0;
    if (source.kind == SOURCE_ENVIRONMENT) {
        return expired ? -1 : 0;
    }
    if (!expired && !has_new_file() && !must_renew_soon()) {
        return 0;
    }
    if (read_source(&key, &renewal_problem) != SEARCH_FOUND) {
        result = expired ? -1 : 0;
        if (!expired) {
            store_warning();
        }
    } else if (expired && is_same_key(&key, &source.key)) {
        result = set_problem(&renewal_problem, NULL, "they still have the token that expired");
    } else {
        use_key(&key);
        warning.what[0] = 0; /* so that the same problem is reported if it occurs again */
    }
    osft_wipe(&key, sizeof(key));
    return result;
}

int can_renew_credentials(void)
{
    return source.kind != SOURCE_ENVIRONMENT;
}

const char *get_renewal_problem(void)
{
    return renewal_problem.what;
}

void put_credentials_source(struct output *out)
{
    switch (source.kind) {
    case SOURCE_ENVIRONMENT: put_text(out, "the environment"); break;
    case SOURCE_ROLE: put_text(out, "this machine's RAM role"); break;
    case SOURCE_FILE:
        put_text(out, "the file ");
        put_safe_text(out, source.path, strlen(source.path), 0);
        if (source.profile_kind == PROFILE_COMMAND) {
            put_text(out, ", whose profile names a command");
        } else if (source.profile_kind == PROFILE_ROLE) {
            put_text(out, ", whose profile names this machine's RAM role");
        }
        break;
    }
}

/* Overwrite the credentials in the environment of this process, and the key that was read. No other
 * copy of the credentials exists. */
void wipe_credentials(void)
{
    static const struct osft_span none = { NULL, 0 };
    int i;

    for (i = 0; i < CREDENTIAL_VARIABLES; i++) {
        char *value = getenv(credential_variables[i]);

        if (value != NULL) {
            osft_wipe(value, strlen(value));
        }
        *variable_values[i] = none;
    }
    osft_wipe(&source.key, sizeof(source.key));
}
