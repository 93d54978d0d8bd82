/* SPDX-License-Identifier: Apache-2.0 */
/* A server with TLS 1.2 by OpenSSL, in front of an endpoint that speaks plain HTTP. Handles one
 * connection at a time, and prints a line on the standard error for each one that was accepted:
 * `signed by pss` or `signed by pkcs1`, or `resumed`.
 *
 * usage: tls_relay CHAIN KEY PORT [prefer|SIGNATURES]
 *     PORT        the endpoint's port on loopback
 *     prefer      the server's order of signatures counts (OpenSSL's puts RSA-PSS first), as with
 *                 nginx's ssl_prefer_server_ciphers; without it the client's order does
 *     SIGNATURES  the server signs by these alone, as OpenSSL names them
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/objects.h>
#include <openssl/ssl.h>

static void die(const char *what)
{
    fprintf(stderr, "tls_relay: %s\n", what);
    exit(1);
}

static struct sockaddr_in loopback(unsigned port)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static SSL_CTX *make_context(char **argv)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());

    if (context == NULL || SSL_CTX_use_certificate_chain_file(context, argv[1]) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, argv[2], SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) != 1) {
        die("no context");
    }
    if (argv[4] != NULL && strcmp(argv[4], "prefer") == 0) {
        SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
    } else if (argv[4] != NULL && SSL_CTX_set1_sigalgs_list(context, argv[4]) != 1) {
        die("no such signatures");
    }
    return context;
}

static void report_signature(SSL *ssl)
{
    int type = NID_undef;

    if (SSL_session_reused(ssl)) {
        fputs("resumed\n", stderr);
    } else if (SSL_get_signature_type_nid(ssl, &type) == 1) {
        fprintf(stderr, "signed by %s\n", type == EVP_PKEY_RSA_PSS ? "pss" : "pkcs1");
    }
}

/* Copy what has arrived from one side to the other. Returns 0 when a side has ended. */
static int copy_bytes(SSL *ssl, int plain, int from_plain)
{
    char bytes[4096];
    ssize_t len;

    if (from_plain) {
        len = read(plain, bytes, sizeof bytes);
        return len > 0 && SSL_write(ssl, bytes, (int)len) == (int)len;
    }
    do {
        len = SSL_read(ssl, bytes, (int)sizeof bytes);
        if (len <= 0 || write(plain, bytes, (size_t)len) != len) {
            return 0;
        }
    } while (SSL_pending(ssl) > 0);
    return 1;
}

/* Relay between a client and the endpoint until one of them ends. */
static void relay(SSL *ssl, int secure, unsigned port)
{
    struct sockaddr_in address = loopback(port);
    int plain = socket(AF_INET, SOCK_STREAM, 0);
    struct pollfd wait_for[2] = { { secure, POLLIN, 0 }, { plain, POLLIN, 0 } };
    int goes_on = connect(plain, (struct sockaddr *)&address, sizeof address) == 0;

    while (goes_on && poll(wait_for, 2, -1) > 0) {
        for (int i = 0; i < 2 && goes_on; i++) {
            goes_on = wait_for[i].revents == 0 || copy_bytes(ssl, plain, i);
        }
    }
    SSL_shutdown(ssl);
    close(plain);
}

static void serve_connection(SSL_CTX *context, int secure, unsigned port)
{
    SSL *ssl = SSL_new(context);

    if (ssl != NULL && SSL_set_fd(ssl, secure) == 1 && SSL_accept(ssl) == 1) {
        report_signature(ssl);
        relay(ssl, secure, port);
    }
    SSL_free(ssl);
    close(secure);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    SSL_CTX *context;

    if (argc < 4) {
        die("usage: tls_relay CHAIN KEY PORT [prefer|SIGNATURES]");
    }
    (void)signal(SIGPIPE, SIG_IGN);
    context = make_context(argv);
    if (bind(listener, (struct sockaddr *)&address, len) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
        die("no socket");
    }
    printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int secure = accept(listener, NULL, NULL);

        if (secure >= 0) {
            serve_connection(context, secure, (unsigned)strtoul(argv[3], NULL, 10));
        }
    }
}
