#!/usr/bin/env bash
# run.sh NAME_fuzz.cc SECONDS: runs the fuzz target of build/fuzz on its seeds and on what earlier
# runs have found worth keeping, and prints one line. A finding is an input on which the target
# crashes, takes more than 20 s or more than 2 GB; its file and the log stay in build/fuzz/NAME.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

name=${1%_fuzz.cc}
folder=build/fuzz/$name
mkdir -p "$folder/corpus" "$folder/tmp"
trap 'rm -rf "$folder/tmp"' EXIT

if TMPDIR=$PWD/$folder/tmp UBSAN_OPTIONS=print_stacktrace=1 \
  "build/fuzz/tests/fuzz/${name}_fuzz" -max_total_time="$2" -timeout=20 -rss_limit_mb=2048 \
  -max_len=8192 -print_final_stats=1 "-artifact_prefix=$folder/" \
  "$folder/corpus" "tests/fuzz/corpus/$name" > "$folder/log" 2>&1; then
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$folder/log")
  printf 'fuzz: %s: %s inputs in %s s, no finding\n' "$name" "$runs" "$2"
else
  printf 'fuzz: %s: FINDING: %s; see %s/log\n' "$name" \
    "$(grep -m 1 -E 'check failed|ERROR:|runtime error' "$folder/log" || tail -n 1 "$folder/log")" \
    "$folder"
  exit 1
fi
