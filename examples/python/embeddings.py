"""How alike three texts are, by the cosine of their vectors. Needs `pip install openai`, MARU_URL and MARU_API_KEY."""

import math
import os

from openai import OpenAI

client = OpenAI(base_url=os.environ["MARU_URL"] + "/v1", api_key=os.environ["MARU_API_KEY"])

texts = ["How many days of leave do I have?", "Annual leave is fifteen days a year.", "The cafeteria opens at noon."]
question, *passages = [row.embedding for row in client.embeddings.create(model="embedding", input=texts).data]
for text, passage in zip(texts[1:], passages, strict=True):
    product = sum(one * other for one, other in zip(question, passage, strict=True))
    print(f"{product / (math.hypot(*question) * math.hypot(*passage)):.2f}  {text}")
