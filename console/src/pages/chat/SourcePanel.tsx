import { X } from "lucide-react";
import { useEffect, useRef } from "react";

import type { Reference } from "../../api/shapes";
import { DocumentView } from "../../documents/DocumentView";
import { useText } from "../../i18n/text";
import { IconButton, Note } from "../../ui/ui";
import { messages } from "./messages";

/** The cited document beside the answer, opened at the quote. */
export function SourcePanel({ reference, onClose }: { reference: Reference; onClose: () => void }) {
  const text = useText(messages);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
  const { index, source, page, file_id, version, file_start, file_end, quote, masked } = reference;
  return (
    <aside
      ref={panel}
      className="source-panel"
      aria-label={page === null ? text("marker", { index, source }) : text("marker.page", { index, source, page })}
      tabIndex={-1}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <header>
        <b className="marker">[{index}]</b>
        <h2>{source}</h2>
        {page !== null && <span className="soft">{text("source.page", { page })}</span>}
        <IconButton label={text("source.close")} onPress={onClose}>
          <X aria-hidden size={18} />
        </IconButton>
      </header>
      {masked && <Note tone="warn">{text("source.masked")}</Note>}
      <blockquote>{quote}</blockquote>
      <DocumentView
        key={`${file_id}/${version}`}
        place={{ fileId: file_id, version, page, quote: masked ? "" : quote, start: file_start, end: file_end }}
      />
    </aside>
  );
}
