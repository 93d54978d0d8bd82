/* SPDX-License-Identifier: Apache-2.0 */
#include "credentials.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void open_key_source(struct key_source *source, const char *path, const char *profile)
{
    source->key.id[0] = source->key.secret[0] = source->key.token[0] = 0; /* see replace_text() */
    source->key.expires_ms = 0;
    memset(&source->identity, 0, sizeof(source->identity));
    memset(&source->credentials, 0, sizeof(source->credentials));
    memset(&source->problem, 0, sizeof(source->problem));
    source->is_missing = 0;
    (void)snprintf(source->path, sizeof(source->path), "%s", path != NULL ? path : "");
    (void)snprintf(source->profile, sizeof(source->profile), "%s", profile != NULL ? profile : "");
}

void close_key_source(struct key_source *source)
{
    osft_wipe(source, sizeof(*source));
}

static int read_environment(struct access_key *key, struct credentials_problem *problem)
{
    struct osft_credentials texts;

    texts.id = osft_span_from(getenv(credential_variables[0]));
    texts.secret = osft_span_from(getenv(credential_variables[1]));
    texts.token = osft_span_from(getenv(credential_variables[2]));
    if (texts.id.len == 0 || texts.secret.len == 0) {
        return set_problem(problem,
                           "write credentials = PATH for a file that only the reporter can read, "
                           "or export both variables",
                           "no file of credentials is named, and ALIBABA_CLOUD_ACCESS_KEY_ID or "
                           "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set");
    }
    return set_access_key(key, &texts, 0, "the environment", problem);
}

/* Use the key of a profile. A profile with a command or a role is refused, as running a command or
 * asking the metadata server would block the loop. Returns 0, or -1 with *problem set. */
static int use_profile_key(struct access_key *key, struct profile *profile, const char *where,
                           struct credentials_problem *problem)
{
    if (profile->kind == PROFILE_KEY) {
        profile->texts.token.len = 0;
    } else if (profile->kind != PROFILE_STS) {
        return set_problem(problem,
                           "name a profile with an AccessKey or an STS token, which another "
                           "program may renew in the file",
                           "%s runs a command or asks the metadata server, which osft-reporter "
                           "does not do",
                           where);
    }
    return set_access_key(key, &profile->texts, profile->kind == PROFILE_STS, where, problem);
}

static int read_file_key(struct key_source *source, struct access_key *key)
{
    static char text[CREDENTIALS_FILE_MAX];
    struct credentials_problem *problem = &source->problem;
    const char *name = source->profile[0] != 0 ? source->profile : NULL;
    struct profile profile;
    char where[400];
    size_t len = 0;
    int result = -1;
    enum search found = read_private_file(source->path, text, &len, &source->identity, problem);

    source->is_missing = found == SEARCH_ABSENT;
    if (source->is_missing) {
        return set_problem(problem, "write the path of a file with an AccessKey",
                           "there is no file %.300s", source->path);
    }
    memset(&profile, 0, sizeof(profile));
    if (found == SEARCH_FOUND) {
        found = find_profile(&profile, source->path, name, text, len, problem);
    }
    if (found == SEARCH_FOUND) {
        (void)snprintf(where, sizeof(where), "the profile in the file %.300s", source->path);
        result = use_profile_key(key, &profile, where, problem);
    }
    osft_wipe(text, len);
    return result;
}

/* Replace a text, without writing to the rest of its room: the system spends memory only on pages
 * that are written to. */
static void replace_text(char *to, const char *from)
{
    osft_wipe(to, strlen(to));
    memcpy(to, from, strlen(from) + 1);
}

static void replace_key(struct access_key *to, const struct access_key *from)
{
    replace_text(to->id, from->id);
    replace_text(to->secret, from->secret);
    replace_text(to->token, from->token);
    to->expires_ms = from->expires_ms;
}

int read_key(struct key_source *source)
{
    static struct access_key key;
    int result;

    memset(&source->problem, 0, sizeof(source->problem));
    result = source->path[0] != 0 ? read_file_key(source, &key)
                                  : read_environment(&key, &source->problem);
    if (result == 0) {
        replace_key(&source->key, &key);
        source->credentials.id = osft_span_from(source->key.id);
        source->credentials.secret = osft_span_from(source->key.secret);
        source->credentials.token =
            osft_span_from(source->key.token[0] != 0 ? source->key.token : NULL);
    }
    osft_wipe(&key, sizeof(key));
    return result;
}

static int has_new_file(const struct key_source *source)
{
    return source->path[0] != 0 &&
           has_file_changed(source->path, &source->identity, source->is_missing);
}

int renew_key(struct key_source *source, int expired)
{
    int has_key = source->key.id[0] != 0;

    if (!has_key || has_new_file(source)) {
        return read_key(source) == 0 || (has_key && !expired) ? 0 : -1;
    }
    return expired ? -1 : 0; /* the service would refuse the same key again */
}
