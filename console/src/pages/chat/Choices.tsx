import type { Agent, Model } from "../../api/shapes";
import { useText } from "../../i18n/text";
import { type Option, Select } from "../../ui/ui";
import type { Answerer } from "./conversation";
import { messages } from "./messages";

interface Props {
  agents: readonly Agent[];
  models: readonly Model[];
  answerer: Answerer;
  onAnswerer: (answerer: Answerer) => void;
  model: string | null;
  onModel: (model: string | null) => void;
}

const PLAIN = "model:";
const OWN = "own";

/** Who answers, and with which model. */
export function Choices({ agents, models, answerer, onAnswerer, model, onModel }: Props) {
  const text = useText(messages);
  const isPlain = answerer.kind === "model";
  const options: Option[] = [
    ...agents.map((agent) => ({ id: agent.name, name: agent.name, note: agent.description })),
    { id: PLAIN, name: text("answerer.plain") },
  ];
  const names = models.map((one) => ({ id: one.id, name: one.id, note: one.description }));
  return (
    <>
      <Select
        label={text("answerer")}
        hideLabel
        options={options}
        value={isPlain ? PLAIN : answerer.name}
        onChange={(id) => {
          onModel(null);
          onAnswerer(
            id === PLAIN
              ? { kind: "model", name: models.find((one) => one.id === "default")?.id ?? models[0]?.id ?? "default" }
              : { kind: "agent", name: id },
          );
        }}
      />
      <Select
        label={text("model")}
        hideLabel
        options={isPlain ? names : [{ id: OWN, name: text("model.own") }, ...names]}
        value={model ?? (isPlain ? answerer.name : OWN)}
        onChange={(id) => onModel(id === OWN ? null : id)}
      />
    </>
  );
}
