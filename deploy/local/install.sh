#!/bin/sh
# install.sh LOCK STAMP: the virtual environment in .tirek/venv, with exactly what LOCK records.
# Run by make when the lock is newer than the stamp. Everything it says fits on a line.
set -eu

lock=$1
stamp=$2
python=${PYTHON:-python3}
venv=.tirek/venv
log=.tirek/install.log
status=.tirek/install.status

fail() {
    echo "tirek: $*" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    fail "'$python' is not there: install Python 3.11 or later, or say PYTHON=/path/to/python"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
    fail "'$python' is no working Python: say PYTHON=/path/to/python"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "'$python' is Python $version, and 3.11 or later is needed: say PYTHON=/path/to/python"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python $version lacks venv: install it (Debian, Ubuntu: apt install python$version-venv)"

mkdir -p .tirek
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear "$venv" || fail "the virtual environment $venv could not be made"
fi

wanted=$(grep -c '^[A-Za-z0-9_.-]*==' "$lock" || true)
echo "Installing $wanted Python packages into $venv (each against a recorded hash; log: $log)"
: >"$log"
{
    code=0
    "$venv/bin/python" -m pip install --require-hashes --requirement "$lock" --no-input \
        --disable-pip-version-check --progress-bar off 2>&1 || code=$?
    echo "$code" >"$status"
} | while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log"
    case $line in
    Collecting*) number=$((${number:-0} + 1)) ;;
    *Downloading*" ("*)
        file=${line#*Downloading }
        echo "  $number of $wanted: ${file%%-*} (${file##*\(}"
        ;;
    "Installing collected"*) echo "  unpacking" ;;
    *"HASHES"* | "ERROR:"*) printf '  %s\n' "$line" ;;
    esac
done

[ "$(cat "$status")" = 0 ] ||
    fail "the packages could not be installed: see $log (the first start needs the network)
  behind a proxy:          HTTPS_PROXY=http://host:port
  where TLS is inspected:  REQUESTS_CA_BUNDLE=/path/to/ca.pem, for Kafka's jars too (pip alone: PIP_CERT)
  with a mirror of PyPI:   PIP_INDEX_URL=https://mirror/simple"
: >"$stamp"
