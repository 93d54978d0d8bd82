/* SPDX-License-Identifier: Apache-2.0 */
/* Captures in memory what a program writes to one of its outputs. Each test program has its own
 * copy of these functions. */
#ifndef SUPPORT_CAPTURE_H
#define SUPPORT_CAPTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../../examples/common/output.h"

static struct memory captured;

static void start_capture(struct output *out)
{
    captured.len = 0;
    out->memory = &captured;
}

/* End the capture, and return the text that was written since start_capture(). The text stays until
 * the next capture. */
static const char *end_capture(struct output *out)
{
    put_bytes(out, "", 1);
    flush_output(out);
    assert_int_equal(out->error, 0);
    out->memory = NULL;
    return captured.bytes;
}

#endif
