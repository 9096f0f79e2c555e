#!/usr/bin/env bash
# Runs `cargo xtask drift` once for each form. A tool error is never "nothing found": whatever is
# neither 0 nor 1 fails, and so does a report that is not there.
set -uo pipefail

root="${BINDINGS:-}"
[ -n "$root" ] || root="$(cd "$ACTION/../../.." && pwd)"
out="$(mktemp -d "${RUNNER_TEMP:-/tmp}/drift.XXXXXX")" || exit 3

options=(--against "$AGAINST" --direction "${DIRECTION:-release}" --fail-on "${FAIL_ON:-error}")
[ -z "${CONTRACT:-}" ] || options+=(--contract "$CONTRACT")
[ -z "${PRODUCT:-}" ] || options+=(--product "$PRODUCT")

# Options name files from where the caller is; cargo is told where the bindings are.
drift() {
  cargo run --quiet --release --locked --manifest-path "$root/Cargo.toml" --package xtask -- \
    --workspace "$root" drift "${options[@]}" "$@"
}

report() {
  local format="$1" file="$2" code=0
  drift --format "$format" --output "$file" || code=$?
  if [ "$code" -gt 1 ] || [ ! -s "$file" ]; then
    echo "::error title=drift::the comparison failed with exit code $code"
    [ "$code" -gt 1 ] || code=3
    exit "$code"
  fi
  return "$code"
}

code=0
report json "$out/drift.json" || code=$?
for format in markdown html; do
  suffix="${format/markdown/md}"
  report "$format" "$out/drift.$suffix"
  [ "$?" -eq "$code" ] || { echo "::error title=drift::two runs do not agree"; exit 3; }
done
if [ "${ANNOTATIONS:-true}" = true ]; then
  report github "$out/annotations"
  cat "$out/annotations"
  cat "$out/drift.md" >> "${GITHUB_STEP_SUMMARY:-/dev/null}"
fi

found=false
[ "$code" -eq 0 ] || found=true
{
  echo "found=$found"
  echo "code=$code"
  echo "markdown=$out/drift.md"
  echo "json=$out/drift.json"
  echo "html=$out/drift.html"
} >> "${GITHUB_OUTPUT:-/dev/null}"
