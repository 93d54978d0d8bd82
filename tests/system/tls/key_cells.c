/* SPDX-License-Identifier: Apache-2.0 */
/* Cells about the keys of servers and authorities, and the signatures of handshakes. */
#include "tls_matrix.h"

#include "osft_error.h"

#define KEYS(authority, server) \
    .chain = { .certificates = { { .key = authority }, { .key = server } } }
#define WEAK .result = OSFT_E_CERT, .words = "too weak"

/* A server that signs handshakes with one algorithm only. */
#define SIGNS(key, how) KEYS(P256, key), .server = { TLS12, .signatures = how }

static const struct cell cells[] = {
    { .name = "P-256, TLS 1.2", KEYS(P256, P256), .server = { TLS12 } },
    { .name = "P-256, TLS 1.3", KEYS(P256, P256), .server = { TLS13 }, ONLY_TLS13 },
    { .name = "P-384, TLS 1.2", KEYS(P384, P384), .server = { TLS12 } },
    { .name = "P-384, TLS 1.3", KEYS(P384, P384), .server = { TLS13 }, ONLY_TLS13 },
    { .name = "P-521, TLS 1.2", KEYS(P521, P521), .server = { TLS12 } },
    { .name = "P-521, TLS 1.3", KEYS(P521, P521), .server = { TLS13 }, ONLY_TLS13 },
    { .name = "RSA 2,048, TLS 1.2", KEYS(RSA2048, RSA2048), .server = { TLS12 } },
    { .name = "RSA 2,048, TLS 1.3", KEYS(RSA2048, RSA2048), .server = { TLS13 }, ONLY_TLS13 },
    { .name = "RSA 3,072, TLS 1.2", KEYS(RSA3072, RSA3072), .server = { TLS12 } },
    { .name = "RSA 3,072, TLS 1.3", KEYS(RSA3072, RSA3072), .server = { TLS13 }, ONLY_TLS13 },
    { .name = "RSA 4,096, TLS 1.2", KEYS(RSA4096, RSA4096), .server = { TLS12 } },
    { .name = "RSA 4,096, TLS 1.3", KEYS(RSA4096, RSA4096), .server = { TLS13 }, ONLY_TLS13 },
    { .name = "a server with RSA below P-256", KEYS(P256, RSA2048) },
    { .name = "a server with P-256 below RSA", KEYS(RSA2048, P256) },
    { .name = "a server with P-256 below P-384", KEYS(P384, P256) },
    { .name = "RSA 1,024 of a server, TLS 1.2", KEYS(P256, RSA1024), .server = { TLS12 }, WEAK },
    { .name = "RSA 1,024 of a server", KEYS(P256, RSA1024), WEAK },
    { .name = "RSA 1,024 of a root", KEYS(RSA1024, P256), WEAK },
    { .name = "RSA 1,024 of an intermediate",
      .chain = { .count = 3, .certificates = { { 0 }, { .key = RSA1024 } } },
      WEAK },
    { .name = "P-192 of a root", KEYS(P192, P256), WEAK },
    { .name = "P-192 of a server, TLS 1.2", KEYS(P256, P192), .server = { TLS12 }, NO_MATCH },
    { .name = "secp256k1 of a root", KEYS(K256, P256), WEAK },
    { .name = "secp256k1 of a server, TLS 1.2", KEYS(P256, K256), .server = { TLS12 }, NO_MATCH },
    { .name = "Ed25519 of a server, TLS 1.2", KEYS(P256, ED25519), .server = { TLS12 }, NO_MATCH },
    { .name = "Ed25519 of a server", KEYS(P256, ED25519), NO_MATCH },

    { .name = "PKCS #1 1.5 and SHA-256", SIGNS(RSA2048, "RSA+SHA256") },
    { .name = "PKCS #1 1.5 and SHA-384", SIGNS(RSA2048, "RSA+SHA384") },
    { .name = "PKCS #1 1.5 and SHA-512", SIGNS(RSA2048, "RSA+SHA512") },
    { .name = "PKCS #1 1.5 and SHA-224", SIGNS(RSA2048, "RSA+SHA224"), NO_MATCH },
    { .name = "PKCS #1 1.5 and SHA-1", SIGNS(RSA2048, "RSA+SHA1"), NO_MATCH },
    { .name = "ECDSA and SHA-256", SIGNS(P256, "ECDSA+SHA256") },
    { .name = "ECDSA and SHA-384, with P-256", SIGNS(P256, "ECDSA+SHA384") },
    { .name = "ECDSA and SHA-512, with P-256", SIGNS(P256, "ECDSA+SHA512") },
    { .name = "ECDSA and SHA-1", SIGNS(P256, "ECDSA+SHA1"), NO_MATCH },
    { .name = "RSA-PSS as OpenSSL prefers it, TLS 1.2",
      KEYS(RSA2048, RSA2048),
      .server = { TLS12 } },
    { .name = "RSA-PSS as the server prefers it, TLS 1.2",
      KEYS(RSA2048, RSA2048),
      .reconnects = 1,
      .server = { TLS12, .options = (long)SSL_OP_CIPHER_SERVER_PREFERENCE } },
    { .name = "RSA-PSS before PKCS #1, as the server prefers it, TLS 1.2",
      .reconnects = 1,
      KEYS(RSA2048, RSA2048),
      .server = { TLS12, .options = (long)SSL_OP_CIPHER_SERVER_PREFERENCE,
                  .signatures = "RSA-PSS+SHA256:RSA+SHA256" } },
    { .name = "RSA-PSS as the server prefers it, for each of three visits",
      KEYS(RSA2048, RSA2048),
      .reconnects = 1,
      .visits = 3,
      .resumes = 1,
      .server = { TLS12, .options = (long)SSL_OP_CIPHER_SERVER_PREFERENCE } },
    { .name = "RSA-PSS alone, TLS 1.2",
      .reconnects = 1,
      SIGNS(RSA2048, "RSA-PSS+SHA256"),
      NO_MATCH },
    { .name = "RSA-PSS and SHA-256, TLS 1.3",
      KEYS(P256, RSA2048),
      .server = { TLS13, .signatures = "RSA-PSS+SHA256" },
      ONLY_TLS13 },
    { .name = "RSA-PSS and SHA-384, TLS 1.3",
      KEYS(P256, RSA2048),
      .server = { TLS13, .signatures = "RSA-PSS+SHA384" },
      ONLY_TLS13 },
    { .name = "RSA-PSS and SHA-512, TLS 1.3",
      KEYS(P256, RSA2048),
      .server = { TLS13, .signatures = "RSA-PSS+SHA512" },
      ONLY_TLS13 },
};

const struct cells key_cells = { "keys", cells, sizeof cells / sizeof cells[0] };
