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
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

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

# The state of an environment is a file inside it: "unfinished" while packages are being installed,
# then the checksum of the requirements it was finished with.
was_finished() { [[ "$(cat "$1" 2>/dev/null)" == [0-9]* ]]; }
wanted() { cksum <"$root/requirements.txt"; }
unmet() {
    "$python" -P -c 'from helpers.runtime.check import unmet_requirements
print("".join(f"{line}\n" for line in unmet_requirements()), end="")'
}
is_complete() { [ "$(cat "$1" 2>/dev/null)" = "$(wanted)" ] && [ -z "$(unmet 2>/dev/null || say unknown)" ]; }

# Installs what is missing, under the constraints given.
install() {
    local state=$1 log=$1.log missing=$1-missing.txt before
    shift
    before=$(cat "$state" 2>/dev/null || say unfinished)
    say unfinished >"$state"
    unmet >"$missing"
    if { [ ! -s "$missing" ] || pip_install "$log" "$@" -r "$missing"; } &&
        unmet >"$missing" &&
        { [ ! -s "$missing" ] || write_again "$log" "$@" -r "$missing"; }; then
        rm "$missing"
        wanted >"$state"
        return
    fi
    # Without a network pip says so before it changes anything: then nothing has to be mended.
    grep -q "^Installing collected" "$log" || say "$before" >"$state"
    tail -n 12 "$log" >&2
    fail "The packages could not be installed: the reason is above, more in $log" \
        "Once that is mended (a network? space on the disk?), type: bash $0"
}
# pip takes a package whose files are half there for installed, and cannot uninstall it.
write_again() { local log=$1; shift; pip_install "$log" --ignore-installed --no-deps "$@"; }
# Shows the large downloads; all that pip says is in a log.
pip_install() {
    local log=$1 line
    local large='^ *(Downloading|Using cached) (.*/)?([^-/]+)-[^/]*\(([0-9]{2,}\.?[0-9]* MB)\)$'
    shift
    "$python" -m pip install --no-input --progress-bar off "$@" 2>&1 | tee "$log" |
        while IFS= read -r line; do
            if [[ $line =~ $large ]]; then
                say "  ${BASH_REMATCH[3]} (${BASH_REMATCH[4]})"
            elif [[ $line == "Installing collected"* ]]; then
                say "  unpacking"
            fi
        done
}

set_up_venv() {
    local venv=$root/.venv base
    local state=$venv/setup-state
    python=$venv/bin/python
    if [ -n "$(ls -A "$venv" 2>/dev/null)" ] && [ ! -f "$state" ]; then
        fail "$venv was not made by this script, so it is left alone." \
            "Move it away, then call again: mv $venv $venv.old && bash $0"
    fi
    if is_complete "$state" && has_asked_version; then
        say "Everything is installed in $venv."
        return
    fi
    # What an interruption left half-written cannot be told from the rest: start anew.
    if ! was_finished "$state" || ! is_suitable "$python" || ! has_asked_version; then
        base=$(find_python)
        say "Making $venv with $("$base" --version)."
        mkdir -p "$venv"
        say unfinished >"$state"
        find "$venv" -mindepth 1 -maxdepth 1 ! -name setup-state -exec rm -rf {} +
        "$base" -m venv "$venv"
    fi
    say "Installing the packages of requirements.txt: about 2 GB, some minutes."
    install "$state"
}

has_asked_version() {
    local version='import sys; print(sys.version_info[:2])'
    [ -z "${PYTHON:-}" ] || [ "$("$PYTHON" -c "$version")" = "$("$python" -c "$version")" ]
}

set_up_colab() {
    local prefix state constraints leftovers
    prefix=$("$python" -c 'import sys; print(sys.prefix)')
    state=$prefix/emotion-notebooks-setup
    constraints=$state-constraints.txt
    if is_complete "$state"; then
        say "Everything is installed."
        return
    fi
    if ! was_finished "$state" && [ -f "$constraints" ]; then
        # What came in since the interrupted set-up began may be half-written: write it again.
        leftovers=$(installed | grep -vxFf "$constraints" || true)
        if [ -n "$leftovers" ]; then
            say "Mending an interrupted set-up."
            # shellcheck disable=SC2086
            write_again "$state.log" $leftovers
        fi
    else
        installed >"$constraints.new"
        mv "$constraints.new" "$constraints"
    fi
    say "Installing what Colab lacks; what is there stays as it is."
    install "$state" -c "$constraints"
    rm "$constraints"
}

installed() { "$python" -m pip list --format=freeze 2>/dev/null | grep -E '^[A-Za-z0-9._-]+==[0-9]'; }

# Runs one kind of test after the other, each to its end, and says at last which of them failed.
run_tests() {
    local failed=()
    export MPLBACKEND=Agg TF_NUM_INTRAOP_THREADS=2 TF_NUM_INTEROP_THREADS=2
    cd "$root"
    step() {
        local name=$1
        shift
        say "" "== $name"
        "$python" -P -m "$@" || failed+=("$name")
    }
    # Drawn before the notebooks run, so that none of them shows its progress.
    step "demo corpus" helpers.corpora.demo
    step "lint" ruff check .
    step "format" ruff format --check .
    step "saved notebooks" helpers.series check
    step "helpers" pytest -n 2 --durations=15
    # One after the other: a later one takes up the networks of an earlier one.
    step "outputs of the notebooks" \
        pytest --nbval --nbval-current-env --durations=15 notebooks/*.ipynb
    if [ ${#failed[@]} -gt 0 ]; then
        fail "" "Failed: $(printf '%s; ' "${failed[@]}")see above."
    fi
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
    set_up_colab
else
    set_up_venv
fi
unlock
[ "$command" = notebook ] || "$python" -P -m helpers.runtime
case $command in
    run) exec "$python" -P -m helpers.series run "$@" ;;
    test) run_tests ;;
esac
