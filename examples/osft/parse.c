/* SPDX-License-Identifier: Apache-2.0 */
/* A saved answer of any size: the file is read whole, and the task array grows to what is in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"

#define FIRST_TASKS 256
#define FIRST_BYTES 65536

struct body {
    char *mem, *copy; /* as read, and for the parser, which overwrites what it reads */
    size_t len, size;
};

static int grow(struct body *b)
{
    size_t size = b->size == 0 ? FIRST_BYTES : b->size * 2;
    char *mem = size > b->size ? realloc(b->mem, size) : NULL;
    if (mem == NULL) {
        return ENOMEM;
    }
    b->mem = mem;
    b->size = size;
    return 0;
}

static int read_all(struct body *b, int fd)
{
    for (;;) {
        ssize_t n;
        if (b->size - b->len < 2 && grow(b) != 0) {
            return ENOMEM;
        }
        n = read(fd, b->mem + b->len, b->size - b->len - 1);
        if (n == 0) {
            return 0;
        }
        if (n > 0) {
            b->len += (size_t)n;
        } else if (errno != EINTR) {
            return errno;
        }
    }
}

/* Returns 0, or errno. */
static int load(struct body *b, const char *file)
{
    int fd = file != NULL ? open(file, O_RDONLY) : STDIN_FILENO, error;
    if (fd < 0) {
        return errno;
    }
    error = read_all(b, fd);
    if (file != NULL) {
        close(fd);
    }
    if (error == 0 && (b->copy = malloc(b->size)) == NULL) {
        error = ENOMEM;
    }
    return error;
}

static int is_result(const char *member)
{
    return member != NULL && strcmp(member, "result") == 0;
}

/* A saved answer to get has one object where one to list has an array: *one tells. */
static int read_answer(struct body *b, struct osft_page *page, int *one)
{
    int err;
    memcpy(b->copy, b->mem, b->len);
    err = osft_parse(b->copy, b->len, *one, page);
    if (err == OSFT_E_ANSWER && !*one && is_result(page->member) && page->count == 0) {
        memcpy(b->copy, b->mem, b->len);
        err = osft_parse(b->copy, b->len, 1, page);
        *one = err == OSFT_OK || page->count > 0;
        if (!*one) {
            memcpy(b->copy, b->mem, b->len);
            err = osft_parse(b->copy, b->len, 0, page);
        }
    }
    return err;
}

/* Returns an osft_err, with page->tasks allocated; OSFT_E_STATE when memory ran out. */
static int parse(struct body *b, struct osft_page *page, int *one)
{
    int err;
    page->max = FIRST_TASKS;
    do {
        void *tasks = page->max <= SIZE_MAX / sizeof(*page->tasks)
                          ? realloc(page->tasks, page->max * sizeof(*page->tasks))
                          : NULL;
        if (tasks == NULL) {
            return OSFT_E_STATE;
        }
        page->tasks = tasks;
        err = read_answer(b, page, one);
        if (err != OSFT_E_TASKS) {
            return err;
        }
        page->max = page->seen > page->max ? page->seen : page->max * 2;
    } while (page->max > 0);
    return OSFT_E_STATE;
}

static int show(const struct osft_page *page, int err, int one, enum format format,
                const char *name)
{
    struct look look;
    format_look(&look);
    look.one = one;
    look.is_cut = err != OSFT_OK;
    if (err == OSFT_OK || page->count > 0) {
        format_page(&cmd_out, format, &look, page);
    }
    return err == OSFT_OK ? EXIT_DONE : report_parse(err, page, name);
}

static int parse_and_show(struct body *b, struct osft_page *page, enum format format,
                          const char *name)
{
    int one = 0, err = parse(b, page, &one);
    if (err == OSFT_E_STATE) {
        return report_local("cannot hold the tasks of", name, ENOMEM);
    }
    return show(page, err, one, format, name);
}

int run_parse(const struct options *o)
{
    const char *name = o->value[OPT_FORMAT];
    int is_stdin = o->file == NULL || strcmp(o->file, "-") == 0;
    const char *file = is_stdin ? "(standard input)" : o->file;
    enum format format = FORMAT_TABLE;
    struct body b = { NULL, NULL, 0, 0 };
    struct osft_page page;
    int status, error;

    if (name != NULL && format_parse(name, &format) != 0) {
        usage_error(COMMAND_PARSE,
                    "--format is table, json, jsonl, csv, prometheus or timeline; not", name);
        return EXIT_USAGE;
    }
    memset(&page, 0, sizeof(page));
    error = load(&b, is_stdin ? NULL : o->file);
    if (error != 0) {
        status = report_local("cannot read", file, error);
        status = error == ENOMEM ? status : EXIT_USAGE;
    } else {
        status = parse_and_show(&b, &page, format, file);
    }
    free(page.tasks);
    free(b.mem);
    free(b.copy);
    return status;
}
