#!/usr/bin/env bash
# What pipes reach: curl downloads all files at once, tar and a compressor pack them, and curl uploads what comes out as it comes.
#
# usage: reference.sh PYTHON COMPRESSOR...
# Settings: REGISTRY (base URL), TARGET (URL of the object) and AUTHORITY (a PEM file).
# Works in the current folder, and leaves the downloads there.
set -euo pipefail

list=$(dirname "$0")/list.py
python=$1
shift
mkdir model
"$python" -I "$list" | (cd model && curl --silent --show-error --fail --parallel --parallel-max 16 --create-dirs --config -)
tar --create --file - --directory model . | "$@" | curl --silent --show-error --fail --cacert "$AUTHORITY" --upload-file - "$TARGET"
