/* SPDX-License-Identifier: Apache-2.0 */
/* Checking the texts of an AccessKey, and finding a profile in a file of either kind. */
#include <stdlib.h>
#include <string.h>
#include "credentials.h"

const char *const credential_variables[CREDENTIAL_VARIABLES] = { "ALIBABA_CLOUD_ACCESS_KEY_ID",
                                                                 "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                                                                 "ALIBABA_CLOUD_SECURITY_TOKEN" };

/* Most often the invalid character is a line end that was copied with the text. The service would
 * refuse a request that is signed with such a text, and would not say why. */
int has_valid_characters(const char *value, size_t len, enum text_rule rule)
{
    size_t i;

    for (i = 0; i < len; i++) {
        int is_bad = (unsigned char)value[i] <= ' ' || value[i] == 0x7f;
        int may_be_inside = rule == REQUIRED_SECRET && i > 0 && i < len - 1 && value[i] != 0;
        if (is_bad && !may_be_inside) {
            return 0;
        }
    }
    return 1;
}

static int copy_credential(char *to, size_t size, const struct osft_span *text, enum text_rule rule,
                           const char *name, const char *where, struct credentials_problem *problem)
{
    static const char advice[] = "have it written again, from the AccessKey, with nothing around "
                                 "its values";

    if (text->len == 0 && rule != OPTIONAL) {
        return set_problem(problem, advice, "%s: there is no %s", where, name);
    }
    if (text->len >= size || !has_valid_characters(text->ptr, text->len, rule)) {
        return set_problem(problem, advice, "%s: the %s %s", where, name,
                           text->len >= size ? "is too long"
                                             : "has white space or a control character in it");
    }
    memcpy(to, text->len > 0 ? text->ptr : "", text->len);
    to[text->len] = 0;
    return 0;
}

int set_access_key(struct access_key *key, const struct osft_credentials *texts, int needs_token,
                   const char *where, struct credentials_problem *problem)
{
    memset(key, 0, sizeof(*key));
    if (copy_credential(key->id, sizeof(key->id), &texts->id, REQUIRED, "AccessKey id", where,
                        problem) ||
        copy_credential(key->secret, sizeof(key->secret), &texts->secret, REQUIRED_SECRET,
                        "AccessKey secret", where, problem)) {
        return -1;
    }
    return copy_credential(key->token, sizeof(key->token), &texts->token,
                           needs_token ? REQUIRED : OPTIONAL, "STS token", where, problem);
}

/* Whether the text is JSON, as config.json is, and not an INI file. */
static int is_json(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len && strchr(" \t\r\n", text[i]) != NULL; i++) {
    }
    return i < len && text[i] == '{';
}

enum search find_profile(struct profile *profile, const char *path, const char *name, char *text,
                         size_t len, struct credentials_problem *problem)
{
    name = name != NULL ? name : getenv("ALIBABA_CLOUD_PROFILE");
    name = name != NULL && *name != 0 ? name : NULL;
    return is_json(text, len) ? find_json_profile(profile, path, name, text, len, problem)
                              : find_ini_profile(profile, path, name, text, len, problem);
}
