#!/bin/sh
# A document in, a cited answer out, and everything removed again. Needs MARU_URL, MARU_API_KEY (role builder) and python3.
set -eu

call() { curl -sS --fail-with-body -H "Authorization: Bearer $MARU_API_KEY" "$@"; }
json() { call -H "Content-Type: application/json" "$@"; }
field() { python3 -c "import json, sys; print(json.load(sys.stdin)['$1'])"; }

document=$(mktemp -d)/parking.md
printf '# Parking\n\nVisitors park on level B3. The first two hours are free.\n\n방문객은 지하 3층에 주차합니다. 처음 두 시간은 무료입니다.\n' > "$document"
agent="parking-$$"

file=$(call "$MARU_URL/v1/files" -F purpose=assistants -F "file=@$document" -F 'acl=["public"]' | field id)
store=$(json "$MARU_URL/v1/vector_stores" -d '{"name": "parking"}' | field id)
json "$MARU_URL/v1/vector_stores/$store/files" -d "{\"file_id\": \"$file\"}" > /dev/null
while status=$(call "$MARU_URL/v1/vector_stores/$store/files/$file" | field status); [ "$status" = in_progress ]; do sleep 0.5; done
echo "document: $status"

json "$MARU_URL/v1/agents" -d "{\"name\": \"$agent\", \"instructions\": \"Answer from the documents.\", \"model\": \"default\", \"vector_stores\": [\"$store\"]}" > /dev/null
json --no-buffer "$MARU_URL/v1/agents/$agent/chat" -d '{"message": "Where do visitors park?", "stream": true}'

call -X DELETE "$MARU_URL/v1/agents/$agent" > /dev/null
call -X DELETE "$MARU_URL/v1/vector_stores/$store" > /dev/null
call -X DELETE "$MARU_URL/v1/files/$file" > /dev/null
