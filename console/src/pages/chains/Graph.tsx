// The graph of a chain; in a run each step shows how it stands, in colour and in words.

import { useText } from "../../i18n/text";
import "./chains.css";
import type { Lane, Light, Node } from "./graph";
import { messages } from "./messages";

interface GraphProps {
  nodes: readonly Node[];
  lights?: ReadonlyMap<string, Light>;
}

export function Graph({ nodes, lights }: GraphProps) {
  const text = useText(messages);
  return (
    <ol className="flow">
      {nodes.map((node) => {
        const light = lights ? (lights.get(node.id) ?? "other") : null;
        return (
          <li key={node.id}>
            <span className={`node ${light ?? ""}`} data-step={node.id} data-light={light ?? undefined}>
              <strong>{node.id}</strong> <small>{node.type}</small>
              {light && <span className="sr-only">{text(`status.${light}`)}</span>}
            </span>
            {node.lanes.length > 0 && (
              <div className="lanes">
                {node.lanes.map((lane) => (
                  <LaneBox key={`${lane.kind} ${lane.when ?? ""}`} lane={lane} {...(lights ? { lights } : {})} />
                ))}
              </div>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function LaneBox({ lane, lights }: { lane: Lane; lights?: ReadonlyMap<string, Light> }) {
  const text = useText(messages);
  const title = lane.kind === "way" ? text("way", { condition: lane.when ?? "" }) : lane.kind === "branch" ? lane.when : text(lane.kind);
  return (
    <div className="lane">
      <small>{title}</small>
      <Graph nodes={lane.nodes} {...(lights ? { lights } : {})} />
    </div>
  );
}
