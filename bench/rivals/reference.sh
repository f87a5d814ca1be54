#!/usr/bin/env bash
# What pipes reach: curl downloads all files at once, tar and a compressor pack them, and curl uploads what comes out as it comes.
#
# usage: reference.sh COMPRESSOR...
# Settings: DOWNLOADS (a configuration of curl's: every file's URL and name), TARGET (URL of the object) and AUTHORITY (a PEM file).
# Works in the current folder, and leaves the downloads there.
set -euo pipefail

mkdir model
(cd model && curl --silent --show-error --fail --parallel --parallel-max 16 --create-dirs --config "$DOWNLOADS")
tar --create --file - --directory model . | "$@" | curl --silent --show-error --fail --cacert "$AUTHORITY" --upload-file - "$TARGET"
