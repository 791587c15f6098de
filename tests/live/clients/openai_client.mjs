// OpenAI's JavaScript client against the running system; prints a JSON object of what it got, which test_clients.py looks at.
import { readFileSync } from "node:fs";
import OpenAI, { toFile } from "openai";

const openai = new OpenAI({ baseURL: `${process.env.MARU_URL}/v1`, apiKey: process.env.MARU_API_KEY, maxRetries: 0 });
const model = "scripted";
const say = (content) => [{ role: "user", content }];
const told = {};

const whole = await openai.chat.completions.create({ model, messages: say("say: 안녕하세요") });
told.whole = whole.choices[0].message.content;

told.streamed = "";
const stream = await openai.chat.completions.create({
  model, messages: say("say: one two three"), stream: true, stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  told.streamed += chunk.choices[0]?.delta?.content ?? "";
  if (chunk.usage) told.tokens = chunk.usage.completion_tokens;
}

const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }];
const runner = openai.chat.completions.stream({ model, messages: say('call: weather {"city": "서울"}'), tools });
told.called = (await runner.finalChatCompletion()).choices[0].message.tool_calls[0].function;

const form = { type: "json_schema", json_schema: { name: "place", schema: { type: "object", properties: { city: { const: "서울" } } } } };
told.formed = JSON.parse((await openai.chat.completions.create({ model, messages: say("fill:"), response_format: form })).choices[0].message.content);

const stored = await openai.chat.completions.create({ model, messages: say("say: kept"), store: true, metadata: { by: "js" } });
told.stored = [];
for await (const one of openai.chat.completions.list({ metadata: { by: "js" } })) told.stored.push(one.choices[0].message.content);
told.deleted = (await openai.chat.completions.delete(stored.id)).deleted;

told.dimensions = (await openai.embeddings.create({ model: "embedding", input: ["a", "b"] })).data.map((one) => one.embedding.length);
told.models = (await openai.models.list()).data.some((one) => one.id === model);
told.flagged = (await openai.moderations.create({ input: "good morning" })).results[0].flagged;

const file = await openai.files.create({ file: await toFile(readFileSync(process.argv[2]), "note.txt"), purpose: "assistants" });
const store = await openai.vectorStores.create({ name: "js" });
const member = await openai.vectorStores.files.createAndPoll(store.id, { file_id: file.id });
told.member = member.status;
told.found = (await openai.vectorStores.search(store.id, { query: "leave" })).data[0].content[0].text;
await openai.vectorStores.delete(store.id);
await openai.files.delete(file.id);

try {
  await openai.chat.completions.create({ model: "nobody", messages: say("hi") });
} catch (error) {
  told.error = [error.status, error.code, error.param];
}
console.log(JSON.stringify(told));
