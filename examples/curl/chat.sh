#!/bin/sh
# A chat completion, whole and streamed. Needs MARU_URL (such as http://127.0.0.1:8080) and MARU_API_KEY.
set -eu

curl -sS --fail-with-body "$MARU_URL/v1/chat/completions" \
  -H "Authorization: Bearer $MARU_API_KEY" -H "Content-Type: application/json" \
  -d '{"model": "default", "messages": [{"role": "user", "content": "Say hello in Korean."}]}'
echo

curl -sS --fail-with-body --no-buffer "$MARU_URL/v1/chat/completions" \
  -H "Authorization: Bearer $MARU_API_KEY" -H "Content-Type: application/json" \
  -d '{"model": "default", "stream": true, "messages": [{"role": "user", "content": "한국어로 인사해 주세요."}]}'
