/* SPDX-License-Identifier: Apache-2.0 */
/* AccessKeys from files, in the forms of the vendor's tools. Nothing that was read from a file, a
 * command or the metadata server is ever put into a message: only names of files and variables,
 * line numbers, and names that these functions know. */
#ifndef CREDENTIALS_FILES_H
#define CREDENTIALS_FILES_H

#include <sys/types.h>
#include <time.h>
#include "osft.h"

#define CREDENTIALS_FILE_MAX 65536 /* bytes of a file */
#define TOKEN_MAX            8192

/* Why there are no credentials, and what to do: parts of sentences, without a line end. */
struct credentials_problem {
    char what[512], advice[512];
};

/* Sets both; NULL advice: none beyond "what". Returns -1. */
int set_problem(struct credentials_problem *problem, const char *advice, const char *format, ...);

/* What a credential's text may be. */
enum text_rule { REQUIRED, REQUIRED_SECRET, OPTIONAL };
int is_clean_credential(const char *value, size_t len, enum text_rule rule);

/* An AccessKey, copied from where it was read. */
struct access_key {
    char id[256], secret[256], token[TOKEN_MAX]; /* token "": none */
    int64_t expires_ms;                          /* since 1970, as its giver says; 0: not known */
};

/* Copies the three texts, after checking that they can be signed with. where: of what is wrong,
 * such as "profile 'x' of the file /etc/osft". needs_token: a key without one is refused. Returns
 * 0, or -1 with *problem set. */
int set_access_key(struct access_key *key, const struct osft_credentials *texts, int needs_token,
                   const char *where, struct credentials_problem *problem);

/* ---- credentials_file.c ---- */

/* A file with the same identity has not changed. */
struct file_identity {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};
int is_same_file(const struct file_identity *a, const struct file_identity *b);
/* Returns 0, or -1 when there is no such file now. */
int get_file_identity(const char *path, struct file_identity *identity);

/* Each search ends in one of these. */
enum search { SEARCH_FOUND, SEARCH_ABSENT, SEARCH_FAILED };

/* Reads a file that nobody else can read. text needs room for CREDENTIALS_FILE_MAX bytes.
 * SEARCH_ABSENT: there is no such file; SEARCH_FAILED: *problem is set. */
enum search read_private_file(const char *path, char *text, size_t *len,
                              struct file_identity *identity, struct credentials_problem *problem);

/* ---- a profile, as both kinds of file have it ---- */
enum profile_kind { PROFILE_KEY, PROFILE_STS, PROFILE_COMMAND, PROFILE_ROLE };
struct profile {
    enum profile_kind kind;
    struct osft_credentials texts; /* all point into the file's text */
    struct osft_span role;
    char *command; /* ended by a NUL; NULL: none */
};

/* ---- credentials_ini.c ----
 * [name], then lines of name = value. NULL name: that of ALIBABA_CLOUD_PROFILE, else "default". */
enum search find_ini_profile(struct profile *profile, const char *path, const char *name,
                             char *text, size_t len, struct credentials_problem *problem);

/* ---- credentials_json.c: texts are unescaped in place ---- */
/* The vendor's config.json. NULL name: that of ALIBABA_CLOUD_PROFILE, else the current one. */
enum search find_json_profile(struct profile *profile, const char *path, const char *name,
                              char *text, size_t len, struct credentials_problem *problem);
/* What a command prints (access_key_id, ...), or the metadata server sends (AccessKeyId, ...).
 * where: see set_access_key(). Returns 0, or -1. */
int read_command_key(struct access_key *key, char *text, size_t len, const char *where,
                     struct credentials_problem *problem);
int read_role_key(struct access_key *key, char *text, size_t len, const char *where,
                  struct credentials_problem *problem);

/* Is it the JSON of config.json, or the other form? */
int is_json_profile(const char *text, size_t len);

#endif
