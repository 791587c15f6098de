// Incidents of the guard: the list, and one of them opened.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { moment, number, type Text, useText } from "../../../i18n/text";
import { type Column, CsvButton, DataTable } from "../../../ui/data";
import { Badge, Button, ErrorNote, Loading, Select } from "../../../ui/ui";
import { Handling } from "./Handling";
import { type Incident, incidentsQuery, type Status, STATUSES } from "./incidents";
import { messages } from "./messages";

type Told = Text<keyof typeof messages.en>;

export function Incidents() {
  const text = useText(messages);
  const queries = useQueryClient();
  const [status, setStatus] = useState<Status | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const incidents = useQuery(incidentsQuery(status));
  const rows = incidents.data ?? [];
  const table = columns(text, setChosen);
  const options = [{ id: "", name: text("show.all") }, ...STATUSES.map((id) => ({ id, name: text(`status.${id}`) }))];
  const opened = rows.find((one) => one.id === chosen);
  return (
    <>
      <p className="lead">{text("lead")}</p>
      <div className="row end">
        <Select label={text("show")} options={options} value={status ?? ""} onChange={(id) => setStatus((id || null) as Status | null)} />
        <CsvButton name="incidents" columns={table} rows={rows} />
      </div>
      {incidents.error && <ErrorNote error={incidents.error} />}
      {incidents.isPending ? (
        <Loading label={text("loading")} />
      ) : (
        <DataTable label={text("title")} columns={table} rows={rows} rowKey={(one) => one.id} empty={text("none")} />
      )}
      {opened && (
        <Handling
          key={opened.id}
          incident={opened}
          onChanged={() => void queries.invalidateQueries({ queryKey: ["incidents"] })}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}

const TONES = { open: "bad", acknowledged: "warn", patched: "warn", tested: "info", released: "good", dismissed: "plain" } as const;

function columns(text: Told, open: (id: string) => void): Column<Incident>[] {
  return [
    {
      title: text("what"),
      cell: (one) => (
        <Button tone="quiet" onPress={() => open(one.id)}>
          {one.check}: {one.label}
        </Button>
      ),
      value: (one) => `${one.check}: ${one.label}`,
    },
    { title: text("where"), cell: (one) => one.place, value: (one) => one.place },
    { title: text("policy"), cell: (one) => `${one.policy}@${one.version}`, value: (one) => `${one.policy}@${one.version}` },
    {
      title: text("times"),
      cell: (one) => (
        <>
          {one.jumped_at !== null && <Badge tone="bad">{text("jump")}</Badge>} {number(one.count)}
        </>
      ),
      value: (one) => one.count,
      numeric: true,
    },
    { title: text("last"), cell: (one) => moment(one.last_at), value: (one) => new Date(one.last_at * 1000).toISOString() },
    {
      title: text("status"),
      cell: (one) => <Badge tone={TONES[one.status]}>{text(`status.${one.status}`)}</Badge>,
      value: (one) => one.status,
    },
  ];
}
