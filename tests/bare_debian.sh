#!/usr/bin/env bash
# Whether `dev packages PRESET` names all that a preset looks for: every preset must configure in a
# bare Debian 12 in which exactly those packages are installed. A machine on which people develop
# has everything, so nothing else would notice what a newcomer lacks.
#
# This needs root, for debootstrap and chroot, and Debian's mirror; without them it says so and
# passes. It does not ask npm's registry: tree-sitter comes from a build that was configured before.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly ROOT=build/bare_debian
readonly LOG=$ROOT.log
readonly MINUTES=10 # for each part; all take three on two cores

skip() {
  printf 'bare_debian: skipped: %s\n' "$*"
  exit 0
}

die() {
  tail -n 20 $LOG >&2
  printf 'bare_debian: %s\n' "$*" >&2
  exit 1
}

# The mirror that this machine installs from, if that is one of Debian's own archive.
mirror() {
  local found
  found=$(sed -nE 's/^(URIs: *|deb +(\[[^]]*\] +)?)(https?:[^ ]*\/debian)\/?( .*)?$/\3/p' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2> /dev/null | head -n 1)
  printf '%s' "${found:-http://deb.debian.org/debian}"
}

# in_root COMMAND ...: as on a new machine, but for what the mirror and the proxy are.
in_root() {
  timeout "${MINUTES}m" chroot $ROOT env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
    "$@" >> $LOG 2>&1
}

make_root() {
  : > $LOG
  if ! command -v debootstrap > /dev/null; then
    { apt-get update && apt-get install -y --no-install-recommends debootstrap; } >> $LOG 2>&1 ||
      skip "debootstrap cannot be installed"
  fi
  timeout "${MINUTES}m" debootstrap --variant=minbase bookworm $ROOT "$(mirror)" > $LOG 2>&1 ||
    skip "debootstrap failed: $(tail -n 1 $LOG)"
  {
    apt-config dump | grep -E '^Acquire::https?::' || true
    printf 'Acquire::Retries "3";\n'
  } > $ROOT/etc/apt/apt.conf.d/90mirror
  printf 'force-unsafe-io\n' > $ROOT/etc/dpkg/dpkg.cfg.d/unsafe-io # nobody keeps it
  cp /etc/resolv.conf $ROOT/etc/
  mkdir $ROOT/fimd
  git ls-files -z | tar -c --null -T - | tar -x -C $ROOT/fimd
}

# check_preset PRESET: with its packages and without those that only an earlier preset wanted.
installed=()
check_preset() {
  local preset=$1 package packages unwanted=() tree_sitter=third_party/tree-sitter
  mapfile -t packages < <(./dev packages "$preset")
  for package in "${installed[@]}"; do
    [[ " ${packages[*]} " == *" $package "* ]] || unwanted+=("$package-")
  done
  in_root apt-get install -y -q --no-install-recommends --auto-remove \
    "${packages[@]}" "${unwanted[@]}" || die "the packages of $preset cannot be installed"
  installed=("${packages[@]}")
  mkdir -p "$ROOT/fimd/build/$preset/$tree_sitter"
  cp -al "$npm_folder" "$ROOT/fimd/build/$preset/$tree_sitter/"
  in_root npm --version || die "$preset: npm does not run"
  in_root sh -c "cd /fimd && cmake --preset $preset" ||
    die "$preset does not configure with the packages of: dev packages $preset"
  printf 'bare_debian: %s configures with %d packages\n' "$preset" "${#packages[@]}"
}

((EUID == 0)) || skip "not root"
npm_folder=$(find build -maxdepth 4 -path 'build/*/third_party/tree-sitter/npm' | head -n 1)
[[ -n $npm_folder ]] || skip "no preset was configured here, so there is no tree-sitter"
rm -rf --one-file-system $ROOT
mkdir -p build
trap 'rm -rf --one-file-system $ROOT' EXIT
make_root
for preset in $(cmake --list-presets | sed -n 's/^ *"\(.*\)".*/\1/p'); do
  check_preset "$preset"
done
