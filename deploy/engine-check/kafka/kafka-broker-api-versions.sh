#!/bin/bash
# Whether the broker takes connections; the official tool asks it for more.
set -eu
for argument in "$@"; do
    case "$argument" in
        --bootstrap-server=*) at="${argument#*=}" ;;
        *:[0-9]*) at="$argument" ;;
    esac
done
exec 3<> "/dev/tcp/${at%%:*}/${at##*:}"
