#!/usr/bin/env bash
# Uses what is installed as users do. The project is the one that services/README.md tells of, made of the
# page itself:
#
#   - a file stands below a line with its name, as **`main.cpp`**;
#   - the commands of each console block are run, in order and in one shell; what stands below them
#     is what they print, but for ids and times.
#
# The service of the README is built by pkg-config's flags.
#
#   test.sh SOURCE BUILD WORK        CXX and CXXFLAGS as for cmake
set -euo pipefail
source=$1
build=$2
work=$3

rm -rf "$work"
mkdir -p "$work/project" "$work/console"
if command -v ccache >/dev/null; then
    CCACHE_DIR=$(ccache --get-config cache_dir) # is below HOME
    export CCACHE_DIR CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi
export HOME=$work BAYEUXD_LISTEN=127.0.0.1:0
prefix=~/bayeux
cmake --install "$build" --prefix "$prefix" >/dev/null

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Public headers are listed by hand: one that was forgotten is missing here.
cd "$source"
for header in bayeux/*.hpp bayeux/extensions/*.hpp bayeux/testing/*.hpp services/*.hpp; do
    [ -f "$prefix"/include/bayeux-*/"$header" ] ||
        fail "$header is not installed: add it to the HEADERS of its folder"
done
! find "$prefix/include" -path '*/detail/*' | grep . || fail "These are private, but installed"
for page in man/*.[1-9]; do
    [ -f "$prefix/share/man/man${page##*.}/${page##*/}" ] || fail "$page is not installed"
done

awk -v project="$work/project" -v console="$work/console" '
    /^\*\*`[^`]+`\*\*$/ { file = project "/" substr($0, 4, length($0) - 6) }
    /^```/ && !inside {
        inside = 1
        if ($0 == "```console") out = sprintf("%s/%02d", console, ++blocks)
        else { out = file; file = "" }
        next
    }
    /^```$/ { inside = 0; out = ""; next }
    inside && out != "" { print > out }' services/README.md

# What differs from run to run.
masked() {
    sed -E 's/[a-z0-9]{26}/<id>/g; s/[0-9]{13}/<time>/g' "$1"
}

# The server listens on a free port, to which curl is sent instead of the one it is told.
start_server() {
    eval "$1" 2>"$work/log"
    server=$!
    for _ in {1..200}; do
        if port=$(grep -o 'listening on http://127.0.0.1:[0-9]*' "$work/log"); then
            printf 'connect-to = "localhost:8080:127.0.0.1:%s"\nnoproxy = "*"\nmax-time = 30\n' \
                "${port##*:}" >~/.curlrc
            return
        fi
        sleep 0.05
    done
    fail "The server does not listen:" "$(cat "$work/log")"
}

# Runs the commands of a block and prints what a terminal would show.
type_in() {
    local line
    while IFS= read -r line <&3; do
        [[ $line == '$ '* ]] || continue
        printf '%s\n' "$line"
        if [[ $line == *' &' ]]; then
            start_server "${line#\$ }"
        else
            eval "${line#\$ }" 2>&1 || status=$?
        fi
    done
}

cd "$work/project"
trap 'jobs -pr | xargs -r kill' EXIT
for block in "$work"/console/[0-9][0-9]; do
    status=0
    type_in 3<"$block" >"$block.out"
    if grep -qv '^\$ ' "$block"; then
        diff <(masked "$block") <(masked "$block.out") || fail "services/README.md shows something else"
    elif [ "$status" != 0 ]; then
        fail "$(cat "$block.out")"
    fi
done
wait "$server" || fail "The server ended with status $?"
cat "$work/log"

# The service of the README.
sed -n '/^```cpp$/,/^```$/p' "$source/README.md" | grep -v '^```' >"$work/whispers.hpp"
pkgconfig=$(dirname "$(find "$prefix" -name bayeux.pc)")
flags=$(PKG_CONFIG_PATH=$pkgconfig pkg-config --cflags --libs bayeux)
# shellcheck disable=SC2086 # these are several words
${CMAKE_CXX_COMPILER_LAUNCHER:-} "$CXX" -std=c++20 ${CXXFLAGS:-} -I"$work" -c -o "$work/main.o" \
    "$source/tests/consumer/main.cpp" $flags
# shellcheck disable=SC2086
"$CXX" ${CXXFLAGS:-} -o "$work/whispers" "$work/main.o" $flags
"$work/whispers" | grep -F '"data":{"chat":"hello world"'
