/* SPDX-License-Identifier: Apache-2.0 */
/* What must come out of each fault. Read `fault:1` as: the first request meets it, those after it do
 * not; without a count every request does. The client tries four times at most. */
#include "matrix.h"

#define CELL(...)   \
    {               \
        __VA_ARGS__ \
    }
#define ok               CELL(OSFT_OK, 1, 0, 0)             /* everything, at the first attempt */
#define after(e)         CELL(OSFT_OK, 2, OSFT_E_##e, 0)    /* at the second; the first came to e */
#define third(e)         CELL(OSFT_OK, 3, OSFT_E_##e, 0)    /* at the third, the second came to e */
#define final(e)         CELL(OSFT_E_##e, 1, 0, 0)          /* e, and not tried again */
#define twice(e)         CELL(OSFT_E_##e, 2, OSFT_E_##e, 0) /* e, and tried again once */
#define once_or_twice(e) CELL(OSFT_E_##e, 1, 0, 2)          /* e, and maybe tried again once */
#define never(e)         CELL(OSFT_E_##e, 4, OSFT_E_##e, 0) /* e, four times */

#define ALL(c)                   CELL(c, c, c, c, c, c, c)
/* One cell for a stream, which cannot take back what it delivered before an answer broke off; one for
 * GET, whose answer is short; one for all others. */
#define BUT(list_stream, get, c) CELL(c, list_stream, c, c, get, c, c)

#define PLAIN   .secure = 0
#define TLS_TOO .secure = 1 /* over TLS as well */

