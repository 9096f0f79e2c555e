#!/usr/bin/env bash
# Keeps one issue about the newest release of upstream: opens it, updates it, and closes it when the
# contract is of that release. Reads TAG, REPORT and FOUND, and GH_TOKEN for `gh`.
set -euo pipefail

label=upstream-drift
title="Drift: upstream is at $TAG"
number="$(gh issue list --label "$label" --state open --limit 1 --json number --jq '.[0].number // empty')"
case "$FOUND" in
  false)
    [ -z "$number" ] || gh issue close "$number" --comment "The contract is that of $TAG."
    ;;
  true)
    if [ -n "$number" ]; then
      gh issue edit "$number" --title "$title" --body-file "$REPORT"
    else
      gh label create "$label" --force --description "The contract differs from the newest release upstream"
      gh issue create --label "$label" --title "$title" --body-file "$REPORT"
    fi
    ;;
  *)
    echo "::error title=drift::'$FOUND' is neither true nor false"
    exit 3
    ;;
esac
