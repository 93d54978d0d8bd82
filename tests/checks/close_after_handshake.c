/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS server, made with OpenSSL, that closes each connection right after the handshake. The
 * server reads no request, and sends no close_notify.
 * usage: close_after_handshake CERTIFICATE KEY; prints `listening on 127.0.0.1:PORT`
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

/* Open a socket that listens on a free port of loopback, and print the port. Returns the socket; -1
 * on failure. */
static int listen_on_loopback(void)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 8) != 0 || getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
        return -1;
    }
    printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(address.sin_port));
    (void)fflush(stdout);
    return listener;
}

int main(int argc, char **argv)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    int listener, fd;

    if (argc != 3 || context == NULL ||
        SSL_CTX_use_certificate_file(context, argv[1], SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, argv[2], SSL_FILETYPE_PEM) != 1) {
        fprintf(stderr, "close_after_handshake: no certificate or no key\n");
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    listener = listen_on_loopback();
    while (listener >= 0 && (fd = accept(listener, NULL, NULL)) >= 0) {
        SSL *ssl = SSL_new(context);

        if (ssl != NULL && SSL_set_fd(ssl, fd) == 1) {
            (void)SSL_accept(ssl);
        }
        SSL_free(ssl);
        (void)close(fd);
    }
    return 1;
}
