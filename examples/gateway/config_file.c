/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a configuration file with inih, which gets one line at a time. inih cuts some lines, joins
 * some to the previous line, and removes comments from some. read_line() refuses such lines before
 * inih sees them. inih also does not report sections without keys. Therefore read_line() adds a
 * line with the key SECTION_MARK behind each section's line, so that inih reports each section,
 * also when it has no keys or comes twice. */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "config_load.h"
#include "log.h"

#define SECTION_MARK "\x01" /* a key that no line of a file can have */
#define INI_NAME_MAX 49     /* longest name of a section; inih cuts longer ones */

struct reader {
    struct config *config;
    struct origin origin;
    FILE *file;
    int must_add_mark;         /* the next line for inih is the mark of a section */
    int is_in_refused_section; /* the section's own line was refused, so its keys are ignored */
    int result;
};

static char *refuse_line(struct reader *reader, char *line, const char *what)
{
    reader->result = report_origin(&reader->origin, "%s", what);
    if (line[strspn(line, " \t")] == '[') {
        reader->is_in_refused_section = 1;
    }
    if (!reader->is_in_refused_section) {
        note_bad_line(reader->config);
    }
    line[0] = '\n'; /* an empty line for inih, so that the rest of the file is checked as well */
    line[1] = 0;
    return line;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int has_trailing_comment(const char *line)
{
    size_t i;

    for (i = 1; line[i] != 0; i++) {
        if (line[i] == ';' && is_blank(line[i - 1])) {
            return 1;
        }
    }
    return 0;
}

static void skip_line(FILE *file)
{
    int c;

    while ((c = getc(file)) != EOF && c != '\n') {
    }
}

/* Return the length of a line without its end, which is LF or CR LF. */
static size_t get_line_len(const char *line)
{
    size_t len = strcspn(line, "\n");

    return len > 0 && line[len - 1] == '\r' ? len - 1 : len;
}

static int has_control(const char *line)
{
    size_t n = get_line_len(line), i;

    for (i = 0; i < n; i++) {
        if ((unsigned char)line[i] < ' ' && line[i] != '\t') {
            return 1;
        }
    }
    return 0;
}

/* Return what is wrong with a line; NULL: nothing is wrong. */
static const char *find_line_fault(const char *line)
{
    size_t len = get_line_len(line), white = strspn(line, " \t");

    if (has_control(line)) {
        return "a control character is in this line; remove it";
    }
    if (white == len || line[0] == ';' || line[0] == '#') {
        return NULL;
    }
    if (white > 0) {
        return "this line begins with white space; write it from the first column";
    }
    if (has_trailing_comment(line)) {
        return "a semicolon behind white space begins a comment; write comments in lines of their "
               "own, and put a command that needs one into a script";
    }
    if (line[0] == '[') {
        const char *end = strchr(line, ']');

        if (end == NULL || end + 1 + strspn(end + 1, " \t") != line + len) {
            return "a section's line is [NAME], with nothing behind it";
        }
        return end - line - 1 > INI_NAME_MAX
                   ? "this section's name is too long; write a shorter one"
                   : NULL;
    }
    /* inih ends a key at a colon, too. */
    return line[strcspn(line, "=:")] != '='
               ? "this is neither [SECTION] nor KEY = VALUE; write a line such as interval = 60s, "
                 "or begin a comment with #"
               : NULL;
}

/* Read a line for inih, as fgets() does. */
static char *read_line(char *line, int size, void *stream)
{
    struct reader *reader = stream;
    const char *fault;
    size_t len = (size_t)size - 1;
    int has_end;

    if (reader->must_add_mark) {
        reader->must_add_mark = 0;
        (void)snprintf(line, (size_t)size, SECTION_MARK " = 1\n");
        return line;
    }
    memset(line, 'x', (size_t)size); /* the last 0 byte is then that of fgets() */
    if (fgets(line, size, reader->file) == NULL) {
        return NULL;
    }
    reader->origin.line++;
    while (line[len] != 0) {
        len--;
    }
    has_end = (len > 0 && line[len - 1] == '\n') || feof(reader->file);
    if (!has_end) {
        skip_line(reader->file);
    }
    if (strlen(line) < len) {
        return refuse_line(reader, line, "a NUL is in this line; remove it");
    }
    if (!has_end) {
        return refuse_line(
            reader, line,
            "this line is too long; put what is long into a file or a script, and write "
            "its path");
    }
    if (reader->origin.line == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0) {
        memmove(line, line + 3, strlen(line + 3) + 1);
    }
    fault = find_line_fault(line);
    if (fault != NULL) {
        return refuse_line(reader, line, fault);
    }
    reader->must_add_mark = line[0] == '[';
    return line;
}

static int handle_setting(void *user, const char *section, const char *key, const char *value)
{
    struct reader *reader = user;
    int result;

    if (strcmp(key, SECTION_MARK) == 0) {
        reader->is_in_refused_section = 0;
        result = begin_section(reader->config, &reader->origin, section);
    } else if (reader->is_in_refused_section) {
        result = -1;
    } else if (section[0] == 0) {
        result = report_origin(
            &reader->origin, "'%.100s' is in no section; write a line such as [reporter] above it",
            key);
    } else {
        result = add_setting(reader->config, &reader->origin, key, value);
    }
    reader->result |= result;
    return 1;
}

int read_config_file(struct config *config, const char *path)
{
    struct reader reader = { .config = config, .origin = { .file = path } };
    struct stat status;
    int line;

    reader.file = fopen(path, "re");
    if (reader.file == NULL || fstat(fileno(reader.file), &status) != 0) {
        log_line("cannot open the configuration %s: %s", path, strerror(errno));
        if (reader.file != NULL) {
            (void)fclose(reader.file);
        }
        return -1;
    }
    reader.origin.is_private = (status.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) == 0;
    line = ini_parse_stream(read_line, &reader, handle_setting, &reader);
    if (ferror(reader.file)) {
        log_line("cannot read the configuration %s: %s", path, strerror(errno));
        reader.result = -1;
    } else if (line != 0 && reader.result == 0) {
        reader.result = report_origin(&reader.origin, "inih could not read this file");
    }
    (void)fclose(reader.file);
    return reader.result;
}
