/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of an AccessKey. */
#include <string.h>
#include "credentials.h"

/* What is not clean is most often a line end that was copied along. Signed with it, the request
 * would be refused for a reason that is hard to guess. */
int is_clean_credential(const char *value, size_t len, enum text_rule rule)
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

static int copy_text(char *to, size_t size, const struct osft_span *text, enum text_rule rule,
                     const char *name, const char *where, struct credentials_problem *problem)
{
    static const char advice[] = "have it written again, from the AccessKey, with nothing around "
                                 "its values";

    if (text->len == 0 && rule != OPTIONAL) {
        return set_problem(problem, advice, "%s: there is no %s", where, name);
    }
    if (text->len >= size || !is_clean_credential(text->ptr, text->len, rule)) {
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
    if (copy_text(key->id, sizeof(key->id), &texts->id, REQUIRED, "AccessKey id", where, problem) ||
        copy_text(key->secret, sizeof(key->secret), &texts->secret, REQUIRED_SECRET,
                  "AccessKey secret", where, problem)) {
        return -1;
    }
    return copy_text(key->token, sizeof(key->token), &texts->token,
                     needs_token ? REQUIRED : OPTIONAL, "STS token", where, problem);
}

int is_json_profile(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len && strchr(" \t\r\n", text[i]) != NULL; i++) {
    }
    return i < len && text[i] == '{';
}
