/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of the vendor's tools, read by the library's own walk over JSON, which accepts exactly
 * RFC 8259 and unescapes texts in place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "osft_metrics.h"
#include "utc.h"
#include "credentials.h"

/* A member to be read into *value. */
struct member {
    const char *name;
    struct osft_span *value; /* ptr NULL: not there, or no text */
};

static int is_text(const struct osft_span *text, const char *other)
{
    return text->len == strlen(other) && memcmp(text->ptr, other, text->len) == 0;
}

/* Where a scalar of the document stands. */
static int is_name_of_step(const struct osft_metrics *m, unsigned step, const char *name)
{
    return step < m->depth && m->path[step].name.ptr != NULL && is_text(&m->path[step].name, name);
}

/* Is it a member of the profile with that index? */
static int is_in_profile(const struct osft_metrics *m, uint32_t index)
{
    return m->depth == 3 && is_name_of_step(m, 0, "profiles") && m->path[1].name.ptr == NULL &&
           m->path[1].index == index;
}

/* The walk changes the text, so that each begins with another copy of it. */
static char copy[CREDENTIALS_FILE_MAX];

static void start_walk(struct osft_metrics *m, const char *text, size_t len)
{
    struct osft_span span = { copy, len };

    memcpy(copy, text, len);
    osft_metrics_init(m, &span);
}

/* Returns 0, or -1 with *problem set: only the line is named. */
static int check_document(const char *where, const char *text, size_t len,
                          struct credentials_problem *problem)
{
    struct osft_metrics m;
    int error, line = 1;
    size_t i;

    start_walk(&m, text, len);
    while ((error = osft_metrics_next(&m)) == OSFT_OK && m.kind != OSFT_METRIC_END) {
    }
    if (error == OSFT_OK) {
        return 0;
    }
    for (i = 0; i < m.offset && i < len; i++) {
        line += text[i] == '\n';
    }
    return set_problem(problem, "mend it there, or have it written again", "%s: line %d %s", where,
                       line, error == OSFT_E_DEPTH ? "nests too deep" : "is not JSON");
}

/* The text of the document's member "current", copied; "" when there is none. */
static void find_current(char *name, size_t size, const char *text, size_t len)
{
    struct osft_metrics m;

    name[0] = 0;
    start_walk(&m, text, len);
    while (osft_metrics_next(&m) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        if (m.depth == 1 && m.kind == OSFT_METRIC_TEXT && is_name_of_step(&m, 0, "current") &&
            m.text.len < size) {
            memcpy(name, m.text.ptr, m.text.len);
            name[m.text.len] = 0;
        }
    }
}

/* Returns 1 when there is a profile of that name, and its index. */
static int find_index(uint32_t *index, const char *name, const char *text, size_t len)
{
    struct osft_metrics m;

    start_walk(&m, text, len);
    while (osft_metrics_next(&m) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        *index = m.depth == 3 ? m.path[1].index : 0;
        if (is_in_profile(&m, *index) && is_name_of_step(&m, 2, "name") &&
            m.kind == OSFT_METRIC_TEXT && is_text(&m.text, name)) {
            return 1;
        }
    }
    return 0;
}

static void store_member(const struct osft_metrics *m, unsigned step, const struct member *members,
                         size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (m->kind == OSFT_METRIC_TEXT && is_name_of_step(m, step, members[i].name)) {
            *members[i].value = m->text;
        }
    }
}

static int choose_kind(struct profile *profile, const struct osft_span *mode, const char *path,
                       struct credentials_problem *problem)
{
    static const struct {
        const char *mode;
        enum profile_kind kind;
    } kinds[] = { { "AK", PROFILE_KEY },
                  { "StsToken", PROFILE_STS },
                  { "External", PROFILE_COMMAND },
                  { "EcsRamRole", PROFILE_ROLE } };
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (is_text(mode, kinds[i].mode)) {
            profile->kind = kinds[i].kind;
            return 0;
        }
    }
    return set_problem(problem, "name another with --profile",
                       "the mode of the profile in the file %.300s is not one that osft reads: AK, "
                       "StsToken, External or EcsRamRole",
                       path);
}

static void read_profile(struct profile *profile, struct osft_span *mode, uint32_t index,
                         char *text, size_t len)
{
    struct osft_span command = { NULL, 0 };
    const struct member members[] = { { "mode", mode },
                                      { "access_key_id", &profile->texts.id },
                                      { "access_key_secret", &profile->texts.secret },
                                      { "sts_token", &profile->texts.token },
                                      { "process_command", &command },
                                      { "ram_role_name", &profile->role } };
    struct osft_span span = { text, len };
    struct osft_metrics m;

    osft_metrics_init(&m, &span);
    while (osft_metrics_next(&m) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        if (is_in_profile(&m, index)) {
            store_member(&m, 2, members, sizeof(members) / sizeof(members[0]));
        }
    }
    /* The walk has put a NUL behind it; one within it would hide the rest. */
    if (command.ptr != NULL && memchr(command.ptr, 0, command.len) == NULL) {
        profile->command = text + (command.ptr - text);
    }
}

