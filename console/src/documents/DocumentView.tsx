// A document at a place: as it was drawn where it is a PDF, else its extracted text, the quoted words marked.
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";

import { answer, api, download, save } from "../api/client";
import type { StoredFile } from "../api/shapes";
import { useText } from "../i18n/text";
import { ErrorNote, IconButton, Loading, Note } from "../ui/ui";
import { split } from "./codepoints";
import "./documents.css";
import { messages } from "./messages";
import { ROW, RowView } from "./RowView";

const PdfView = lazy(() => import("./PdfView"));

export interface Place {
  fileId: string;
  version: number;
  page: number | null;
  quote: string;
  /** Code points of the rendering, the end exclusive. */
  start: number;
  end: number;
}

export function DocumentView({ place }: { place: Place }) {
  return place.fileId.startsWith(ROW) ? <RowView place={place} /> : <FileView place={place} />;
}

function FileView({ place }: { place: Place }) {
  const text = useText(messages);
  const file = useQuery({
    queryKey: ["file", place.fileId],
    queryFn: () => answer<StoredFile>(api.GET("/v1/files/{file_id}", { params: { path: { file_id: place.fileId } } })),
  });
  const [view, setView] = useState<"original" | "text">("original");
  if (file.error) return <ErrorNote error={file.error} />;
  if (!file.data) return <Loading label={text("loading")} />;
  const isCurrent = file.data.version === place.version;
  const isPdf = isCurrent && file.data.filename.toLowerCase().endsWith(".pdf");
  return (
    <div className="document">
      <div className="document-bar">
        {isPdf && (
          <ToggleButtonGroup
            className="segments"
            aria-label={text("view")}
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[view]}
            onSelectionChange={(keys) => setView([...keys][0] as typeof view)}
          >
            <ToggleButton id="original">{text("view.original")}</ToggleButton>
            <ToggleButton id="text">{text("view.text")}</ToggleButton>
          </ToggleButtonGroup>
        )}
        <Original file={file.data} />
      </div>
      {!isCurrent && <Note tone="warn">{text("older", { version: place.version })}</Note>}
      {isPdf && view === "original" ? <Pdf place={place} /> : <TextView place={place} />}
    </div>
  );
}

function Original({ file }: { file: StoredFile }) {
  const text = useText(messages);
  const fetchIt = async () => save(await (await download(`/v1/files/${file.id}/content`)).blob(), file.filename);
  return (
    <IconButton label={text("download")} onPress={() => void fetchIt()}>
      <Download aria-hidden size={17} />
    </IconButton>
  );
}

function Pdf({ place }: { place: Place }) {
  const text = useText(messages);
  const data = useQuery({
    queryKey: ["content", place.fileId, place.version],
    queryFn: async ({ signal }) => (await download(`/v1/files/${place.fileId}/content`, {}, signal)).arrayBuffer(),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  if (data.error) return <ErrorNote error={data.error} />;
  if (!data.data) return <Loading label={text("loading")} />;
  return (
    <Suspense fallback={<Loading label={text("loading")} />}>
      <PdfView data={data.data} page={place.page ?? 1} quote={place.quote} />
    </Suspense>
  );
}

/** Characters around the place that are put on the screen: a whole book would make it slow. */
const AROUND = 60_000;

function TextView({ place }: { place: Place }) {
  const text = useText(messages);
  const marked = useRef<HTMLElement>(null);
  const rendering = useQuery({
    queryKey: ["rendering", place.fileId, place.version],
    queryFn: async ({ signal }) => (await download(`/v1/files/${place.fileId}/rendering?version=${place.version}`, {}, signal)).text(),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  useEffect(() => {
    // Newer browsers answer with a promise, which an effect must not return.
    void marked.current?.scrollIntoView({ block: "center", behavior: "instant" });
  }, [rendering.data, place.start, place.end]);
  if (rendering.error) return <ErrorNote error={rendering.error} />;
  if (rendering.data === undefined) return <Loading label={text("loading")} />;
  const [before, quote, after] = split(rendering.data, place.start, place.end);
  return (
    <div className="rendering" role="region" aria-label={text("text")} tabIndex={0}>
      {before.length > AROUND && "… "}
      {before.slice(-AROUND)}
      {quote && <mark ref={marked}>{quote}</mark>}
      {after.slice(0, AROUND)}
      {after.length > AROUND && " …"}
    </div>
  );
}
