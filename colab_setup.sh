#!/usr/bin/env bash
# Sets up the series, in Colab or on any Linux or macOS machine, without root.
#
#   bash colab_setup.sh              set up, then show a table of what is there
#   bash colab_setup.sh run [...]    set up, then run the notebooks (python -m helpers.series run ...)
#   bash colab_setup.sh test         set up, then run every test
#   bash colab_setup.sh notebook     set up without the table; what a notebook in Colab calls
#
# Outside Colab everything goes into .venv beside this file, made with PYTHON if that is set, else
# with the newest suitable Python found. In Colab only what is missing is installed, and nothing
# that is there is exchanged. Calling it again repairs what was interrupted, else takes seconds.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Texts are UTF-8 whatever the locale; another Python's home is no home for this one. Byte code is
# kept, also where a container says not to: uv leaves it to the first import, and without it every
# process would compile TensorFlow, Keras and the others anew, for 9 s of one core.
export PYTHONUTF8=1
unset PYTHONHOME PYTHONIOENCODING PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$@" >&2; exit 1; }

# A checkout's set-ups wait for each other: the lock is on its folder and ends with the process.
lock() {
    command -v flock >/dev/null || return 0
    exec 9<"$root"
    flock -n 9 || { say "Another set-up of this checkout is running; waiting for it."; flock 9; }
}
unlock() { exec 9<&-; }

is_colab() {
    "$1" -c 'from importlib.util import find_spec as find
raise SystemExit(not (find("google") and find("google.colab")))' 2>/dev/null
}

is_suitable() {
    "$1" -c 'import sys
raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

find_python() {
    local candidate suitable=""
    for candidate in ${PYTHON:+"$PYTHON"} ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        is_suitable "$candidate" || continue
        suitable=$candidate
        can_make_venv "$candidate" && { say "$candidate"; return; }
    done
    if [ -n "$suitable" ]; then
        fail "$suitable cannot make a virtual environment: its module ensurepip is missing." \
            "On Debian or Ubuntu an administrator types: apt install python3-venv" \
            "Without one, name another Python, 3.11 to 3.13: PYTHON=/path/to/python bash $0"
    fi
    fail "No Python 3.11, 3.12 or 3.13 was found${PYTHON:+ at PYTHON=$PYTHON}." \
        "Install one, or say where it is: PYTHON=/path/to/python bash $0"
}

has_asked_version() {
    local version='import sys; print(sys.version_info[:2])'
    [ -z "${PYTHON:-}" ] || [ "$("$PYTHON" -c "$version")" = "$("$python" -c "$version")" ]
}

# A set-up that was finished has left a checksum in its state, see helpers/runtime/install.py.
make_venv() {
    local venv=$root/.venv base
    python=$venv/bin/python
    state=$venv/setup-state
    if [ -n "$(ls -A "$venv" 2>/dev/null)" ] && [ ! -f "$state" ]; then
        fail "$venv was not made by this script, so it is left alone." \
            "Move it away, then call again: mv $venv $venv.old && bash $0"
    fi
    # What an interruption left half-written cannot be told from the rest: start anew.
    if [[ "$(cat "$state" 2>/dev/null)" != [0-9]* ]] || ! is_suitable "$python" ||
        ! has_asked_version; then
        base=$(find_python)
        say "Making $venv with $("$base" --version)."
        mkdir -p "$venv"
        say unfinished >"$state"
        find "$venv" -mindepth 1 -maxdepth 1 ! -name setup-state -exec rm -rf {} +
        "$base" -m venv "$venv"
    fi
}

seconds_of_steps=()
failed=()
# Runs a step to its end, whatever those before it came to.
step() {
    local name=$1 began=$SECONDS result=passed
    shift
    say "" "== $name"
    "$python" -P -m "$@" || { result=FAILED; failed+=("$name"); }
    seconds_of_steps+=("$(printf '%6d s  %s  %s' $((SECONDS - began)) "$result" "$name")")
}

run_tests() {
    # Two processes at once, with a core each, also where there are more.
    export TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
    cd "$root"
    # One cache for all steps, so that they share what they make; the user's own stays as it is.
    if [ -z "${EMOTION_CACHE_ROOT:-}" ]; then
        EMOTION_CACHE_ROOT=$(mktemp -d)
        export EMOTION_CACHE_ROOT
        trap 'rm -rf "$EMOTION_CACHE_ROOT"' EXIT
    fi
    # Drawn before the notebooks run, so that none of them shows its progress.
    step "demo corpus" helpers.corpora.demo
    step "lint" ruff check .
    step "format" ruff format --check .
    step "saved notebooks" helpers.series check
    # In small portions, so that a worker with slow tests, which come first, gets few others.
    step "helpers" pytest -n 2 --maxschedchunk=30 --durations=30
    # A later notebook takes up the networks of an earlier one: notebooks/conftest.py sees to it.
    step "outputs of the notebooks" \
        pytest --nbval --nbval-current-env -n 2 --durations=15 notebooks/*.ipynb
    printf "%s\n" "" "${seconds_of_steps[@]}"
    [ ${#failed[@]} = 0 ] || fail "" "Failed: $(printf '%s; ' "${failed[@]}")see above."
    say "" "All tests passed."
}

command=${1:-}
case $command in
    "" | run | test | notebook) ;;
    *) sed -n '2,/^set /{s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac
[ -z "$command" ] || shift

lock
if is_colab "${PYTHON:-python3}"; then
    python=${PYTHON:-python3}
    state=$("$python" -c 'import sys; print(sys.prefix)')/emotion-notebooks-setup
    export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
else
    make_venv
    # The user's own would put other packages before those of .venv.
    export PYTHONPATH=$root
fi
"$python" -P -m helpers.runtime.install "$state"
unlock
# A notebook in Colab has a network and fetches what it needs; others may have none later on.
[ "$command" = notebook ] || "$python" -P -m helpers.features.weights 2>/dev/null ||
    say "Networks of others that are missing here are fetched when they are first needed."
[ "$command" = notebook ] || "$python" -P -m helpers.runtime
case $command in
    run) exec "$python" -P -m helpers.series run "$@" ;;
    test) run_tests ;;
esac
