// A page of a PDF as it was drawn, the quoted words marked in it.
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type PDFDocumentProxy, type PDFPageProxy, TextLayer } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";

import { useText } from "../i18n/text";
import { ErrorNote, IconButton, Loading, Note } from "../ui/ui";
import { findQuote, type Span } from "./matching";
import { messages } from "./messages";
import { openPdf } from "./pdf";

interface Props {
  data: ArrayBuffer;
  page: number;
  quote: string;
}

export default function PdfView({ data, page: first, quote }: Props) {
  const text = useText(messages);
  const [document, setDocument] = useState<PDFDocumentProxy | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [page, setPage] = useState(first);
  useEffect(() => setPage(first), [first, quote]);
  useEffect(() => {
    // The worker takes the bytes away, so it gets its own.
    const task = openPdf(data.slice(0));
    task.promise.then(setDocument, (failure: unknown) => setError(failure));
    return () => void task.destroy();
  }, [data]);
  if (error) return <ErrorNote error={error} />;
  if (!document) return <Loading label={text("loading")} />;
  const pages = document.numPages;
  return (
    <div className="pdf">
      <div className="pdf-bar">
        <IconButton label={text("previous")} isDisabled={page <= 1} onPress={() => setPage(page - 1)}>
          <ChevronLeft aria-hidden size={18} />
        </IconButton>
        <span role="status">{text("page", { page, pages })}</span>
        <IconButton label={text("next")} isDisabled={page >= pages} onPress={() => setPage(page + 1)}>
          <ChevronRight aria-hidden size={18} />
        </IconButton>
      </div>
      <Sheet document={document} page={page} quote={quote} isFirst={page === first} before={page === first + 1 ? first : null} />
    </div>
  );
}

interface SheetProps {
  document: PDFDocumentProxy;
  page: number;
  quote: string;
  /** Whether the quote begins here; on the page after it, `before` is that page. */
  isFirst: boolean;
  before: number | null;
}

function Sheet({ document, page, quote, isFirst, before }: SheetProps) {
  const text = useText(messages);
  const place = useRef<HTMLDivElement>(null);
  const [missed, setMissed] = useState(false);
  useEffect(() => {
    const sheet = place.current;
    if (!sheet) return;
    const drawing = new AbortController();
    const draw = async () => {
      const drawn = await document.getPage(page);
      if (drawing.signal.aborted) return;
      const pieces = await drawPage(drawn, sheet, drawing.signal);
      const wanted = isFirst ? quote : before === null ? "" : await restOf(document, before, quote);
      if (drawing.signal.aborted) return;
      const { spans } = wanted
        ? findQuote(
            pieces.map((one) => one.textContent ?? ""),
            wanted,
          )
        : { spans: [] };
      mark(pieces, spans);
      setMissed(isFirst && quote !== "" && spans.length === 0);
      sheet.querySelector("mark")?.scrollIntoView({ block: "center", behavior: "instant" });
      sheet.dataset["drawn"] = String(page);
    };
    void draw().catch(() => undefined); // a page that is left while it is drawn
    return () => drawing.abort();
  }, [document, page, quote, isFirst, before]);
  return (
    <>
      {missed && <Note tone="warn">{text("unmarked")}</Note>}
      <div ref={place} className="sheet" aria-label={text("page", { page, pages: document.numPages })} role="region" tabIndex={0} />
    </>
  );
}

/** What of the quote stands on the page after the one where it begins. */
async function restOf(document: PDFDocumentProxy, page: number, quote: string): Promise<string> {
  const content = await (await document.getPage(page)).getTextContent();
  return findQuote(
    content.items.map((item) => ("str" in item ? item.str : "")),
    quote,
  ).rest;
}

/** Draws the page as wide as its place, its text invisible above it so that it can be marked, selected and read aloud. */
async function drawPage(page: PDFPageProxy, sheet: HTMLElement, signal: AbortSignal): Promise<HTMLElement[]> {
  const scale = sheet.clientWidth / page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale });
  const density = Math.min(2, window.devicePixelRatio || 1);
  const canvas = window.document.createElement("canvas");
  canvas.width = Math.floor(viewport.width * density);
  canvas.height = Math.floor(viewport.height * density);
  canvas.ariaHidden = "true";
  const layer = window.document.createElement("div");
  layer.className = "textLayer";
  layer.style.setProperty("--total-scale-factor", String(scale));
  sheet.style.height = `${viewport.height}px`;
  const rendering = page.render({ canvas, viewport, transform: [density, 0, 0, density, 0, 0] });
  signal.addEventListener("abort", () => rendering.cancel());
  await rendering.promise;
  const text = new TextLayer({ textContentSource: await page.getTextContent(), container: layer, viewport });
  await text.render();
  sheet.replaceChildren(canvas, layer);
  return text.textDivs;
}

function mark(pieces: readonly HTMLElement[], spans: readonly Span[]): void {
  for (const { item, start, end } of spans) {
    const piece = pieces[item];
    const words = piece?.textContent ?? "";
    if (!piece) continue;
    const marked = window.document.createElement("mark");
    marked.textContent = words.slice(start, end);
    piece.replaceChildren(words.slice(0, start), marked, words.slice(end));
  }
}
