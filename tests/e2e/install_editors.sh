#!/usr/bin/env bash
# Installs the editors that the end-to-end tests drive.
#
# From Debian's own release come Neovim (0.7), Emacs, eglot and tmux, as packages of the system.
# From the suite in FIMD_NEWER_SUITE come a newer Neovim and lsp-mode; these are only unpacked,
# under build/debs, with their own C library where they need one, so the system stays as it is. A
# second run does nothing: each leaves a stamp, which names the suite and this script's contents.
#
# Ends with an error that names what could not be installed. Only the newer Neovim may be missing,
# as its suite moves: then a notice is printed, and the tests of Neovim run with the system's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly NEWER_SUITE=${FIMD_NEWER_SUITE:-forky}
readonly UNPACKED=$PWD/build/debs
readonly SYSTEM_PACKAGES="neovim emacs-nox elpa-eglot tmux patchelf"
readonly LSP_MODE_PACKAGES="elpa-lsp-mode elpa-dash elpa-f elpa-ht elpa-spinner elpa-markdown-mode
  elpa-lv elpa-s"

# A change in the script unpacks again, and so does another place, which is written into Neovim.
stamp="$UNPACKED $NEWER_SUITE $(sha256sum < tests/e2e/install_editors.sh)"
readonly stamp

die() {
  printf 'install_editors: %s\n' "$*" >&2
  exit 1
}

fresh() {
  [[ -f $1/stamp && $(< "$1/stamp") == "$stamp" ]]
}

install_system_packages() {
  local package missing=()
  for package in $SYSTEM_PACKAGES; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null) == installed ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  local as_root=()
  ((EUID == 0)) || as_root=(sudo)
  printf 'install_editors: installing %s\n' "${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null ||
    die "these packages cannot be installed: ${missing[*]}"
}

# The options that keep apt-get in a private folder. An empty status file makes it believe that
# nothing is installed, so that it brings the C library too.
private_apt() {
  local home=$1 mirror
  mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2> /dev/null | head -1)
  mkdir -p "$home"/lists/partial "$home"/cache/archives/partial
  : > "$home/status"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
    "${mirror:-http://deb.debian.org/debian}" "$NEWER_SUITE" > "$home/sources.list"
  apt=(apt-get -qq -o "Dir::Etc::sourcelist=$home/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::Etc::preferencesparts=/dev/null -o "Dir::State::lists=$home/lists"
    -o "Dir::Cache=$home/cache" -o "Dir::State::status=$home/status"
    -o APT::Install-Recommends=false -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
  "${apt[@]}" update
}

unpack_all() {
  local package
  for package in "$1"/*.deb; do
    dpkg-deb -x "$package" "$2" || return
  done
  rm -rf "$2"/usr/share/{doc,locale,man,info}
}

# Neovim with the loader and the libraries of its own suite, written into the program, since it
# starts itself again by its own path. What else it starts runs on the system's.
unpack_neovim() {
  local folder=$UNPACKED/neovim libraries loader
  fresh "$folder" && return
  rm -rf "$folder" && mkdir -p "$folder"
  private_apt "$folder/.apt" && "${apt[@]}" install -y --download-only neovim > /dev/null &&
    unpack_all "$folder/.apt/cache/archives" "$folder" || return
  libraries=$(echo "$folder"/usr/lib/*-linux-gnu*)
  loader=$(echo "$libraries"/ld-linux-*.so.*)
  patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" \
    "$folder/usr/bin/nvim" || return
  cat > "$folder/nvim" << 'WRAPPER'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")
export VIMRUNTIME="$root/usr/share/nvim/runtime"
exec "$root/usr/bin/nvim" "$@"
WRAPPER
  chmod +x "$folder/nvim"
  rm -rf "$folder/.apt"
  "$folder/nvim" --version > "$folder/version" || return
  printf '%s' "$stamp" > "$folder/stamp"
}

# lsp-mode and the Lisp that it needs: architecture-independent, loaded by the system's Emacs.
unpack_lsp_mode() {
  local folder=$UNPACKED/lsp-mode
  fresh "$folder" && return
  rm -rf "$folder" && mkdir -p "$folder/.apt/debs"
  # shellcheck disable=SC2086 # a list of names
  private_apt "$folder/.apt" &&
    (cd "$folder/.apt/debs" && "${apt[@]}" download $LSP_MODE_PACKAGES) &&
    unpack_all "$folder/.apt/debs" "$folder" || return
  rm -rf "$folder/.apt"
  printf '%s' "$stamp" > "$folder/stamp"
}

install_system_packages
unpack_lsp_mode || die "lsp-mode cannot be had from Debian $NEWER_SUITE"
if unpack_neovim; then
  printf 'install_editors: %s beside %s\n' "$(head -1 "$UNPACKED/neovim/version")" \
    "$(nvim --version | head -1)"
else
  rm -rf "$UNPACKED/neovim"
  printf 'install_editors: NOTICE: no newer Neovim from Debian %s; the tests run with %s only\n' \
    "$NEWER_SUITE" "$(nvim --version | head -1)"
fi
