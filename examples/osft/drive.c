/* SPDX-License-Identifier: Apache-2.0 */
/* A call's steps, with a look between them at whether somebody wants an end. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>
#include "cmd.h"

/* A signal ends a wait at once. It can come just before a wait begins, though, and is then seen
 * after this time. (Sleeps have no such gap: see drive_sleep().) */
#define SLICE_MS 500

static volatile sig_atomic_t caught;

/* The second one kills: whoever asks twice does not want to wait for a clean end. */
static void on_signal(int number)
{
    if (caught != 0) {
        signal(number, SIG_DFL);
        raise(number);
    }
    caught = number;
}

void drive_catch_signals(void)
{
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction act, old;
    size_t i;

    memset(&act, 0, sizeof(act));
    act.sa_handler = on_signal; /* without SA_RESTART: a wait must end */
    sigemptyset(&act.sa_mask);
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        /* nohup and shells' background jobs have some of them ignored, and mean it. */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            sigaction(numbers[i], &act, NULL);
        }
    }
}

int drive_signal(void)
{
    return caught;
}

int64_t drive_clock(void)
{
    struct timespec t = { 0, 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail with this clock */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The signals are let in by pselect alone, so that none comes between the look and the sleep. */
void drive_sleep(int64_t ms)
{
    sigset_t block, before;
    struct timespec t;

    if (ms <= 0) {
        return;
    }
    t.tv_sec = (time_t)(ms / 1000);
    t.tv_nsec = (long)(ms % 1000) * 1000000;
    sigemptyset(&block);
    sigaddset(&block, SIGINT);
    sigaddset(&block, SIGTERM);
    sigaddset(&block, SIGHUP);
    sigprocmask(SIG_BLOCK, &block, &before);
    if (caught == 0) {
        (void)pselect(0, NULL, NULL, NULL, &t, &before);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static int move(struct osft_link *link, enum osft_want want, void *buf, size_t len)
{
    const struct osft_settings *set = link->client.set;
    const struct osft_port *port = set->port;
    uint32_t left;
    int n;

    switch (want) {
    case OSFT_WANT_SEND: n = port->send(port->ctx, buf, len); break;
    case OSFT_WANT_RECV: n = port->recv(port->ctx, buf, len); break;
    case OSFT_WANT_OPEN: n = port->open(port->ctx, set->host, osft_tcp_port(set)); break;
    default: port->close(port->ctx); return 1;
    }
    if (n == 0) {
        out_flush(&cmd_out); /* what has come so far is seen while one waits for more */
        left = osft_link_left(link);
        n = port->wait(port->ctx, (unsigned)want & 3U, left < SLICE_MS ? left : SLICE_MS);
        n = n < 0 ? n : 0;
    }
    return n;
}

/* The wait before another attempt. It may be asked for again when a signal that was none of ours cut
 * it short; it is told once. */
static void rest(const struct osft_link *link, const struct plan *p, size_t ms, uint16_t *told)
{
    out_flush(&cmd_out);
    if (p->verbose && *told != link->attempts) {
        *told = link->attempts;
        out_str(&cmd_err, "osft: attempt ");
        out_int(&cmd_err, link->attempts);
        out_str(&cmd_err, " failed: ");
        out_str(&cmd_err, osft_strerror(link->last));
        out_str(&cmd_err, "; waiting ");
        out_int(&cmd_err, (int64_t)ms);
        out_str(&cmd_err, " ms before the next\n");
    }
    out_flush(&cmd_err);
    drive_sleep((int64_t)ms);
}

int drive_call(struct osft_link *link, const struct plan *p)
{
    enum osft_want want;
    void *buf = NULL;
    size_t len = 0;
    uint16_t told = 0;

    while ((want = osft_link_step(link, &buf, &len)) != OSFT_DONE) {
        if (caught != 0) {
            osft_link_close(link);
            return OSFT_E_STOPPED;
        }
        if (want == OSFT_WANT_WAIT) {
            rest(link, p, len, &told);
        } else {
            osft_link_did(link, move(link, want, buf, len));
        }
    }
    return osft_link_result(link);
}
