/* SPDX-License-Identifier: Apache-2.0 */
/* parse: printing a saved response of any size. The file is read as a whole, and the array of tasks
 * grows until it holds all of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

#define FIRST_TASKS 256
#define FIRST_BYTES 65536

struct body {
    char *bytes; /* as read from the file */
    char *copy;  /* for the parser, which overwrites its input */
    size_t len, size;
};

static int grow_body(struct body *body)
{
    size_t size = body->size == 0 ? FIRST_BYTES : body->size * 2;
    char *bytes = size > body->size ? realloc(body->bytes, size) : NULL;

    if (bytes == NULL) {
        return ENOMEM;
    }
    body->bytes = bytes;
    body->size = size;
    return 0;
}

/* Read up to the end of the file. One byte behind the body is left free, for the parser. Returns 0,
 * or errno. */
static int read_to_end(struct body *body, int fd)
{
    for (;;) {
        ssize_t n;
        if (body->size - body->len < 2 && grow_body(body) != 0) {
            return ENOMEM;
        }
        n = read(fd, body->bytes + body->len, body->size - body->len - 1);
        if (n == 0) {
            return 0;
        }
        if (n > 0) {
            body->len += (size_t)n;
        } else if (errno != EINTR) {
            return errno;
        }
    }
}

/* Read the body and allocate its copy. file: NULL for standard input. Returns 0, or errno. */
static int read_body(struct body *body, const char *file)
{
    int fd = file != NULL ? open(file, O_RDONLY) : STDIN_FILENO, error;

    if (fd < 0) {
        return errno;
    }
    error = read_to_end(body, fd);
    if (file != NULL) {
        close(fd);
    }
    if (error == 0 && (body->copy = malloc(body->size)) == NULL) {
        error = ENOMEM;
    }
    return error;
}

struct saved_response {
    struct body body;
    struct osft_page page; /* tasks: from the heap */
    struct osft_reply reply;
    int is_one_task; /* the response is one of GetFunctionTask, whose result is an object */
};

static int parse_copy(struct saved_response *response,
                      int parse(char *body, size_t len, struct osft_page *page,
                                struct osft_reply *reply))
{
    const struct body *body = &response->body;

    memcpy(body->copy, body->bytes, body->len);
    return parse(body->copy, body->len, &response->page, &response->reply);
}

/* Parse a response of ListFunctionTasks or GetFunctionTask. Which of the two it is can be told only
 * from its result: an array, or an object. */
static int parse_either(struct saved_response *response)
{
    const struct osft_reply *reply = &response->reply;
    int error = parse_copy(response, response->is_one_task ? osft_parse_get : osft_parse_list);

    if (error != OSFT_E_RESPONSE || response->is_one_task || reply->tasks != 0 ||
        strcmp(reply->member, "result") != 0) {
        return error;
    }
    error = parse_copy(response, osft_parse_get);
    response->is_one_task = error != OSFT_E_RESPONSE && reply->tasks == 1;
    return response->is_one_task ? error : parse_copy(response, osft_parse_list);
}

/* Parse the response, with an array that holds all of its tasks. Returns an osft_error; OSFT_E_FULL
 * when there is no memory for them. */
static int parse_response(struct saved_response *response)
{
    struct osft_page *page = &response->page;
    size_t max = FIRST_TASKS;

    for (;;) {
        int error;
        void *tasks = max <= SIZE_MAX / sizeof(*page->tasks)
                          ? realloc(page->tasks, max * sizeof(*page->tasks))
                          : NULL;
        if (tasks == NULL) {
            return OSFT_E_FULL;
        }
        page->tasks = tasks;
        page->max = max;
        error = parse_either(response);
        if (response->reply.tasks <= max) {
            return error;
        }
        max = response->reply.tasks;
    }
}

static int print_response(struct saved_response *response, enum format format, const char *name)
{
    int error = parse_response(response);
    struct display display;

    if (error == OSFT_E_FULL) {
        return report_local_failure("cannot hold the tasks of", name, ENOMEM);
    }
    detect_display(&display);
    display.is_one_task = response->is_one_task;
    display.is_cut = error != OSFT_OK && !is_only_omission(error, &response->reply);
    if (!display.is_cut || response->page.count > 0) {
        print_page(&standard_output, format, &display, &response->page, &response->reply);
    }
    if (error == OSFT_OK) {
        return EXIT_DONE;
    }
    report_omissions(&response->reply);
    return report_parse_failure(error, &response->reply, name);
}

int run_parse(const struct options *options)
{
    static struct saved_response response;
    const char *format_name = options->value[OPTION_FORMAT];
    int is_stdin = options->file == NULL || strcmp(options->file, "-") == 0;
    const char *name = is_stdin ? "(standard input)" : options->file;
    enum format format = FORMAT_TABLE;
    int status, error;

    if (format_name != NULL && parse_format(format_name, &format) != 0) {
        report_usage_error(COMMAND_PARSE,
                           "--format is table, json, jsonl, csv, prometheus or timeline; not",
                           format_name);
        return EXIT_USAGE;
    }
    if (choose_extend_info(COMMAND_PARSE, format, options->value[OPTION_EXTEND_INFO]) != 0) {
        return EXIT_USAGE;
    }
    error = read_body(&response.body, is_stdin ? NULL : options->file);
    if (error != 0) {
        status = report_local_failure("cannot read", name, error);
        status = error == ENOMEM ? status : EXIT_USAGE;
    } else {
        status = print_response(&response, format, name);
    }
    free(response.page.tasks);
    free(response.body.bytes);
    free(response.body.copy);
    return status;
}
