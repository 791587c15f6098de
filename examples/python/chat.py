"""A chat completion, whole and streamed. Needs `pip install openai`, MARU_URL (such as http://127.0.0.1:8080) and MARU_API_KEY."""

import os

from openai import OpenAI

client = OpenAI(base_url=os.environ["MARU_URL"] + "/v1", api_key=os.environ["MARU_API_KEY"])

answer = client.chat.completions.create(model="default", messages=[{"role": "user", "content": "Say hello in Korean."}])
print(answer.choices[0].message.content)

stream = client.chat.completions.create(model="default", messages=[{"role": "user", "content": "한국어로 인사해 주세요."}], stream=True)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
