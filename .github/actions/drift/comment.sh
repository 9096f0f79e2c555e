#!/usr/bin/env bash
# Puts a report on a pull request: edits the comment that an earlier run made, which begins with a
# mark, or makes one. Reads REPOSITORY, NUMBER and REPORT, and GH_TOKEN for `gh`.
set -euo pipefail

mark='<!-- drift -->'
body="$(mktemp "${RUNNER_TEMP:-/tmp}/comment.XXXXXX")"
{ echo "$mark"; cat "$REPORT"; } > "$body"
own="$(gh api --paginate "repos/$REPOSITORY/issues/$NUMBER/comments" \
  --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$mark\"))) | .id")"
own="${own%%$'\n'*}"
if [ -n "$own" ]; then
  gh api --silent --method PATCH "repos/$REPOSITORY/issues/comments/$own" -F "body=@$body"
else
  gh api --silent --method POST "repos/$REPOSITORY/issues/$NUMBER/comments" -F "body=@$body"
fi
