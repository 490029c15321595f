#!/usr/bin/env bash
# with_model.sh FILE COMMAND...: runs the command if there is the model FILE, else says so and ends
# with 77, which ctest counts as skipped.
set -euo pipefail

if [[ ! -f $1 ]]; then
  printf 'NOTICE: skipped, there is no %s; ./dev e2e fetches it\n' "$1"
  exit 77
fi
exec "${@:2}"
