// One incident, from the first look to the policy that answers it.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useScope } from "../../../app/me";
import { moment, number, useText } from "../../../i18n/text";
import { ModalDialog } from "../../../ui/dialogs";
import { toast } from "../../../ui/toast";
import { Button, ErrorNote, Field, Note, useExplain } from "../../../ui/ui";
import { handle, type Incident, samplesQuery } from "./incidents";
import { messages } from "./messages";
import { Patching } from "./Patching";

interface HandlingProps {
  incident: Incident;
  onChanged: () => void;
  onClose: () => void;
}

export function Handling({ incident, onChanged, onClose }: HandlingProps) {
  const text = useText(messages);
  const isOver = incident.status === "released";
  return (
    <ModalDialog title={`${incident.check}: ${incident.label}`} isOpen onClose={onClose} wide>
      <Facts incident={incident} />
      <Samples incident={incident} />
      {isOver ? (
        <Note tone="good">{text("released", { version: incident.released_version ?? "?" })}</Note>
      ) : (
        <>
          <Deciding incident={incident} onChanged={onChanged} />
          <Patching incident={incident} onChanged={onChanged} />
        </>
      )}
      <div className="actions">
        <Button onPress={onClose}>{text("close")}</Button>
      </div>
    </ModalDialog>
  );
}

function Facts({ incident }: { incident: Incident }) {
  const text = useText(messages);
  const facts: [string, string][] = [
    [text("status"), text(`status.${incident.status}`)],
    [text("rule"), incident.rule],
    [text("where"), incident.place],
    [text("policy"), `${incident.policy}@${incident.version}`],
    [text("times"), number(incident.count)],
    [text("first"), moment(incident.created_at)],
    [text("last"), moment(incident.last_at)],
    [text("request"), incident.last_request ?? "–"],
    [text("handled"), incident.handled_by ?? "–"],
  ];
  return <dl className="facts">{facts.flatMap(([label, value]) => [<dt key={label}>{label}</dt>, <dd key={`${label}:`}>{value}</dd>])}</dl>;
}

function Samples({ incident }: { incident: Incident }) {
  const text = useText(messages);
  const isAdmin = useScope("admin");
  const [reading, setReading] = useState(false);
  const samples = useQuery({ ...samplesQuery(incident.id), enabled: reading });
  return (
    <section className="stack" aria-label={text("samples")}>
      <h3>{text("samples")}</h3>
      <p className="soft">{incident.samples ? text("samples.count", { count: incident.samples }) : text("samples.none")}</p>
      {incident.samples > 0 && !isAdmin && <p className="soft">{text("samples.admin")}</p>}
      {incident.samples > 0 && isAdmin && !reading && (
        <p>
          <Button onPress={() => setReading(true)}>{text("samples.read")}</Button>
        </p>
      )}
      {samples.error && <ErrorNote error={samples.error} />}
      {samples.data?.map((one, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- two texts may be the same
        <pre key={place} className="json" tabIndex={0} aria-label={text("samples")}>
          {one.text}
        </pre>
      ))}
    </section>
  );
}

function Deciding({ incident, onChanged }: { incident: Incident; onChanged: () => void }) {
  const text = useText(messages);
  const explain = useExplain();
  const [note, setNote] = useState(incident.note ?? "");
  const change = (what: Parameters<typeof handle>[1]) => {
    handle(incident.id, what).then(
      () => {
        toast(text("saved"));
        onChanged();
        return null;
      },
      (error: unknown) => toast(explain(error), "bad"),
    );
  };
  return (
    <>
      <Field label={text("note")} value={note} onChange={setNote} rows={2} maxLength={1000} />
      <div className="actions">
        {note !== (incident.note ?? "") && <Button onPress={() => change({ note })}>{text("note.save")}</Button>}
        {incident.status === "open" && <Button onPress={() => change({ status: "acknowledged" })}>{text("acknowledge")}</Button>}
        {incident.status === "dismissed" ? (
          <Button onPress={() => change({ status: "open" })}>{text("reopen")}</Button>
        ) : (
          <Button onPress={() => change({ status: "dismissed" })}>{text("dismiss")}</Button>
        )}
      </div>
    </>
  );
}