const struct row rows[] = {
    /* list array, list stream, all pages array, all pages stream, get, watch, watch's first poll */
    { "delay=0", ALL(ok), TLS_TOO },

    /* how the answer travels: the first byte, the status line, the head, the envelope, the tasks */
    { "cut=0:1", ALL(after(CUT)), TLS_TOO },
    { "cut=0", ALL(never(CUT)), TLS_TOO },
    { "cut=1:1", ALL(after(CUT)), PLAIN },
    { "cut=1", ALL(never(CUT)), PLAIN },
    { "cut=14:1", ALL(after(CUT)), PLAIN },
    { "cut=14", ALL(never(CUT)), PLAIN },
    { "cut=120:1", ALL(after(CUT)), PLAIN },
    { "cut=120", ALL(never(CUT)), PLAIN },
    { "cut=300:1", ALL(after(CUT)), TLS_TOO },
    { "cut=300", ALL(never(CUT)), TLS_TOO },
    { "cut=800:1", BUT(final(CUT), ok, after(CUT)), TLS_TOO },
    { "cut=800", BUT(final(CUT), ok, never(CUT)), TLS_TOO },
    { "chunked=50 cut=800:1", BUT(final(CUT), ok, after(CUT)), PLAIN },
    { "chunked=50 cut=800", BUT(final(CUT), ok, never(CUT)), PLAIN },
    { "split=1:1", ALL(ok), PLAIN },
    { "split=1", ALL(ok), PLAIN },
    { "split=37", ALL(ok), TLS_TOO },
    { "chunked=1:1", ALL(ok), PLAIN },
    { "chunked=1", ALL(ok), PLAIN },
    { "chunked=100", ALL(ok), TLS_TOO },
    { "chunked=3 split=2", ALL(ok), PLAIN },
    { "delay=30:1", ALL(ok), PLAIN },
    { "delay=30", ALL(ok), PLAIN },
    { "delay=5000", ALL(final(TIMEOUT)), .budget_ms = 150 },
    { "close:1", ALL(ok), TLS_TOO },
    { "close", ALL(ok), TLS_TOO },
    { "close-idle:1", ALL(ok), TLS_TOO },
    { "close-idle", ALL(ok), TLS_TOO },
    { "huge=100000:1", ALL(ok), PLAIN },
    { "huge=100000", ALL(ok), PLAIN },
    { "huge=20000 chunked=999 split=1001", ALL(ok), PLAIN },

    /* nothing comes */
    { "drop:1", ALL(after(CUT)), TLS_TOO },
    { "drop", ALL(never(CUT)), TLS_TOO },
    { "stall:1", ALL(after(TIMEOUT)), .attempt_ms = 500, TLS_TOO },
    { "stall", ALL(never(TIMEOUT)), .attempt_ms = 60 },
    { "stall", ALL(final(TIMEOUT)), .budget_ms = 150 },

    /* HTTP statuses */
    { "status=200:1", ALL(final(REFUSED)), PLAIN },
    { "status=200", ALL(final(REFUSED)), PLAIN },
    { "status=204", ALL(final(EMPTY)), PLAIN },
    { "status=301", ALL(final(REDIRECT)), PLAIN },
    { "status=302:1", ALL(final(REDIRECT)), PLAIN },
    { "status=302", ALL(final(REDIRECT)), TLS_TOO },
    { "status=304", ALL(final(REDIRECT)), PLAIN },
    { "status=307", ALL(final(REDIRECT)), PLAIN },
    { "status=308", ALL(final(REDIRECT)), PLAIN },
    { "status=400", ALL(final(REFUSED)), PLAIN },
    { "status=401", ALL(final(REFUSED)), PLAIN },
    { "status=403:1", ALL(final(REFUSED)), PLAIN },
    { "status=403", ALL(final(REFUSED)), PLAIN },
    { "status=404", ALL(final(REFUSED)), PLAIN },
    { "status=405", ALL(final(REFUSED)), PLAIN },
    { "status=418", ALL(final(REFUSED)), PLAIN },
    { "status=429:1", ALL(after(REFUSED)), PLAIN },
    { "status=429", ALL(never(REFUSED)), PLAIN },
    { "status=500:1", ALL(after(REFUSED)), PLAIN },
    { "status=500", ALL(never(REFUSED)), PLAIN },
    { "status=502:1", ALL(after(REFUSED)), PLAIN },
    { "status=502", ALL(never(REFUSED)), PLAIN },
    { "status=503:1", ALL(after(REFUSED)), TLS_TOO },
    { "status=503", ALL(never(REFUSED)), TLS_TOO },
    { "status=504:1", ALL(after(REFUSED)), PLAIN },
    { "status=504", ALL(never(REFUSED)), PLAIN },
    { "refuse=Other@501", ALL(final(REFUSED)), PLAIN },
    { "refuse=Other@505", ALL(final(REFUSED)), PLAIN },
    { "status=503:1 drop:1", ALL(third(CUT)), PLAIN },

    /* being told to wait: at least so long, or not at all when the budget is shorter */
    { "throttle=0:1", ALL(after(REFUSED)), PLAIN },
    { "throttle=1:1", ALL(after(REFUSED)), .waits_ms = 1000 },
    { "throttle=1", ALL(final(REFUSED)), .budget_ms = 800 },
    { "throttle=none:1", ALL(after(REFUSED)), PLAIN },
    { "throttle=none", ALL(never(REFUSED)), PLAIN },
    { "throttle-ms=60:1", ALL(after(REFUSED)), .waits_ms = 60, TLS_TOO },
    { "throttle-ms=20", ALL(never(REFUSED)), .waits_ms = 20 },
    { "throttle-ms=86400000", ALL(final(REFUSED)), .budget_ms = 2000 },
    { "throttle-date=1:1", ALL(after(REFUSED)), .waits_ms = 1000 },
    { "throttle-date=-86400:1", ALL(after(REFUSED)), PLAIN },
    { "throttle-date=86400", ALL(final(REFUSED)), .budget_ms = 2000 },

    /* clocks: up to 15 minutes are of no matter; more are learned from the Date, where that is one */
    { "skew=600", ALL(ok), PLAIN },
    { "skew=-600", ALL(ok), PLAIN },
    { "skew=3600", ALL(after(REFUSED)), TLS_TOO },
    { "skew=-3600", ALL(after(REFUSED)), PLAIN },
    { "skew=150000000", ALL(after(REFUSED)), PLAIN },
    { "skew=-100000000", ALL(after(REFUSED)), PLAIN },
    { "skew=3600:1", ALL(twice(REFUSED)),
      PLAIN }, /* learned, and then it is the right clock that is wrong */
    { "skew=3600 date=none", ALL(final(REFUSED)), PLAIN },
    { "skew=3600 date=garbage", ALL(final(REFUSED)), PLAIN },
    { "skew=3600 date=absurd", ALL(final(REFUSED)), PLAIN },
    { "date=none", ALL(ok), PLAIN },
    { "date=garbage", ALL(ok), PLAIN },
    { "date=absurd", ALL(ok), PLAIN },
    { "throttle-date=1:1 date=none", ALL(after(REFUSED)), PLAIN },

    /* what is no answer */
    { "garbage:1", ALL(final(HTTP)), TLS_TOO },
    { "garbage", ALL(final(HTTP)), TLS_TOO },
    { "garbage=body:1", ALL(final(JSON)), PLAIN },
    { "garbage=body", ALL(final(JSON)), PLAIN },
    { "html:1", ALL(after(HTML)), PLAIN },
    { "html", ALL(never(HTML)), PLAIN },
    { "html=200:1", ALL(final(HTML)), PLAIN },
    { "html=200", ALL(final(HTML)), TLS_TOO },
    { "html=403", ALL(final(HTML)), PLAIN },
    { "html=429:1", ALL(after(HTML)), PLAIN },
    { "html=503:1 chunked=7", ALL(after(HTML)), PLAIN },

    /* the gateway's codes */
    { "refuse=InvalidTimeStamp.Expired", ALL(once_or_twice(REFUSED)),
      PLAIN }, /* as the Date is, to the second */
    { "refuse=InvalidTimeStamp.Format", ALL(once_or_twice(REFUSED)), PLAIN },
    { "refuse=IllegalTimestamp", ALL(once_or_twice(REFUSED)), PLAIN },
    { "refuse=IllegalTimestamp skew=-5000", ALL(twice(REFUSED)), PLAIN },
    { "refuse=InvalidTimeStamp.Format:1 skew=5000", ALL(after(REFUSED)), PLAIN },
    { "refuse=SignatureNonceUsed:1", ALL(after(REFUSED)), PLAIN },
    { "refuse=SignatureNonceUsed", ALL(never(REFUSED)), PLAIN },
    { "refuse=SignatureDoesNotMatch:1", ALL(final(REFUSED)), PLAIN },
    { "refuse=SignatureDoesNotMatch", ALL(final(REFUSED)), PLAIN },
    { "refuse=SignatureDoesNotMatch@400", ALL(final(REFUSED)), PLAIN },
    { "refuse=IncompleteSignature", ALL(final(REFUSED)), PLAIN },
    { "refuse=InvalidAccessKeyId.NotFound", ALL(final(REFUSED)), PLAIN },
    { "refuse=InvalidAccessKeyId.Inactive", ALL(final(REFUSED)), PLAIN },
    { "refuse=InvalidSecurityToken.Expired", ALL(final(TOKEN)), PLAIN },
    { "refuse=InvalidSecurityToken.Malformed", ALL(final(REFUSED)), PLAIN },
    { "refuse=InvalidSecurityToken.MismatchWithAccessKey", ALL(final(REFUSED)), PLAIN },
    { "refuse=Throttling:1", ALL(after(REFUSED)), PLAIN },
    { "refuse=Throttling", ALL(never(REFUSED)), PLAIN },
    { "refuse=Throttling.User:1", ALL(after(REFUSED)), PLAIN },
    { "refuse=Throttling.User", ALL(never(REFUSED)), PLAIN },
    { "refuse=Throttling.Api@429:1", ALL(after(REFUSED)), PLAIN },
    { "refuse=Throttling.Api@503", ALL(never(REFUSED)), PLAIN },
    { "refuse=Throttling.Api@200:1", ALL(after(REFUSED)), PLAIN },
    { "refuse=Throttling.Api@200", ALL(never(REFUSED)), PLAIN },
    { "refuse=ServiceUnavailable:1", ALL(after(REFUSED)), PLAIN },
    { "refuse=ServiceUnavailable", ALL(never(REFUSED)), PLAIN },
    { "refuse=InternalError:1", ALL(after(REFUSED)), PLAIN },
    { "refuse=InternalError", ALL(never(REFUSED)), PLAIN },
    { "refuse=InternalError@200:1", ALL(after(REFUSED)), PLAIN },
    { "refuse=InternalError@200", ALL(never(REFUSED)), PLAIN },
    { "refuse=Forbidden.RAM:1", ALL(final(REFUSED)), PLAIN },
    { "refuse=Forbidden.RAM", ALL(final(REFUSED)), PLAIN },
    { "refuse=Forbidden.RAM@200", ALL(final(REFUSED)), PLAIN },
    { "refuse=NoPermission", ALL(final(REFUSED)), PLAIN },
    { "refuse=Task.NotExist", ALL(final(REFUSED)), PLAIN },
    { "refuse=Task.NotExist@200", ALL(final(REFUSED)), PLAIN },
    { "refuse=App.NotFound", ALL(final(REFUSED)), PLAIN },
    { "refuse=InvalidParameter", ALL(final(REFUSED)), PLAIN },
};
const size_t row_count = sizeof(rows) / sizeof(rows[0]);

