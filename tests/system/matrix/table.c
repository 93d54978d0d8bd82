/* SPDX-License-Identifier: Apache-2.0 */
/* The expected outcome of each fault. `fault:1` means that only the first request meets the fault;
 * without a count every request meets it. The client makes up to four attempts. */
#include "matrix.h"

#define CELL(...)   \
    {               \
        __VA_ARGS__ \
    }
/* All tasks are delivered by the first, second or third attempt; the attempt before it ended with
 * e. */
#define ok              CELL(.attempts = 1)
#define second(e)       CELL(.attempts = 2, .last_error = OSFT_E_##e)
#define third(e)        CELL(.attempts = 3, .last_error = OSFT_E_##e)
/* The call ends with e after one attempt, two, one or two, or four. */
#define fails(e)        CELL(.result = OSFT_E_##e, .attempts = 1)
#define fails_twice(e)  CELL(.result = OSFT_E_##e, .attempts = 2, .last_error = OSFT_E_##e)
#define fails_1_or_2(e) CELL(.result = OSFT_E_##e, .attempts = 1, .or_attempts = 2)
#define fails_4(e)      CELL(.result = OSFT_E_##e, .attempts = 4, .last_error = OSFT_E_##e)
/* The first call succeeds, and a later one ends with e after four attempts. */
#define later_fails_4(e) \
    CELL(.result = OSFT_E_##e, .attempts = 1, .later_attempts = 4, .later_error = OSFT_E_##e)

#define ALL(c)                        CELL(c, c, c, c, c, c, c)
/* GET, whose response is short, has one outcome, all other columns another. */
#define BUT_GET(get, c)               CELL(c, c, c, c, get, c, c)
/* A response ends behind some tasks. A call with a function is not repeated, as tasks cannot be
 * taken back; nor is that of a walk, whose next call asks for the rest. */
#define BROKEN(list_stream, pages, c) CELL(c, list_stream, pages, c, ok, c, c)

#define PLAIN   .secure = 0
#define TLS_TOO .secure = 1 /* also over TLS */

const struct row rows[] = {
    /* list array, list stream, all pages array, all pages stream, get, watch, watch's first poll */
    { "delay=0", ALL(ok), TLS_TOO },

    /* how the response is sent: the first byte, the status line, the head, the envelope, the
     * tasks */
    { "cut=0:1", ALL(second(CUT)), TLS_TOO },
    { "cut=0", ALL(fails_4(CUT)), TLS_TOO },
    { "cut=1:1", ALL(second(CUT)), PLAIN },
    { "cut=1", ALL(fails_4(CUT)), PLAIN },
    { "cut=14:1", ALL(second(CUT)), PLAIN },
    { "cut=14", ALL(fails_4(CUT)), PLAIN },
    { "cut=120:1", ALL(second(CUT)), PLAIN },
    { "cut=120", ALL(fails_4(CUT)), PLAIN },
    { "cut=300:1", ALL(second(CUT)), TLS_TOO },
    { "cut=300", ALL(fails_4(CUT)), TLS_TOO },
    { "cut=800:1", BROKEN(fails(CUT), ok, second(CUT)), TLS_TOO },
    { "cut=800", BROKEN(fails(CUT), later_fails_4(CUT), fails_4(CUT)), TLS_TOO },
    { "chunked=50 cut=800:1", BROKEN(fails(CUT), ok, second(CUT)), PLAIN },
    { "chunked=50 cut=800", BROKEN(fails(CUT), later_fails_4(CUT), fails_4(CUT)), PLAIN },
    { "split=1:1", ALL(ok), PLAIN },
    { "split=1", ALL(ok), PLAIN },
    { "split=37", ALL(ok), TLS_TOO },
    { "chunked=1:1", ALL(ok), PLAIN },
    { "chunked=1", ALL(ok), PLAIN },
    { "chunked=100", ALL(ok), TLS_TOO },
    { "chunked=3 split=2", ALL(ok), PLAIN },
    { "delay=30:1", ALL(ok), PLAIN },
    { "delay=30", ALL(ok), PLAIN },
    { "delay=5000", ALL(fails(TIMEOUT)), .limit_ms = 150 },
    { "close:1", ALL(ok), TLS_TOO },
    { "close", ALL(ok), TLS_TOO },
    { "close-idle:1", ALL(ok), TLS_TOO },
    { "close-idle", ALL(ok), TLS_TOO },
    { "huge=100000:1", ALL(ok), PLAIN },
    { "huge=100000", ALL(ok), PLAIN },
    { "huge=20000 chunked=999 split=1001", ALL(ok), PLAIN },

    /* one task is bad: all others are delivered, and a walk and a watch go on behind it */
    { "delay=0", BUT_GET(ok, fails(BAD_TASK)), TLS_TOO, .has_bad_task = 1 },
    { "chunked=3 split=2", BUT_GET(ok, fails(BAD_TASK)), PLAIN, .has_bad_task = 1 },

    /* no response comes, or it comes before the request is whole */
    { "drop:1", ALL(second(CUT)), TLS_TOO },
    { "drop", ALL(fails_4(CUT)), TLS_TOO },
    { "stall:1", ALL(second(TIMEOUT)), TLS_TOO },
    { "stall", ALL(fails_4(TIMEOUT)), TLS_TOO },
    { "stall", ALL(fails(TIMEOUT)), .limit_ms = 150 },

    { "early", ALL(fails(REFUSED)), TLS_TOO },
    { "early=503:1", ALL(second(REFUSED)), TLS_TOO },
    { "early=503", ALL(fails_4(REFUSED)), PLAIN },

    /* HTTP statuses */
    { "status=200:1", ALL(fails(REFUSED)), PLAIN },
    { "status=200", ALL(fails(REFUSED)), PLAIN },
    { "status=204", ALL(fails(EMPTY)), PLAIN },
    { "status=301", ALL(fails(REDIRECT)), PLAIN },
    { "status=302:1", ALL(fails(REDIRECT)), PLAIN },
    { "status=302", ALL(fails(REDIRECT)), TLS_TOO },
    { "status=304", ALL(fails(REDIRECT)), PLAIN },
    { "status=307", ALL(fails(REDIRECT)), PLAIN },
    { "status=308", ALL(fails(REDIRECT)), PLAIN },
    { "status=400", ALL(fails(REFUSED)), PLAIN },
    { "status=401", ALL(fails(REFUSED)), PLAIN },
    { "status=403:1", ALL(fails(REFUSED)), PLAIN },
    { "status=403", ALL(fails(REFUSED)), PLAIN },
    { "status=404", ALL(fails(REFUSED)), PLAIN },
    { "status=405", ALL(fails(REFUSED)), PLAIN },
    { "status=418", ALL(fails(REFUSED)), PLAIN },
    { "status=429:1", ALL(second(REFUSED)), PLAIN },
    { "status=429", ALL(fails_4(REFUSED)), PLAIN },
    { "status=500:1", ALL(second(REFUSED)), PLAIN },
    { "status=500", ALL(fails_4(REFUSED)), PLAIN },
    { "status=502:1", ALL(second(REFUSED)), PLAIN },
    { "status=502", ALL(fails_4(REFUSED)), PLAIN },
    { "status=503:1", ALL(second(REFUSED)), TLS_TOO },
    { "status=503", ALL(fails_4(REFUSED)), TLS_TOO },
    { "status=504:1", ALL(second(REFUSED)), PLAIN },
    { "status=504", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=Other@501", ALL(fails(REFUSED)), PLAIN },
    { "refuse=Other@505", ALL(fails(REFUSED)), PLAIN },
    { "status=503:1 drop:1", ALL(third(CUT)), PLAIN },

    /* the response asks for a wait: the client waits at least as long, or not at all when its time
       limit is shorter */
    { "throttle=0:1", ALL(second(REFUSED)), PLAIN },
    { "throttle=1:1", ALL(second(REFUSED)), .waits_ms = 1000 },
    { "throttle=1", ALL(fails(REFUSED)), .limit_ms = 800 },
    { "throttle=none:1", ALL(second(REFUSED)), PLAIN },
    { "throttle=none", ALL(fails_4(REFUSED)), PLAIN },
    { "throttle-ms=60:1", ALL(second(REFUSED)), .waits_ms = 60, TLS_TOO },
    { "throttle-ms=20", ALL(fails_4(REFUSED)), .waits_ms = 20 },
    { "throttle-ms=86400000", ALL(fails(REFUSED)), .limit_ms = 2000 },
    { "throttle-date=1:1", ALL(second(REFUSED)), .waits_ms = 1000 },
    { "throttle-date=-86400:1", ALL(second(REFUSED)), PLAIN },
    { "throttle-date=86400", ALL(fails(REFUSED)), .limit_ms = 2000 },

    { "retry-after=1:1", ALL(ok), PLAIN },
    { "html=503:1 retry-after=2:1", ALL(second(HTML)), .waits_ms = 2000 },
    { "html=429 retry-after=1", ALL(fails_4(HTML)), .waits_ms = 1000 },
    { "html=503 retry-after=7", ALL(fails(HTML)), .limit_ms = 6000 },
    { "status=503:1 retry-after=1:1", ALL(second(REFUSED)), .waits_ms = 1000 },
    { "refuse=InternalError@200:1 retry-after=1:1", ALL(second(REFUSED)), .waits_ms = 1000 },

    /* an error of the clock of up to 15 minutes does not matter; a larger one is learned from the
     * Date header, if that is a valid date */
    { "skew=600", ALL(ok), PLAIN },
    { "skew=-600", ALL(ok), PLAIN },
    { "skew=3600", ALL(second(REFUSED)), TLS_TOO },
    { "skew=-3600", ALL(second(REFUSED)), PLAIN },
    { "skew=150000000", ALL(second(REFUSED)), PLAIN },
    { "skew=-100000000", ALL(second(REFUSED)), PLAIN },
    /* the offset is learned, and is wrong from the second request on */
    { "skew=3600:1", ALL(fails_twice(REFUSED)), PLAIN },
    { "skew=3600 date=none", ALL(fails(REFUSED)), PLAIN },
    { "skew=3600 date=garbage", ALL(fails(REFUSED)), PLAIN },
    { "skew=3600 date=absurd", ALL(fails(REFUSED)), PLAIN },
    { "date=none", ALL(ok), PLAIN },
    { "date=garbage", ALL(ok), PLAIN },
    { "date=absurd", ALL(ok), PLAIN },
    { "throttle-date=1:1 date=none", ALL(second(REFUSED)), PLAIN },

    /* responses that are not the service's */
    { "garbage:1", ALL(fails(HTTP)), TLS_TOO },
    { "garbage", ALL(fails(HTTP)), TLS_TOO },
    { "garbage=body:1", ALL(fails(JSON)), PLAIN },
    { "garbage=body", ALL(fails(JSON)), PLAIN },
    { "html:1", ALL(second(HTML)), PLAIN },
    { "html", ALL(fails_4(HTML)), PLAIN },
    { "html=200:1", ALL(fails(HTML)), PLAIN },
    { "html=200", ALL(fails(HTML)), TLS_TOO },
    { "html=403", ALL(fails(HTML)), PLAIN },
    { "html=429:1", ALL(second(HTML)), PLAIN },
    { "html=503:1 chunked=7", ALL(second(HTML)), PLAIN },

    /* the gateway's codes */
    { "refuse=InvalidTimeStamp.Expired", ALL(fails_1_or_2(REFUSED)),
      PLAIN }, /* the Date header agrees with the clock to the second */
    { "refuse=InvalidTimeStamp.Format", ALL(fails_1_or_2(REFUSED)), PLAIN },
    { "refuse=IllegalTimestamp", ALL(fails_1_or_2(REFUSED)), PLAIN },
    { "refuse=IllegalTimestamp skew=-5000", ALL(fails_twice(REFUSED)), PLAIN },
    { "refuse=InvalidTimeStamp.Format:1 skew=5000", ALL(second(REFUSED)), PLAIN },
    { "refuse=SignatureNonceUsed:1", ALL(second(REFUSED)), PLAIN },
    { "refuse=SignatureNonceUsed", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=SignatureDoesNotMatch:1", ALL(fails(REFUSED)), PLAIN },
    { "refuse=SignatureDoesNotMatch", ALL(fails(REFUSED)), PLAIN },
    { "refuse=SignatureDoesNotMatch@400", ALL(fails(REFUSED)), PLAIN },
    { "refuse=IncompleteSignature", ALL(fails(REFUSED)), PLAIN },
    { "refuse=InvalidAccessKeyId.NotFound", ALL(fails(REFUSED)), PLAIN },
    { "refuse=InvalidAccessKeyId.Inactive", ALL(fails(REFUSED)), PLAIN },
    { "refuse=InvalidSecurityToken.Expired", ALL(fails(TOKEN)), PLAIN },
    { "refuse=InvalidSecurityToken.Malformed", ALL(fails(REFUSED)), PLAIN },
    { "refuse=InvalidSecurityToken.MismatchWithAccessKey", ALL(fails(REFUSED)), PLAIN },
    { "refuse=Throttling:1", ALL(second(REFUSED)), PLAIN },
    { "refuse=Throttling", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=Throttling.User:1", ALL(second(REFUSED)), PLAIN },
    { "refuse=Throttling.User", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=Throttling.Api@429:1", ALL(second(REFUSED)), PLAIN },
    { "refuse=Throttling.Api@503", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=Throttling.Api@200:1", ALL(second(REFUSED)), PLAIN },
    { "refuse=Throttling.Api@200", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=ServiceUnavailable:1", ALL(second(REFUSED)), PLAIN },
    { "refuse=ServiceUnavailable", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=InternalError:1", ALL(second(REFUSED)), PLAIN },
    { "refuse=InternalError", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=InternalError@200:1", ALL(second(REFUSED)), PLAIN },
    { "refuse=InternalError@200", ALL(fails_4(REFUSED)), PLAIN },
    { "refuse=Forbidden.RAM:1", ALL(fails(REFUSED)), PLAIN },
    { "refuse=Forbidden.RAM", ALL(fails(REFUSED)), PLAIN },
    { "refuse=Forbidden.RAM@200", ALL(fails(REFUSED)), PLAIN },
    { "refuse=NoPermission", ALL(fails(REFUSED)), PLAIN },
    { "refuse=Task.NotExist", ALL(fails(REFUSED)), PLAIN },
    { "refuse=Task.NotExist@200", ALL(fails(REFUSED)), PLAIN },
    { "refuse=App.NotFound", ALL(fails(REFUSED)), PLAIN },
    { "refuse=InvalidParameter", ALL(fails(REFUSED)), PLAIN },
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

#define T AFTER_COUNT

/* faults; for a list: tasks, order, total; for all pages: tasks, order, bits that `changed` must
 * and may have; for a watch: whether it must report everything */
const struct lie lies[] = {
    { "total=0", T, FORWARD, 0, T, FORWARD, 0, 0, 1 },
    { "total=3", T, FORWARD, 3, T, FORWARD, 0, 0, 1 },
    { "total=none", T, FORWARD, OSFT_UNKNOWN, T, FORWARD, 0, 0, 1 },
    { "total=1000000", T, FORWARD, 1000000, T, FORWARD, OSFT_PAGES_SHORT, 0, 0 },
    { "total=9000000000", T, FORWARD, INT64_C(9000000000), T, FORWARD, 0, OSFT_PAGES_SHORT, 0 },
    { "total=3:1", T, FORWARD, 3, T, FORWARD, OSFT_PAGES_GREW, 0, 1 },
    { "total=100:1", T, FORWARD, 100, T, FORWARD, OSFT_PAGES_SHRANK, 0, 0 },
    { "cap=1", 1, FORWARD, T, T, FORWARD, OSFT_PAGES_NO_OVERLAP, 0, 0 },
    { "cap=2", 2, FORWARD, T, T, FORWARD, OSFT_PAGES_NO_OVERLAP, 0, 0 },
    { "cap=3:1", 3, FORWARD, T, T, FORWARD, OSFT_PAGES_NO_OVERLAP, 0, 0 },
    { "repeat", T, FORWARD, T, T, FORWARD, OSFT_PAGES_STUCK, 0, 0 },
    { "disorder", T, BACKWARD, T, T, ANY_ORDER, OSFT_PAGES_DISORDER, 0, 0 },
    { "disorder:1", T, BACKWARD, T, T, ANY_ORDER, OSFT_PAGES_DISORDER, 0, 0 },
    { "lost-page", 0, FORWARD, T, 0, FORWARD, OSFT_PAGES_SHORT, 0, 0 },
    { "lost-page:1@2", T, FORWARD, T, T, FORWARD, 0, 0, 1 },
};
const size_t lie_count = sizeof(lies) / sizeof(lies[0]);
