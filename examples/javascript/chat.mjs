// A chat completion, whole and streamed.
import { call, events } from "./maru.mjs";

const ask = (content, stream) => call("POST", "/v1/chat/completions", { model: "default", stream, messages: [{ role: "user", content }] });

console.log((await (await ask("Say hello in Korean.", false)).json()).choices[0].message.content);

for await (const { event, data } of events(await ask("한국어로 인사해 주세요.", true))) {
  if (event === "error") throw new Error(JSON.parse(data).error.message);
  if (data !== "[DONE]") process.stdout.write(JSON.parse(data).choices[0].delta.content ?? "");
}
console.log();
