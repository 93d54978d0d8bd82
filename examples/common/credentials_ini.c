/* SPDX-License-Identifier: Apache-2.0 */
/* The vendor's credentials file: a line [profile], and below it lines of name = value. */
#include <string.h>
#include "credentials.h"
#include "text.h"

/* The values of a profile that osft reads. The vendor's tools know others, which are ignored. */
enum member { TYPE, ID, SECRET, TOKEN, ROLE, ENABLE, MEMBERS };
static const char *const member_names[MEMBERS] = {
    "type", "access_key_id", "access_key_secret", "security_token", "role_name", "enable"
};

struct ini {
    const char *path, *name;
    struct osft_span value[MEMBERS]; /* of the profile; ptr NULL: not given */
    int line, is_found, is_inside;   /* is_inside: the line belongs to the profile */
    struct credentials_problem *problem;
};

static int is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(struct osft_span *text)
{
    while (text->len > 0 && is_white(text->ptr[0])) {
        text->ptr++;
        text->len--;
    }
    while (text->len > 0 && is_white(text->ptr[text->len - 1])) {
        text->len--;
    }
}

/* Remove a comment behind a value: white space, then # or ;. */
static void remove_comment(struct osft_span *value)
{
    size_t i;

    for (i = 1; i < value->len; i++) {
        if ((value->ptr[i] == '#' || value->ptr[i] == ';') && is_white(value->ptr[i - 1])) {
            value->len = i;
        }
    }
    trim(value);
}

static void remove_quotes(struct osft_span *value)
{
    if (has_quotes(value)) {
        value->ptr++;
        value->len -= 2;
    }
}

static int refuse_line(const struct ini *ini, const char *what)
{
    return set_problem(ini->problem, "mend that line", "line %d of the file %.300s %s", ini->line,
                       ini->path, what);
}

static int read_head(struct ini *ini, struct osft_span line)
{
    if (line.ptr[line.len - 1] != ']') {
        return refuse_line(ini, "begins with [ and does not end with ]");
    }
    line.ptr++;
    line.len -= 2;
    trim(&line);
    ini->is_inside = is_equal(&line, ini->name);
    ini->is_found |= ini->is_inside;
    return 0;
}

static int read_member(struct ini *ini, const struct osft_span *name, const struct osft_span *value)
{
    int i;

    for (i = 0; i < MEMBERS && !is_equal(name, member_names[i]); i++) {
    }
    if (i == MEMBERS) {
        return 0;
    }
    if (ini->value[i].ptr != NULL) {
        return refuse_line(ini, "gives a value that the profile has already");
    }
    ini->value[i] = *value;
    return 0;
}

static int read_line(struct ini *ini, struct osft_span line)
{
    struct osft_span name = line, value;
    const char *sign;

    trim(&line);
    if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';') {
        return 0;
    }
    value = line;
    remove_comment(&value);
    if (line.ptr[0] == '[') {
        return read_head(ini, value);
    }
    sign = memchr(line.ptr, '=', line.len);
    if (sign == NULL) {
        return refuse_line(ini, "is neither [profile] nor name = value");
    }
    name.ptr = line.ptr;
    name.len = (size_t)(sign - line.ptr);
    value.ptr = sign + 1;
    value.len = line.len - name.len - 1;
    trim(&name);
    remove_comment(&value);
    remove_quotes(&value);
    return ini->is_inside ? read_member(ini, &name, &value) : 0;
}

static int read_lines(struct ini *ini, const char *text, size_t len)
{
    static const char mark[] = "\xef\xbb\xbf"; /* byte order mark of UTF-8 */

    if (len >= 3 && memcmp(text, mark, 3) == 0) {
        text += 3;
        len -= 3;
    }
    for (ini->line = 1; len > 0; ini->line++) {
        const char *end = memchr(text, '\n', len);
        struct osft_span line = { text, end != NULL ? (size_t)(end - text) : len };

        if (read_line(ini, line) != 0) {
            return -1;
        }
        text += line.len + (end != NULL);
        len -= line.len + (end != NULL);
    }
    return 0;
}

static int choose_kind(const struct ini *ini, struct profile *profile)
{
    static const struct {
        const char *type;
        enum profile_kind kind;
    } kinds[] = { { "access_key", PROFILE_KEY },
                  { "sts", PROFILE_STS },
                  { "ecs_ram_role", PROFILE_ROLE } };
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (is_equal(&ini->value[TYPE], kinds[i].type)) {
            profile->kind = kinds[i].kind;
            return 0;
        }
    }
    if (ini->value[TYPE].len == 0) {
        return set_problem(ini->problem,
                           "add a line to it: type = access_key (or sts, ecs_ram_role)",
                           "profile '%.64s' of the file %.300s has no type", ini->name, ini->path);
    }
    return set_problem(ini->problem, "use another profile, or give that one such a type",
                       "the type of profile '%.64s' of the file %.300s is not one that osft reads: "
                       "access_key, sts or ecs_ram_role",
                       ini->name, ini->path);
}

enum search find_ini_profile(struct profile *profile, const char *path, const char *name,
                             char *text, size_t len, struct credentials_problem *problem)
{
    struct ini ini = { .path = path, .name = name != NULL ? name : "default", .problem = problem };

    if (read_lines(&ini, text, len) != 0) {
        return SEARCH_FAILED;
    }
    if (!ini.is_found) {
        set_problem(problem, "name one that it has with --profile",
                    "the file %.300s has no profile '%.64s'", path, ini.name);
        return SEARCH_ABSENT;
    }
    if (is_equal(&ini.value[ENABLE], "false")) {
        set_problem(problem, "name another with --profile",
                    "profile '%.64s' of the file %.300s is not enabled", ini.name, path);
        return SEARCH_FAILED;
    }
    profile->texts.id = ini.value[ID];
    profile->texts.secret = ini.value[SECRET];
    profile->texts.token = ini.value[TOKEN];
    profile->role = ini.value[ROLE];
    return choose_kind(&ini, profile) == 0 ? SEARCH_FOUND : SEARCH_FAILED;
}
