// Vectors of two texts.
import { call } from "./maru.mjs";

const answer = await call("POST", "/v1/embeddings", { model: "embedding", input: ["annual leave", "연차 휴가"] });
for (const { index, embedding } of (await answer.json()).data) console.log(index, embedding.length, embedding.slice(0, 3));
