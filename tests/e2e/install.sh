#!/usr/bin/env bash
# Installs VS Code, the browser that shows it and the packages that the extension is built with, and
# builds the extension. A second run installs nothing that is there.
#
# All but the browser (Debian's package chromium) lies under build/node/e2e and in the ignored
# folders of editors/vscode. Packages come from npm's registry by lockfile; no install script runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly modules=build/node/e2e
readonly server=$modules/node_modules/code-server/lib/vscode
readonly extension=editors/vscode
readonly npm_ci=(npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)

die() {
  printf 'e2e: %s\n' "$*" >&2
  exit 1
}

install_chromium() {
  command -v chromium > /dev/null && return
  command -v apt-get > /dev/null || die "chromium is not installed, and there is no apt-get"
  local as_root=()
  ((EUID == 0)) || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends chromium ||
    die "chromium could not be installed"
}

# VS Code's server names its own packages in a shrinkwrap, less one peer (tslib) that nothing needs
# here; npm ci accepts that only with the rule for peers of npm 6.
install_vscode() {
  if ! cmp -s tests/e2e/node/package-lock.json $modules/package-lock.json ||
    [[ ! -d $modules/node_modules ]]; then
    mkdir -p $modules
    cp tests/e2e/node/package.json tests/e2e/node/package-lock.json $modules/
    "${npm_ci[@]}" --prefix $modules || die "VS Code (code-server) could not be installed"
  fi
  [[ -e $server/node_modules.asar ]] && return
  "${npm_ci[@]}" --prefix $server --omit=dev --legacy-peer-deps ||
    die "VS Code's server could not be installed"
  ln -s node_modules $server/node_modules.asar # the name that it looks for
}

build_extension() {
  local lockfile=$extension/package-lock.json stamp=$extension/node_modules/fimd-lock.json
  if ! cmp -s $lockfile $stamp; then
    "${npm_ci[@]}" --prefix $extension || die "what $extension needs could not be installed"
    cp $lockfile $stamp
  fi
  npm run --silent --prefix $extension build || die "$extension could not be built"
}

install_chromium
install_vscode
build_extension
