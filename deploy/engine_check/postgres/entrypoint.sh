#!/bin/sh
# What Tirek relies on of the official image's contract, and no more: POSTGRES_USER, POSTGRES_DB,
# POSTGRES_PASSWORD(_FILE), POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD, PGDATA, `postgres -c ...`.
set -eu
export PGDATA="${PGDATA:-/var/lib/postgresql/18/docker}"
user="${POSTGRES_USER:-postgres}"

case "${1:-postgres}" in
    -*) set -- postgres "$@" ;;
    postgres) ;;
    *) exec "$@" ;;
esac

if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA" /var/run/postgresql
    chown -R postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi

mkdir -p "$PGDATA"
chmod 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    password="${POSTGRES_PASSWORD:-}"
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        password="$(cat "$POSTGRES_PASSWORD_FILE")"
    fi
    if [ -z "$password" ]; then
        echo "no superuser password: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE" >&2
        exit 1
    fi
    umask 077
    printf '%s\n' "$password" > /tmp/password
    # shellcheck disable=SC2086  # several arguments in one variable, as the official image has it
    initdb --username="$user" --pwfile=/tmp/password ${POSTGRES_INITDB_ARGS:-}
    rm /tmp/password
    echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
    if [ "${POSTGRES_DB:-$user}" != postgres ]; then
        pg_ctl --wait --options="-c listen_addresses=''" start
        PGPASSWORD="$password" createdb --username="$user" "${POSTGRES_DB:-$user}"
        pg_ctl --wait --mode=fast stop
    fi
fi
exec "$@"
