/* SPDX-License-Identifier: Apache-2.0 */
/* AccessKeys from files, in the forms of the vendor's tools. No message repeats text that was read
 * from a file, a command or the metadata server. Messages have only names of files and variables,
 * line numbers, and names that these functions know. */
#ifndef CREDENTIALS_FILES_H
#define CREDENTIALS_FILES_H

#include <sys/types.h>
#include <time.h>
#include "osft.h"

#define CREDENTIALS_FILE_MAX 65536 /* the largest file of credentials, in bytes */
#define TOKEN_MAX            8192

/* what: why there are no credentials; advice: what to do. Both are parts of sentences, without a
 * line end. */
struct credentials_problem {
    char what[512], advice[512];
};

/* Set both members. advice NULL: there is no advice. Returns -1. */
int set_problem(struct credentials_problem *problem, const char *advice, const char *format, ...);

/* The names of the environment's variables for the id, the secret and the token. */
#define CREDENTIAL_VARIABLES 3
extern const char *const credential_variables[CREDENTIAL_VARIABLES];

/* The rule that the text of a credential must follow. */
enum text_rule { REQUIRED, REQUIRED_SECRET, OPTIONAL };
/* Whether the text has no white space and no control character. Within a secret any byte but NUL is
 * allowed. */
int has_valid_characters(const char *value, size_t len, enum text_rule rule);

/* An AccessKey, copied from where it was read. */
struct access_key {
    char id[256], secret[256], token[TOKEN_MAX]; /* token "": there is none */
    int64_t expires_ms;                          /* since 1970, as its source says; 0: not known */
};

/* Copy the three texts, after checking that they can be used for signing. where: names the source
 * of the texts in messages, such as "profile 'x' of the file /etc/osft". needs_token 1: a key
 * without a token is refused. Returns 0, or -1 with *problem set. */
int set_access_key(struct access_key *key, const struct osft_credentials *texts, int needs_token,
                   const char *where, struct credentials_problem *problem);

/* ---- credentials_file.c ---- */

/* Values that identify a file and its content: at least one of them changes when the file is
 * changed or replaced. */
struct file_identity {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified, changed;
};
int is_same_file(const struct file_identity *a, const struct file_identity *b);
/* Get the identity of a file. Returns 0, or -1 when there is no such file. */
int get_file_identity(const char *path, struct file_identity *identity);
/* Whether a file has changed since it was read last. identity: the file's identity at that time;
 * is_missing: 1 when there was no file at that time. */
int has_file_changed(const char *path, const struct file_identity *identity, int is_missing);

/* The result of a search for credentials. */
enum search { SEARCH_FOUND, SEARCH_ABSENT, SEARCH_FAILED };

/* Read a file, and refuse one that other users can read or change. text: room for
 * CREDENTIALS_FILE_MAX bytes. SEARCH_ABSENT: there is no such file; SEARCH_FAILED: *problem is
 * set. */
enum search read_private_file(const char *path, char *text, size_t *len,
                              struct file_identity *identity, struct credentials_problem *problem);

/* ---- a profile of either kind of file ---- */
enum profile_kind { PROFILE_KEY, PROFILE_STS, PROFILE_COMMAND, PROFILE_ROLE };
struct profile {
    enum profile_kind kind;
    struct osft_credentials texts; /* point into the text of the file */
    struct osft_span role;         /* of PROFILE_ROLE; ptr NULL: the role that the machine has */
    char *command;                 /* of PROFILE_COMMAND, ended by a NUL; NULL: none */
};

/* ---- credentials_ini.c ---- */
/* Find a profile in the text of an INI file. name NULL: "default". */
enum search find_ini_profile(struct profile *profile, const char *path, const char *name,
                             char *text, size_t len, struct credentials_problem *problem);

/* ---- credentials_json.c: these functions unescape texts in place ---- */
/* Find a profile in the text of the vendor's config.json. name NULL: the current profile, or else
 * "default". */
enum search find_json_profile(struct profile *profile, const char *path, const char *name,
                              char *text, size_t len, struct credentials_problem *problem);
/* Read the key from a JSON object: read_command_key() from the object that a command prints
 * (access_key_id and so on), read_role_key() from the object that the metadata server sends
 * (AccessKeyId and so on). where: see set_access_key(). Both return 0, or -1 with *problem set. */
int read_command_key(struct access_key *key, char *text, size_t len, const char *where,
                     struct credentials_problem *problem);
int read_role_key(struct access_key *key, char *text, size_t len, const char *where,
                  struct credentials_problem *problem);

/* ---- credentials_key.c ---- */
/* Find a profile in the text of either kind of file. name NULL: the profile that
 * ALIBABA_CLOUD_PROFILE names, or else the file's default profile. */
enum search find_profile(struct profile *profile, const char *path, const char *name, char *text,
                         size_t len, struct credentials_problem *problem);

#endif
