#!/bin/sh
# A signed driver for the tests, by a certificate authority of this moment:  sign.sh DRIVER FOLDER
# FOLDER/signed.sys has a leaf whose name holds what names hold: a comma, and letters beyond ASCII.
set -e
mkdir -p "$2"
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -utf8 -subj '/C=DE/O=Test/CN=Test Root' \
  -keyout "$2/root.key" -out "$2/root.pem" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -utf8 -subj '/C=DE/O=Größe, Inc./CN=Größe \& Söhne, Ltd./OU=Drivers' \
  -keyout "$2/leaf.key" -out "$2/leaf.csr" 2>/dev/null
openssl x509 -req -in "$2/leaf.csr" -CA "$2/root.pem" -CAkey "$2/root.key" -set_serial 0x1234567890abcdef -days 30 \
  -out "$2/leaf.pem" 2>/dev/null
rm -f "$2/signed.sys"
osslsigncode sign -certs "$2/leaf.pem" -ac "$2/root.pem" -key "$2/leaf.key" -h sha256 -in "$1" -out "$2/signed.sys" >/dev/null
