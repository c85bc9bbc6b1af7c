#!/bin/sh
# Makes .venv: the packages of requirements.lock, each checked by its hash, and the project itself.
# `make setup` calls it. PYTHON names the interpreter to use; without it the first on PATH that
# fits is taken. Mirrors and certificates are the ones that uv or pip are configured with.
set -eu
cd "$(dirname "$0")"

venv=.venv
needed_mb=2000
export UV_PYTHON_DOWNLOADS=never    # uv would fetch a Python from outside the registries
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"

say() {
    printf 'setup: %s\n' "$*"
}

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# dbt 1.11 does not start on 3.14.
fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}

find_python() {
    others=
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if fits "$candidate"; then
            PYTHON=$candidate
            return
        fi
        version=$("$candidate" --version 2>&1) && others="$others, $version ($candidate)" || :
    done
    others=${others#,}
    fail "Python 3.11, 3.12 or 3.13 is needed; found:${others:- none}." \
        "Install one, or name it: make setup PYTHON=/path/to/python3.13"
}

check_disk() {
    free_mb=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free_mb" -ge "$needed_mb" ] || fail "$free_mb MB are free on this disk; packages, jars" \
        "and tables need about $needed_mb MB. Make room and run it again."
}

# uv does not read pip's configuration: a mirror that is named there holds for uv as well.
adopt_mirror() {
    [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] || return 0
    mirror=${PIP_INDEX_URL:-$("$PYTHON" -m pip config get global.index-url 2>/dev/null || :)}
    [ -z "$mirror" ] || export UV_DEFAULT_INDEX="$mirror"
}

make_venv() {
    check_disk
    say "using $("$PYTHON" --version) ($(command -v "$PYTHON"))"
    if [ -n "$uv" ]; then
        "$uv" venv --quiet --python "$(command -v "$PYTHON")" "$venv"
        return
    fi
    "$PYTHON" -m venv "$venv" || {
        rm -rf "$venv"
        fail "$PYTHON cannot make virtual environments. Install its venv module" \
            "(Debian, Ubuntu: python3-venv), or install uv, and run it again."
    }
}

fetch_uv() {
    say "uv is not on PATH; fetching it into $venv with pip"
    awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > "$venv/uv.lock"
    "$venv/bin/python" -m ensurepip >/dev/null &&
        "$venv/bin/python" -m pip install --quiet --require-hashes --requirement "$venv/uv.lock" ||
        fail "uv could not be fetched (pip says why above). Check the network or the package" \
            "mirror of pip's configuration, or install uv, and run it again."
}

install() {
    say "installing the locked packages (the first time about 500 MB to fetch)"
    # PySpark comes as source: what builds it is held to the lock as well.
    "$uv" pip sync --python "$venv/bin/python" --require-hashes \
        --build-constraints requirements.lock requirements.lock || {
        check_disk
        fail "the packages could not be installed (uv says why above). Check the network or the" \
            "package mirror and run it again: what has arrived is kept."
    }
    "$uv" pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
}

find_python
adopt_mirror
uv=$(command -v uv || :)
if [ -d "$venv" ] && ! fits "$venv/bin/python"; then
    say "the Python of $venv is gone or does not fit; making $venv again"
    rm -rf "$venv"
fi
[ -d "$venv" ] || make_venv
if [ -z "$uv" ]; then
    uv=$venv/bin/uv
    [ -x "$uv" ] || fetch_uv
fi
install
