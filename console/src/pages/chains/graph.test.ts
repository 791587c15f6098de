import { expect, test } from "vitest";

import { graph, lights, stepOf } from "./graph";

test("lanes of every kind of step are drawn with what leads into them", () => {
  const nodes = graph([
    { id: "search", type: "retrieve" },
    {
      id: "enough",
      type: "choice",
      choices: [{ when: "{% $n > 0 %}", steps: [{ id: "say", type: "model" }] }],
      otherwise: [{ id: "none", type: "transform" }],
    },
    { id: "both", type: "parallel", branches: { left: [{ id: "a", type: "model" }], right: [{ id: "b", type: "model" }] } },
    { id: "all", type: "map", steps: [{ id: "one", type: "model", catch: [{ steps: [{ id: "sorry", type: "transform" }] }] }] },
    { id: "ask", type: "approve", rejected: [{ id: "no", type: "transform" }] },
  ]);
  expect(nodes.map((node) => [node.id, node.lanes.map((lane) => [lane.kind, lane.when, lane.nodes[0]?.id])])).toEqual([
    ["search", []],
    [
      "enough",
      [
        ["way", "{% $n > 0 %}", "say"],
        ["otherwise", null, "none"],
      ],
    ],
    [
      "both",
      [
        ["branch", "left", "a"],
        ["branch", "right", "b"],
      ],
    ],
    ["all", [["each", null, "one"]]],
    ["ask", [["rejected", null, "no"]]],
  ]);
  expect(nodes[3]?.lanes[0]?.nodes[0]?.lanes[0]).toMatchObject({ kind: "caught" });
});

test("a path of a run names its step, whatever items it lies in", () => {
  expect([stepOf("draft"), stepOf("each[3]/summarise"), stepOf("each[3]")]).toEqual(["draft", "summarise", "each"]);
});

test("of a step that ran for several items the least finished one counts", () => {
  const found = lights([
    { path: "each[0]/one", status: "done" },
    { path: "each[1]/one", status: "running" },
    { path: "draft", status: "done" },
  ]);
  expect([found.get("one"), found.get("draft"), found.get("missing")]).toEqual(["running", "completed", undefined]);
});