#define T AFTER_COUNT

/* fault, list: tasks, order, total; all pages: tasks, order, what it must and may say; watch */
const struct lie lies[] = {
    { "total=0", T, FORWARD, 0, T, FORWARD, 0, 0, 1, 0 },
    { "total=3", T, FORWARD, 3, T, FORWARD, 0, 0, 1, 0 },
    { "total=none", T, FORWARD, OSFT_UNKNOWN, T, FORWARD, 0, 0, 1, 0 },
    { "total=1000000", T, FORWARD, 1000000, T, FORWARD, OSFT_PAGES_SHORT, 0, 0, 0 },
    { "total=9000000000", T, FORWARD, INT64_C(9000000000), T, FORWARD, 0, OSFT_PAGES_SHORT, 0, 0 },
    { "total=3:1", T, FORWARD, 3, T, FORWARD, OSFT_PAGES_GREW, 0, 1, 0 },
    { "total=100:1", T, FORWARD, 100, T, FORWARD, OSFT_PAGES_SHRANK, 0, 0, 0 },
    { "cap=1", 1, FORWARD, T, T, FORWARD, 0, 0, 1, 0 },
    { "cap=2", 2, FORWARD, T, T, FORWARD, 0, 0, 1, 0 },
    { "cap=3:1", 3, FORWARD, T, T, FORWARD, 0, 0, 1, 0 },
    /* an array cannot ask for a larger first page, a stream does */
    { "repeat", T, FORWARD, T, 5, FORWARD, OSFT_PAGES_STUCK | OSFT_PAGES_SHORT, -1, 0,
      .pages_stream = T },
    { "disorder", T, BACKWARD, T, T, ANY_ORDER, OSFT_PAGES_DISORDER, -1, 0, 0 },
    { "disorder:1", T, BACKWARD, T, T, ANY_ORDER, OSFT_PAGES_DISORDER, -1, 0, 0 },
    { "lost-page", 0, FORWARD, T, 0, FORWARD, OSFT_PAGES_SHORT, -1, 0, 0 },
    { "lost-page:1@2", T, FORWARD, T, T, ANY_ORDER, 0, -1, 0, 0 },
};
const size_t lie_count = sizeof(lies) / sizeof(lies[0]);
