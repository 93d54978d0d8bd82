/* SPDX-License-Identifier: Apache-2.0 */
/* osft-endpoint: the service on loopback. See --help. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "options.h"
#include "pki.h"
#include "server.h"

#define DAY_S 86400

static int stop_pipe[2];

static void on_signal(int number)
{
    int cause = errno;

    if (write(stop_pipe[1], "", 1) < 0)
        (void)number; /* a full pipe has a byte to read already */
    errno = cause;
}

static int fail(const char *what, const char *reason)
{
    fprintf(stderr, "osft-endpoint: %s: %s\n", what, reason);
    return 1;
}

static int fail_code(const char *what, int err)
{
    fprintf(stderr, "osft-endpoint: %s: mbedTLS error -0x%04x\n", what, (unsigned)-err);
    return 1;
}

static int catch_signals(void)
{
    struct sigaction action;

    if (pipe(stop_pipe) || fcntl(stop_pipe[1], F_SETFL, O_NONBLOCK))
        return -1;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGTERM, &action, NULL) || sigaction(SIGINT, &action, NULL))
        return -1;
    action.sa_handler = SIG_IGN;
    return sigaction(SIGPIPE, &action, NULL);
}

static int write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    int bad;

    if (!f)
        return -1;
    bad = fputs(text, f) < 0;
    return fclose(f) || bad ? -1 : 0;
}

/* Make a certificate for this run. The root certificate is written to the file of --ca-out. No key
 * is written to a file. */
static int make_certificate(const struct ep_options *o, struct ep_text *cert, struct ep_text *key)
{
    static struct pki pki;
    struct pki_options options;
    int64_t now_s = (int64_t)time(NULL);
    int err;

    pki_defaults(&options);
    options.rsa = o->rsa;
    options.not_after = now_s + o->cert_days * DAY_S;
    options.not_before = (options.not_after < now_s ? options.not_after : now_s) - DAY_S;
    if (o->cert_from != 0)
        options.not_before = now_s + o->cert_from * DAY_S;
    if (o->names)
        options.names = o->names;
    err = pki_make(&pki, &options);
    if (err)
        return fail_code("cannot make a certificate (are --names all right?)", err);
    if (o->ca_out && write_file(o->ca_out, pki.ca_pem))
        return fail(o->ca_out, strerror(errno));
    ep_puts(cert, pki.cert_pem);
    ep_puts(key, pki.key_pem);
    memset(&pki, 0, sizeof(pki));
    return 0;
}

static int prepare_tls(const struct ep_options *o, struct ep_tls *tls)
{
    struct ep_text cert = { NULL, 0, 0 }, key = { NULL, 0, 0 };
    const char *what = "TLS";
    int err = 0;

    if (!o->cert)
        err = make_certificate(o, &cert, &key);
    else if (ep_read(&cert, o->cert))
        err = fail(o->cert, strerror(errno));
    else if (ep_read(&key, o->key))
        err = fail(o->key, strerror(errno));
    if (!err) {
        err = ep_tls_start(tls, &cert, &key, &what);
        if (err)
            err = fail_code(what, err);
    }
    ep_free(&cert);
    ep_free(&key);
    return err;
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int prepare_tasks(const struct ep_options *o, struct ep_store *store)
{
    struct ep_text why = { NULL, 0, 0 };
    int err;

    if (!o->tasks) {
        store->arrivals.every_ms = o->arrive_ms;
        store->arrivals.per_list = o->arrive_per_request;
        store->arrivals.vanish_every = o->vanish_every;
        ep_store_make(store, o->generate < 0 ? 25 : (size_t)o->generate,
                      o->run_ms < 0 ? o->run_s * 1000 : o->run_ms, now_ms());
        return 0;
    }
    err = ep_store_read(store, o->tasks, &why);
    if (err)
        fail(o->tasks, why.mem);
    ep_free(&why);
    return err;
}

static int read_seed(unsigned char *seed, size_t size)
{
    FILE *random = fopen("/dev/urandom", "rb");
    size_t got;

    if (!random)
        return -1;
    got = fread(seed, 1, size, random);
    fclose(random);
    return got == size ? 0 : -1;
}

static int open_file(const char *path, const char *mode, FILE **file)
{
    if (!path)
        return 0;
    *file = fopen(path, mode);
    return *file ? 0 : fail(path, strerror(errno));
}

/* Close a file. Reports an error of closing, as the file may then be incomplete. */
static int close_file(const char *path, FILE *file)
{
    int bad = file && ferror(file);

    return file && (fclose(file) || bad) ? fail(path, "could not be written") : 0;
}

static int prepare(const struct ep_options *o, struct ep_service *service, struct ep_tls *tls)
{
    if (read_seed(service->seed, sizeof(service->seed)))
        return fail("/dev/urandom", "cannot be read");
    service->gate.id = o->id;
    service->gate.secret = o->secret;
    service->gate.token = o->token;
    service->ram_role = o->ram_role;
    service->pascal = strcmp(o->spelling, "pascal") == 0;
    service->gate.token_uses = o->token_uses;
    service->gate.next_token = o->next_token;
    service->faults = o->faults;
    service->faults.seed = (uint64_t)o->seed;
    if (open_file(o->log, "a", &service->log) ||
        open_file(o->events, "w", &service->store.events.file))
        return 1;
    if (prepare_tasks(o, &service->store))
        return 1;
    return o->plain ? 0 : prepare_tls(o, tls);
}

static int run(const struct ep_options *o, struct ep_service *service, struct ep_tls *tls)
{
    int port = (int)o->port, err, listener;
    char what[100];

    if (catch_signals())
        return fail("signals", strerror(errno));
    listener = ep_listen(o->bind, &port);
    if (listener < 0) {
        err = errno;
        snprintf(what, sizeof(what), "cannot listen on %s, port %ld", o->bind, o->port);
        return fail(what, strerror(err));
    }
    printf(strchr(o->bind, ':') ? "listening on [%s]:%d\n" : "listening on %s:%d\n", o->bind, port);
    if (fflush(stdout)) {
        close(listener);
        return fail("standard output", strerror(errno));
    }
    err = ep_serve(service, tls, listener, stop_pipe[0]);
    close(listener);
    return err ? fail("poll", strerror(errno)) : 0;
}

int main(int argc, char **argv)
{
    static struct ep_options options;
    static struct ep_service service;
    static struct ep_tls tls;
    struct ep_text why = { NULL, 0, 0 };
    int status;

    if (ep_options_parse(&options, argc, argv, &why)) {
        fprintf(stderr, "osft-endpoint: %s\n", why.mem);
        ep_free(&why);
        return 2;
    }
    if (options.help) {
        ep_options_help(stdout);
        return 0;
    }
    ep_tls_init(&tls);
    status = prepare(&options, &service, &tls);
    if (!status) {
        status = run(&options, &service, options.plain ? NULL : &tls);
        ep_store_tick(&service.store, now_ms()); /* record the events since the last request */
    }
    ep_tls_stop(&tls);
    status |= close_file(options.log, service.log);
    status |= close_file(options.events, service.store.events.file);
    ep_store_free(&service.store);
    ep_nonces_free(&service.gate.nonces);
    return status;
}
