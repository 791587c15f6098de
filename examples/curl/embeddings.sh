#!/bin/sh
# Vectors of two texts. Needs MARU_URL and MARU_API_KEY.
set -eu

curl -sS --fail-with-body "$MARU_URL/v1/embeddings" \
  -H "Authorization: Bearer $MARU_API_KEY" -H "Content-Type: application/json" \
  -d '{"model": "embedding", "input": ["annual leave", "연차 휴가"]}'
echo
