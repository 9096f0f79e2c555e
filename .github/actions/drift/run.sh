#!/usr/bin/env bash
# Runs `cargo xtask drift` once and keeps its report in every form. A tool error is never "nothing
# found": whatever is neither 0 nor 1 fails, and so does a report that is not there.
set -uo pipefail

root="${BINDINGS:-}"
[ -n "$root" ] || root="$(cd "$ACTION/../../.." && pwd)" || exit 3
out="$(mktemp -d "${RUNNER_TEMP:-/tmp}/drift.XXXXXX")" || exit 3

options=(--against "$AGAINST" --direction "${DIRECTION:-release}" --fail-on "${FAIL_ON:-error}")
[ -z "${CONTRACT:-}" ] || options+=(--contract "$CONTRACT")
[ -z "${PRODUCT:-}" ] || options+=(--product "$PRODUCT")
[ -z "${ACCEPTED:-}" ] || options+=(--accepted "$ACCEPTED")
for form in json=drift.json markdown=drift.md html=drift.html sarif=drift.sarif; do
  options+=(--also "${form%%=*}=$out/${form#*=}")
done

# Options name files from where the caller is; cargo is told where the bindings are.
code=0
cargo run --quiet --release --locked --manifest-path "$root/Cargo.toml" --package xtask -- \
  --workspace "$root" drift "${options[@]}" --format github --output "$out/annotations" || code=$?
if [ "$code" -gt 1 ]; then
  echo "::error title=drift::the comparison failed with exit code $code"
  exit "$code"
fi
for file in drift.json drift.md drift.html drift.sarif annotations; do
  [ -s "$out/$file" ] || { echo "::error title=drift::there is no $file"; exit 3; }
done
if [ "${ANNOTATIONS:-true}" = true ]; then
  cat "$out/annotations"
  cat "$out/drift.md" >> "${GITHUB_STEP_SUMMARY:-/dev/null}" || exit 3
fi

found=false
[ "$code" -eq 0 ] || found=true
{
  echo "found=$found"
  echo "code=$code"
  echo "markdown=$out/drift.md"
  echo "json=$out/drift.json"
  echo "html=$out/drift.html"
  echo "sarif=$out/drift.sarif"
} >> "${GITHUB_OUTPUT:-/dev/null}" || exit 3
