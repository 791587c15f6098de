import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";

import { answer, api } from "../../api/client";
import { useMe } from "../../app/me";
import { number, useText } from "../../i18n/text";
import { Badge, Button, ErrorNote, Field, Loading, Select } from "../../ui/ui";
import { messages } from "./messages";

interface Hit {
  file_id: string;
  filename: string;
  score: number;
  chunk_id: string;
  page: number | null;
  content: { text: string }[];
  attributes: Record<string, string | number | boolean>;
  data_class: string;
  scores?: Record<Leg, number | null>;
}

interface Found {
  data: Hit[];
  search: string;
  search_query: string[];
}

const LEGS = ["vector", "text", "rerank"] as const;
type Leg = (typeof LEGS)[number];
const COUNTS = ["5", "10", "20", "50"];
const EXAMPLE = '{"type": "eq", "key": "year", "value": 2026}';

/** Search as agents do it, with what each leg thought of each passage. */
export function SearchPlayground({ store }: { store: string }) {
  const text = useText(messages);
  const me = useMe();
  const [query, setQuery] = useState("");
  const [count, setCount] = useState("10");
  const [filter, setFilter] = useState("");
  const filters = parsed(filter);
  const search = useMutation({
    mutationFn: () => {
      const body = { query, max_num_results: Number(count), include_scores: true, rewrite_query: false, ...(filters ? { filters } : {}) };
      return answer<Found>(api.POST("/v1/vector_stores/{vector_store_id}/search", { params: { path: { vector_store_id: store } }, body }));
    },
  });
  return (
    <>
      <form
        className="card"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          search.mutate();
        }}
      >
        <Field label={text("search.query")} value={query} onChange={setQuery} />
        <div className="search-options">
          <Select label={text("search.count")} options={COUNTS.map((id) => ({ id, name: id }))} value={count} onChange={setCount} />
          <Field
            label={text("search.filter")}
            value={filter}
            onChange={setFilter}
            error={filters === undefined ? text("search.filterBad", { example: EXAMPLE }) : undefined}
            placeholder={EXAMPLE}
          />
          <Button tone="primary" type="submit" isDisabled={!query.trim() || filters === undefined}>
            {text("search.run")}
          </Button>
        </div>
        <p className="soft">{text("search.rights", { user: me.user })}</p>
      </form>
      {search.isPending && <Loading label={text("loading")} />}
      {search.error && <ErrorNote error={search.error} />}
      {search.data && <Results found={search.data} store={store} />}
    </>
  );
}

/** null where there is none, undefined where it cannot be read. */
function parsed(filter: string): Record<string, unknown> | null | undefined {
  if (!filter.trim()) return null;
  try {
    const found: unknown = JSON.parse(filter);
    return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function Results({ found, store }: { found: Found; store: string }) {
  const text = useText(messages);
  if (!found.data.length) return <p className="soft">{text("search.none")}</p>;
  return (
    <>
      <p className="soft">{text("search.mode", { mode: found.search })}</p>
      <ol className="hits">
        {found.data.map((hit, place) => (
          <li key={hit.chunk_id} className="card">
            <div className="row">
              <Link href={`/knowledge/${store}/${hit.file_id}`} aria-label={text("search.open", { number: place + 1 })}>
                {hit.filename}
              </Link>
              {hit.page !== null && <span className="soft">{text("document.page", { page: hit.page })}</span>}
              <Badge>{hit.data_class}</Badge>
              {Object.entries(hit.attributes).map(([name, value]) => (
                <Badge key={name}>{`${name}: ${value}`}</Badge>
              ))}
            </div>
            <Scores hit={hit} />
            <p className="hit-text">{hit.content[0]?.text}</p>
          </li>
        ))}
      </ol>
    </>
  );
}

const shown = (score: number): string => number(score, { maximumFractionDigits: 3 });

function Scores({ hit }: { hit: Hit }) {
  const text = useText(messages);
  return (
    <dl className="scores">
      <div>
        <dt>{text("search.score")}</dt>
        <dd>{shown(hit.score)}</dd>
      </div>
      {LEGS.filter((leg) => leg !== "rerank" || hit.scores?.rerank !== null).map((leg) => {
        const score = hit.scores?.[leg];
        return (
          <div key={leg}>
            <dt>{text(`search.${leg}`)}</dt>
            <dd>{typeof score === "number" ? shown(score) : <span className="soft">{text("search.missing")}</span>}</dd>
          </div>
        );
      })}
    </dl>
  );
}
