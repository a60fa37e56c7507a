#!/usr/bin/env bash
# Refuses what the layers must not use (CONTRIBUTING, "Layers"):
#   bayeux/    only the C++ standard library, Boost.JSON and itself; no I/O, clock, thread or chance
#   services/  the same, and bayeux/
# and bayeux/testing/ is for tests: nothing else includes it.
#
#   check_layering.sh ROOT        prints each offence; status 1 when there is one
#   check_layering.sh --self-test a clean tree passes, and every rule refuses a file that breaks it
set -euo pipefail

standard='<(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|atomic|iostream|fstream|filesystem|syncstream|random)>'
words='[Cc]lock::now\(|random_device|std::(cout|cerr|clog|getenv|rand|time)\b|steady_timer'

# Lines of the sources below ROOT/LAYER as file:line:text, without comments.
code() {
    find "$1/$2" \( -name '*.hpp' -o -name '*.cpp' \) -print0 | sort -z |
        xargs -0 --no-run-if-empty grep -nH '' | sed -E 's,//.*,,'
}

# The offences of one layer; $3 matches the repository's folders that it may include.
offences() {
    local code includes allowed
    code=$(code "$1" "$2")
    includes=$(grep -E ':[[:space:]]*#[[:space:]]*include' <<<"$code" || true)
    allowed="include[[:space:]]*(\"$3/|<boost/(json[./]|system/(error_code|result)\.hpp)|<[a-z_0-9]+>)"
    grep -vE "$allowed" <<<"$includes" | grep . || true
    grep -E "include[[:space:]]*$standard" <<<"$includes" || true
    grep -E "$words" <<<"$code" || true
}

# Where what tests are made of is part of what they test.
testing_offences() {
    local layer
    for layer in bayeux services server; do
        [ -d "$1/$layer" ] || continue
        code "$1" "$layer" | grep -vF "$1/bayeux/testing/" | grep -F '#include "bayeux/testing/' || true
    done
}

check() {
    local found
    found=$(offences "$1" bayeux bayeux; offences "$1" services '(bayeux|services)'; testing_offences "$1")
    [ -z "$found" ] && return 0
    printf 'Not allowed in this layer:\n%s\n' "$found"
    return 1
}

self_test() {
    local layer bad
    dir=$(mktemp -d) # global: the trap runs after this function
    trap 'rm -rf "$dir"' EXIT
    refuses() { # layer, line
        printf '#include <string>\n%s\n' "$2" >"$dir/$1/bad.cpp"
        if check "$dir" >/dev/null; then
            printf 'not refused in %s/: %s\n' "$1" "$2"
            exit 1
        fi
        rm "$dir/$1/bad.cpp"
    }
    mkdir -p "$dir/bayeux/testing" "$dir/services" "$dir/server"
    printf '#include "bayeux/time.hpp"\n#include <boost/json/value.hpp>\n#include <memory>\n' |
        tee "$dir/bayeux/good.cpp" >"$dir/services/good.cpp"
    printf '#include "services/good.hpp" // steady_clock::now() belongs to the caller\n' \
        >>"$dir/services/good.cpp"
    echo '#include "bayeux/testing/good.hpp"' >"$dir/bayeux/testing/good.cpp"
    check "$dir"
    for layer in bayeux services server; do
        refuses $layer '#include "bayeux/testing/good.hpp"'
    done
    for layer in bayeux services; do
        for bad in '<boost/asio.hpp>' '<boost/beast/http.hpp>' '<boost/asio/steady_timer.hpp>' \
            '<thread>' '<mutex>' '<atomic>' '<iostream>' '<random>' '<sys/socket.h>' '<unistd.h>' \
            '<spdlog/spdlog.h>' '<openssl/rand.h>' '"server/options.hpp"' '"tests/support/x.hpp"'; do
            refuses $layer "#include $bad"
        done
        refuses $layer '  #  include <thread>'
        refuses $layer 'auto t = std::chrono::steady_clock::now();'
        refuses $layer 'std::random_device device;'
    done
    refuses bayeux '#include "services/chat.hpp"'
}

if [ "${1:-}" = --self-test ]; then
    self_test
else
    check "${1:?the root of the repository}"
fi
