/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include <string.h>

static int is_token(struct osft_span s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (!(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') &&
            (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return 0;
    }
    return s.len > 0;
}

static int is_visible(struct osft_span s)
{
    size_t i;

    for (i = 0; i < s.len; i++)
        if (s.ptr[i] < 0x21 || s.ptr[i] > 0x7e)
            return 0;
    return 1;
}

/* Cut the part before c off *rest; c is dropped. Returns 0, or -1 when there is no c. */
static int cut_at(struct osft_span *rest, char c, struct osft_span *part)
{
    const char *at = rest->len ? memchr(rest->ptr, c, rest->len) : NULL;

    if (!at)
        return -1;
    part->ptr = rest->ptr;
    part->len = (size_t)(at - rest->ptr);
    rest->len -= part->len + 1;
    rest->ptr = at + 1;
    return 0;
}

/* Cut one line off *rest, without its CRLF. A CR or LF alone is an error, as servers and proxies
 * disagree about its meaning. */
static int cut_line(struct osft_span *rest, struct osft_span *line)
{
    if (cut_at(rest, '\n', line) || line->len == 0 || line->ptr[line->len - 1] != '\r')
        return -1;
    line->len--;
    return line->len && memchr(line->ptr, '\r', line->len) ? -1 : 0;
}

static int parse_target(struct ep_request *r)
{
    const char *mark;

    if (r->target.len == 0 || r->target.ptr[0] != '/' || !is_visible(r->target))
        return -400;
    mark = memchr(r->target.ptr, '?', r->target.len);
    r->path = r->target;
    r->query = ep_span("");
    if (mark) {
        r->path.len = (size_t)(mark - r->target.ptr);
        r->query.ptr = mark + 1;
        r->query.len = r->target.len - r->path.len - 1;
    }
    return 0;
}

static int parse_first_line(struct osft_span line, struct ep_request *r)
{
    if (cut_at(&line, ' ', &r->method) || !is_token(r->method) || cut_at(&line, ' ', &r->target))
        return -400;
    if (ep_same(line, "HTTP/1.0"))
        r->keep = 0;
    else if (ep_same(line, "HTTP/1.1"))
        r->keep = 1;
    else
        return line.len == 8 && memcmp(line.ptr, "HTTP/", 5) == 0 ? -505 : -400;
    return parse_target(r);
}

static int parse_header(struct osft_span line, struct ep_request *r)
{
    struct ep_header *h = &r->headers[r->count];
    size_t i;

    if (r->count == EP_HEADERS_MAX)
        return -431;
    if (cut_at(&line, ':', &h->name) || !is_token(h->name))
        return -400;
    while (line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t')) {
        line.ptr++;
        line.len--;
    }
    while (line.len && (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t'))
        line.len--;
    for (i = 0; i < line.len; i++)
        if (((unsigned char)line.ptr[i] < 0x20 && line.ptr[i] != '\t') || line.ptr[i] == 0x7f)
            return -400;
    h->value = line;
    r->count++;
    return 0;
}

const struct ep_header *ep_header(const struct ep_request *r, const char *name)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        if (ep_same_nocase(r->headers[i].name, name))
            return &r->headers[i];
    return NULL;
}

/* Parse the headers that tell the length of the body and the host. Returns the length of the
 * body. */
static long parse_framing(struct ep_request *r)
{
    const struct ep_header *h;
    int hosts = 0, lengths = 0;
    int64_t body = 0;
    size_t i;

    for (i = 0; i < r->count; i++) {
        h = &r->headers[i];
        hosts += ep_same_nocase(h->name, "host");
        if (ep_same_nocase(h->name, "content-length")) {
            lengths++;
            if (h->value.len == 0 || h->value.ptr[0] == '-' || ep_int64(h->value, &body))
                return -400;
        }
        if (ep_same_nocase(h->name, "transfer-encoding"))
            return -501;
    }
    if (hosts != 1 || lengths > 1)
        return -400;
    h = ep_header(r, "connection");
    if (h && ep_same_nocase(h->value, "close"))
        r->keep = 0;
    return body > EP_BODY_MAX ? -413 : (long)body;
}

/* Return where the empty line ends; 0: it has not come yet; < 0: the bytes cannot become a head. */
static long find_end(struct osft_span bytes)
{
    size_t i;

    if (bytes.len && (bytes.ptr[0] < 'A' || bytes.ptr[0] > 'Z'))
        return -400;
    for (i = 0; i < bytes.len && i < EP_HEAD_MAX; i++) {
        if (bytes.ptr[i] != '\n')
            continue;
        if (i == 0 || bytes.ptr[i - 1] != '\r')
            return -400;
        if (i >= 3 && bytes.ptr[i - 2] == '\n')
            return (long)i + 1;
    }
    return i == EP_HEAD_MAX ? -431 : 0;
}

long ep_parse(struct osft_span bytes, struct ep_request *r)
{
    struct osft_span rest = bytes, line;
    long head = find_end(bytes), body;
    int err;

    memset(r, 0, sizeof(*r));
    if (head <= 0)
        return head;
    rest.len = (size_t)head;
    err = cut_line(&rest, &line) ? -400 : parse_first_line(line, r);
    while (!err && rest.len > 2)
        err = cut_line(&rest, &line) ? -400 : parse_header(line, r);
    if (err)
        return err;
    body = parse_framing(r);
    if (body < 0)
        return body;
    r->body.ptr = bytes.ptr + head;
    r->body.len = (size_t)body;
    return bytes.len < (size_t)(head + body) ? 0 : head + body;
}
