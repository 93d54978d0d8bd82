/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that end, stall or are damaged at each record that the server sends, from the first
 * to the close_notify alert. */
#include "tls_matrix.h"

#include <stdio.h>
#include <string.h>

#include "osft_error.h"

enum harm { CUT_BEFORE, CUT_WITHIN, STALL_BEFORE, STALL_WITHIN, DAMAGE, HARMS };

static const char *const harm_names[HARMS] = { "the stream ends before", "the stream ends within",
                                               "the server falls silent before",
                                               "the server falls silent within",
                                               "a bit is changed in" };

static void set_harm(struct cell *cell, enum harm harm, uint8_t record)
{
    switch (harm) {
    case CUT_BEFORE: cell->server.cut_before = record; break;
    case CUT_WITHIN: cell->server.cut_within = record; break;
    case STALL_BEFORE: cell->server.stall_before = record; break;
    case STALL_WITHIN: cell->server.stall_within = record; break;
    default: cell->server.damaged = record; break;
    }
}

/* Set the outcome that is expected when this record is harmed. The last record is not needed, as
 * the response has a length. */
static void set_expected(struct cell *cell, enum harm harm, int is_last)
{
    cell->words = "";
    if (is_last) {
        cell->result = OSFT_OK;
    } else if (harm == CUT_BEFORE || harm == CUT_WITHIN) {
        cell->result = OSFT_E_CUT;
        cell->words = "the server ended the connection in the TLS handshake|"
                      "the connection ended without TLS saying so";
    } else if (harm != DAMAGE) {
        cell->result = OSFT_E_TIMEOUT;
    } else {
        cell->fails_somehow = 1;
    }
}

static void harm_each_record(const char *version_name, int version)
{
    struct cell good = { .server = { .min = version, .max = version } };
    char why[400], name[100];
    int records = run_cell(&good, why, sizeof why);

    if (records < 5) { /* at least the records of a handshake, a response and close_notify */
        print_result(version_name, "a whole connection", records < 0 ? why : "too few records");
        return;
    }
    for (int harm = 0; harm < HARMS; harm++) {
        for (int record = 1; record <= records; record++) {
            struct cell cell = good;
            set_harm(&cell, (enum harm)harm, (uint8_t)record);
            set_expected(&cell, (enum harm)harm, record == records);
            int result = run_cell(&cell, why, sizeof why);
            snprintf(name, sizeof name, "%s record %d of %d", harm_names[harm], record, records);
            print_result(version_name, name, result < 0 ? why : NULL);
        }
    }
}

void run_broken_connections(void)
{
    harm_each_record("TLS 1.2", TLS1_2_VERSION);
#ifdef MBEDTLS_SSL_PROTO_TLS1_3
    harm_each_record("TLS 1.3", TLS1_3_VERSION);
#endif
}
