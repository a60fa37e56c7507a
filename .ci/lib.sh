# Shared by start, check and run: sourced, with the root of the repository as working directory.

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# install_packages WHY PACKAGE...: what is missing of some Debian packages.
install_packages() {
    local why=$1 package missing=()
    shift
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian; if something is missing, it is one of: $*"
        return 0
    fi
    for package in "$@"; do
        if ! dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^.i'; then
            missing+=("$package")
        fi
    done
    [ ${#missing[@]} = 0 ] && return 0
    echo "Installing Debian packages $why (this can take minutes): ${missing[*]}"
    as_root apt-get -qq update </dev/null
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y install --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}

# The build of the program itself.
install_build_packages() {
    install_packages "to build bayeuxd" g++ cmake ninja-build libboost1.81-dev \
        libboost-json1.81-dev libboost-program-options1.81-dev libspdlog-dev libssl-dev \
        zlib1g-dev
}

# Any Node.js will do: Debian's is installed only where there is none.
install_node() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        install_packages "to fetch client libraries" nodejs npm ca-certificates
    fi
}

# install_node_modules DIRECTORY WHY: what its package-lock.json names, unless it is there already.
install_node_modules() {
    [ -f "$1/package-lock.json" ] || return 0
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] && return 0
    install_node
    echo "Installing npm packages $2 ($1/package-lock.json)"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error </dev/null)
}
