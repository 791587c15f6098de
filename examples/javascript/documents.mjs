// A document in, a cited answer out, and everything removed again. The key needs the role builder.
import { setTimeout as sleep } from "node:timers/promises";
import { call, events } from "./maru.mjs";

const text = "# Parking\n\nVisitors park on level B3. The first two hours are free.\n\n방문객은 지하 3층에 주차합니다. 처음 두 시간은 무료입니다.\n";
const agent = `parking-${crypto.randomUUID().slice(0, 8)}`;

const form = new FormData();
form.set("purpose", "assistants");
form.set("acl", '["public"]');
form.set("file", new File([text], "parking.md"));
const file = await (await call("POST", "/v1/files", form)).json();
const store = await (await call("POST", "/v1/vector_stores", { name: "parking" })).json();
let attached = await (await call("POST", `/v1/vector_stores/${store.id}/files`, { file_id: file.id })).json();
while (attached.status === "in_progress") {
  await sleep(300);
  attached = await (await call("GET", `/v1/vector_stores/${store.id}/files/${file.id}`)).json();
}
console.log("document:", attached.status);

await call("POST", "/v1/agents", { name: agent, instructions: "Answer from the documents.", model: "default", vector_stores: [store.id] });
for (const message of ["Where do visitors park?", "주차는 몇 시간까지 무료인가요?"]) {
  console.log(`\n${message}`);
  for await (const { event, data } of events(await call("POST", `/v1/agents/${agent}/chat`, { message, stream: true }))) {
    const told = JSON.parse(data);
    if (event === "response.delta") process.stdout.write(told.delta);
    if (event === "error") throw new Error(told.error.message);
    if (event === "response.completed") {
      for (const { index, source, quote } of told.references) console.log(`\n[${index}] ${source}: “${quote}”`);
    }
  }
}

await call("DELETE", `/v1/agents/${agent}`);
await call("DELETE", `/v1/vector_stores/${store.id}`);
await call("DELETE", `/v1/files/${file.id}`);
