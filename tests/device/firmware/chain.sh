#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A root, an intermediate and a server's certificate for osft.test with the extensions that real ones have.
# usage: sh tests/device/firmware/chain.sh ec|rsaBITS|rsaBITS-pss DIR
# makes DIR/root.pem, DIR/chain.pem, DIR/key.pem; -pss: the certificates are signed by RSA-PSS
set -eu

kind=$1
dir=$2
padding=
case $kind in *-pss) padding='-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest' ;; esac
mkdir -p "$dir"
cd "$dir"

make_key() {
    case $kind in
    rsa*) openssl genrsa -out "$1" "$(echo "$kind" | tr -dc 0-9)" ;;
    *) openssl ecparam -name prime256v1 -genkey -noout -out "$1" ;;
    esac
}
# sign NAME ISSUER SUBJECT EXTENSION...
sign() {
    name=$1 issuer=$2 subject=$3
    shift 3
    printf '%s\n' "$@" subjectKeyIdentifier=hash authorityKeyIdentifier=keyid >"$name.ext"
    openssl req -new -key "$name.key" -subj "/C=XX/O=osft tests/CN=$subject" -out "$name.csr"
    # shellcheck disable=SC2086 # a list of words
    openssl x509 -req $padding -in "$name.csr" -CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial -days 30 \
        -extfile "$name.ext" -out "$name.pem"
}

for name in root middle server; do
    make_key $name.key
done
# shellcheck disable=SC2086 # a list of words
openssl req -x509 $padding -new -key root.key -subj '/C=XX/O=osft tests/CN=osft test root' -days 30 -out root.pem
sign middle root 'osft test intermediate' basicConstraints=critical,CA:TRUE,pathlen:0 \
    keyUsage=critical,keyCertSign,cRLSign extendedKeyUsage=serverAuth,clientAuth \
    crlDistributionPoints=URI:http://crl.osft.test/root.crl
sign server middle osft.test basicConstraints=CA:FALSE keyUsage=critical,digitalSignature \
    extendedKeyUsage=serverAuth,clientAuth subjectAltName=DNS:osft.test,DNS:*.osft.test,DNS:www.osft.test
cat server.pem middle.pem >chain.pem
mv server.key key.pem
