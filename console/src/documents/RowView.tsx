// A row of structured data as an answer cites it: what it says now, the quoted words marked where it still says them.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { answer, api } from "../api/client";
import { useText } from "../i18n/text";
import { ErrorNote, Loading, Note } from "../ui/ui";
import { split } from "./codepoints";
import type { Place } from "./DocumentView";
import { messages } from "./messages";

/** What the ids of rows begin with, where those of files have their own. */
export const ROW = "data:";

interface Row {
  view: string;
  reference: string;
  text: string;
  version: number;
}

export function RowView({ place }: { place: Place }) {
  const text = useText(messages);
  // A slash within the key is percent-encoded there.
  const [view = "", key = ""] = place.fileId.slice(ROW.length).split("/");
  const row = useQuery({
    queryKey: ["row", place.fileId, place.version],
    queryFn: () => answer<Row>(api.GET("/v1/data/{view}/row", { params: { path: { view }, query: { key } } })),
  });
  if (row.error) return <ErrorNote error={row.error} />;
  if (!row.data) return <Loading label={text("loading")} />;
  const isCurrent = row.data.version === place.version;
  const [before, quote, after] = isCurrent ? split(row.data.text, place.start, place.end) : [row.data.text, "", ""];
  return (
    <div className="document">
      <div className="document-bar">
        <Link href={`/knowledge/data/${view}`}>{row.data.reference}</Link>
      </div>
      {!isCurrent && <Note tone="warn">{text("changed")}</Note>}
      <div className="rendering" role="region" aria-label={text("text")} tabIndex={0}>
        {before}
        {quote && <mark>{quote}</mark>}
        {after}
      </div>
    </div>
  );
}
