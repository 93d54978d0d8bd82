/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of the vendor's tools, read by osft_metrics_next(), which accepts exactly RFC 8259 and
 * unescapes texts in place. */
#include <stdio.h>
#include <string.h>
#include "osft_metrics.h"
#include "credentials.h"
#include "text.h"
#include "utc.h"

/* A member whose value is stored in *value. */
struct member {
    const char *name;
    struct osft_span *value; /* ptr NULL: there is no such member, or it is no text */
};

/* Whether the step of a scalar's path is a member of this name. */
static int is_name_of_step(const struct osft_metrics *m, unsigned step, const char *name)
{
    return step < m->depth && m->path[step].name.ptr != NULL && is_equal(&m->path[step].name, name);
}

/* Whether the scalar is a member of the profile with that index. */
static int is_in_profile(const struct osft_metrics *m, uint32_t index)
{
    return m->depth == 3 && is_name_of_step(m, 0, "profiles") && m->path[1].name.ptr == NULL &&
           m->path[1].index == index;
}

/* The text of the document for one walk. A walk changes the text, so each walk begins with a fresh
 * copy. */
static char walk_text[CREDENTIALS_FILE_MAX];

static void start_walk(struct osft_metrics *m, const char *text, size_t len)
{
    struct osft_span span = { walk_text, len };

    memcpy(walk_text, text, len);
    osft_metrics_init(m, &span);
}

/* Check that the text is JSON. Returns 0, or -1 with *problem set, which names the line and repeats
 * no text. */
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

/* Copy the text of the document's member "current"; "" when there is none or it is too long. */
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

/* Find the index of the profile with the name. Returns 1, or 0 when there is no such profile. */
static int find_index(uint32_t *index, const char *name, const char *text, size_t len)
{
    struct osft_metrics m;

    start_walk(&m, text, len);
    while (osft_metrics_next(&m) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        *index = m.depth == 3 ? m.path[1].index : 0;
        if (is_in_profile(&m, *index) && is_name_of_step(&m, 2, "name") &&
            m.kind == OSFT_METRIC_TEXT && is_equal(&m.text, name)) {
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
        if (is_equal(mode, kinds[i].mode)) {
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
    /* The walk has ended the command with a NUL. A command with a NUL within it is refused, as that
     * NUL would hide the rest. */
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
        osft_wipe(walk_text, len);
        return SEARCH_FAILED;
    }
    if (name == NULL) {
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
    osft_wipe(walk_text, len);
    return result;
}

/* ---- a single object with an AccessKey ---- */

/* Replace the advice of check_document(), which tells the user to correct a file: the user cannot
 * correct the output of a command or the response of the metadata server. Returns -1. */
static int set_advice(const char *advice, struct credentials_problem *problem)
{
    (void)snprintf(problem->advice, sizeof(problem->advice), "%s", advice);
    return -1;
}

/* The texts of an object with an AccessKey. Both kinds of object have the same five texts, but
 * under different names. */
struct key_object {
    struct osft_span kind;
    struct osft_credentials texts;
    struct osft_span expiration;
};

/* Read the texts of an object. names: of the members, in the order kind, id, secret, token,
 * expiration. Returns 0, or -1 with *problem set. */
static int read_key_object(struct key_object *object, const char *const names[5], char *text,
                           size_t len, const char *where, struct credentials_problem *problem)
{
    static const struct key_object empty = { .kind = { "", 0 } };
    const struct member members[] = { { names[0], &object->kind },
                                      { names[1], &object->texts.id },
                                      { names[2], &object->texts.secret },
                                      { names[3], &object->texts.token },
                                      { names[4], &object->expiration } };
    struct osft_span span = { text, len };
    struct osft_metrics m;
    int result = check_document(where, text, len, problem);

    *object = empty;
    osft_wipe(walk_text, len);
    if (result != 0) {
        return -1;
    }
    osft_metrics_init(&m, &span);
    while (osft_metrics_next(&m) == OSFT_OK && m.kind != OSFT_METRIC_END) {
        if (m.depth == 1) {
            store_member(&m, 0, members, sizeof(members) / sizeof(members[0]));
        }
    }
    return 0;
}

/* Set the time at which the key expires; 0 when the text is not a valid time. osft then learns only
 * from a refusal by the service that the token has expired. */
static void set_expiry(struct access_key *key, const struct osft_span *expiration)
{
    int64_t utc_s = 0;

    key->expires_ms = 0;
    if (expiration->ptr != NULL && parse_utc(expiration->ptr, expiration->len, &utc_s) == 0) {
        key->expires_ms = utc_s * 1000;
    }
}

/* Set the key and the time at which it expires. Returns 0, or -1 with *problem set. */
static int use_key_object(struct access_key *key, const struct key_object *object, int needs_token,
                          const char *where, const char *advice,
                          struct credentials_problem *problem)
{
    if (set_access_key(key, &object->texts, needs_token, where, problem) != 0) {
        return set_advice(advice, problem);
    }
    set_expiry(key, &object->expiration);
    return 0;
}

int read_command_key(struct access_key *key, char *text, size_t len, const char *where,
                     struct credentials_problem *problem)
{
    static const char *const names[] = { "mode", "access_key_id", "access_key_secret", "sts_token",
                                         "expiration" };
    static const char advice[] = "have it print one JSON object with mode, access_key_id, "
                                 "access_key_secret and, with mode StsToken, sts_token";
    struct key_object object;
    int is_sts;

    if (read_key_object(&object, names, text, len, where, problem) != 0) {
        return set_advice(advice, problem);
    }
    is_sts = is_equal(&object.kind, "StsToken");
    if (!is_sts && !is_equal(&object.kind, "AK")) {
        return set_problem(problem, advice, "%s: its mode is neither AK nor StsToken", where);
    }
    if (!is_sts) {
        object.texts.token.len = 0;
    }
    return use_key_object(key, &object, is_sts, where, advice, problem);
}

int read_role_key(struct access_key *key, char *text, size_t len, const char *where,
                  struct credentials_problem *problem)
{
    static const char *const names[] = { "Code", "AccessKeyId", "AccessKeySecret", "SecurityToken",
                                         "Expiration" };
    static const char advice[] = "see what responds at that address, and that the machine has this "
                                 "role";
    struct key_object object;

    if (read_key_object(&object, names, text, len, where, problem) != 0) {
        return set_advice(advice, problem);
    }
    if (!is_equal(&object.kind, "Success")) {
        return set_problem(problem, advice, "%s: its Code is not Success", where);
    }
    return use_key_object(key, &object, 1, where, advice, problem);
}