enum search find_json_profile(struct profile *profile, const char *path, const char *name,
                              char *text, size_t len, struct credentials_problem *problem)
{
    struct osft_span mode = { "", 0 };
    char current[128], where[400];
    enum search result;
    uint32_t index = 0;

    (void)snprintf(where, sizeof(where), "the file %.300s", path);
    if (check_document(where, text, len, problem) != 0) {
        osft_wipe(copy, len);
        return SEARCH_FAILED;
    }
    name = name != NULL ? name : getenv("ALIBABA_CLOUD_PROFILE");
    if (name == NULL || *name == 0) {
        find_current(current, sizeof(current), text, len);
        name = current[0] != 0 ? current : "default";
    }
    if (!find_index(&index, name, text, len)) {
        set_problem(problem, "name one that it has with --profile",
                    name == current ? "the file %.300s has no profile that is current"
                                    : "the file %.300s has no profile '%.64s'",
                    path, name);
        result = SEARCH_ABSENT;
    } else {
        read_profile(profile, &mode, index, text, len);
        result = choose_kind(profile, &mode, path, problem) == 0 ? SEARCH_FOUND : SEARCH_FAILED;
    }
    osft_wipe(copy, len);
    return result;
}

/* ---- a single object with an AccessKey ---- */

/* No one can mend there what a program prints or sends. */
static int advise(const char *advice, struct credentials_problem *problem)
{
    (void)snprintf(problem->advice, sizeof(problem->advice), "%s", advice);
    return -1;
}

static int read_object(const struct member *members, size_t count, char *text, size_t len,
                       const char *where, struct credentials_problem *problem)
{
    struct osft_span span = { text, len };
    struct osft_metrics m;
    int result = check_document(where, text, len, problem);

    osft_wipe(copy, len);
    if (result != 0) {
        return -1;
    }
    osft_metrics_init(&m, &span);
    while (osft_metrics_next(&m) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        if (m.depth == 1) {
            store_member(&m, 0, members, count);
        }
    }
    return 0;
}

/* A time that cannot be read is not known: the service says when the token has expired. */
static void set_expiry(struct access_key *key, const struct osft_span *expiration)
{
    int64_t utc_s = 0;

    key->expires_ms = 0;
    if (expiration->ptr != NULL && parse_utc(expiration->ptr, expiration->len, &utc_s) == 0) {
        key->expires_ms = utc_s * 1000;
    }
}

int read_command_key(struct access_key *key, char *text, size_t len, const char *where,
                     struct credentials_problem *problem)
{
    struct osft_span mode = { "", 0 }, expiration = { NULL, 0 };
    struct osft_credentials texts = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
    const struct member members[] = { { "mode", &mode },
                                      { "access_key_id", &texts.id },
                                      { "access_key_secret", &texts.secret },
                                      { "sts_token", &texts.token },
                                      { "expiration", &expiration } };
    static const char advice[] = "have it print one JSON object with mode, access_key_id, "
                                 "access_key_secret and, with mode StsToken, sts_token";
    int is_sts;

    if (read_object(members, sizeof(members) / sizeof(members[0]), text, len, where, problem)) {
        return advise(advice, problem);
    }
    is_sts = is_text(&mode, "StsToken");
    if (!is_sts && !is_text(&mode, "AK")) {
        return set_problem(problem, advice, "%s: its mode is neither AK nor StsToken", where);
    }
    if (!is_sts) {
        texts.token.len = 0;
    }
    if (set_access_key(key, &texts, is_sts, where, problem) != 0) {
        return advise(advice, problem);
    }
    set_expiry(key, &expiration);
    return 0;
}

int read_role_key(struct access_key *key, char *text, size_t len, const char *where,
                  struct credentials_problem *problem)
{
    struct osft_span code = { "", 0 }, expiration = { NULL, 0 };
    struct osft_credentials texts = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
    const struct member members[] = { { "Code", &code },
                                      { "AccessKeyId", &texts.id },
                                      { "AccessKeySecret", &texts.secret },
                                      { "SecurityToken", &texts.token },
                                      { "Expiration", &expiration } };

    static const char advice[] = "see what responds at that address, and that the machine has this "
                                 "role";

    if (read_object(members, sizeof(members) / sizeof(members[0]), text, len, where, problem)) {
        return advise(advice, problem);
    }
    if (!is_text(&code, "Success")) {
        return set_problem(problem, advice, "%s: its Code is not Success", where);
    }
    if (set_access_key(key, &texts, 1, where, problem) != 0) {
        return advise(advice, problem);
    }
    set_expiry(key, &expiration);
    return 0;
}
