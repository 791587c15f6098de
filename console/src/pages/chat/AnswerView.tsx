import { LoaderCircle, ShieldAlert } from "lucide-react";
import { useCallback } from "react";

import type { Reference } from "../../api/shapes";
import { useText } from "../../i18n/text";
import { Markdown } from "../../markdown/Markdown";
import { Note, useExplain } from "../../ui/ui";
import { AnswerActions } from "./AnswerActions";
import { messages } from "./messages";
import type { AssistantTurn } from "./turns";
import type { TurnProps } from "./TurnView";

type Props = Omit<TurnProps, "turn"> & { turn: AssistantTurn };

export function AnswerView({ turn, onSource, source, ...props }: Props) {
  const text = useText(messages);
  const { references } = turn;
  const marker = useCallback(
    (index: number) => {
      const reference = references.find((one) => one.index === index);
      return reference ? <Marker reference={reference} isOpen={isSame(reference, source)} onPress={onSource} /> : null;
    },
    [references, onSource, source],
  );
  return (
    <article className="turn answer" aria-label={text("assistant")} data-status={turn.status}>
      {turn.text && <Markdown text={turn.text} marker={marker} />}
      <Progress turn={turn} plain={props.plain} />
      {references.length > 0 && turn.status !== "under way" && <Sources references={references} onSource={onSource} />}
      {turn.status !== "under way" && <AnswerActions {...props} turn={turn} />}
    </article>
  );
}

const isSame = (one: Reference, other: Reference | null): boolean =>
  other !== null && one.chunk_id === other.chunk_id && one.file_start === other.file_start && one.index === other.index;

/** Where the answer is, and what became of it, in words. */
function Progress({ turn, plain }: { turn: AssistantTurn; plain: boolean }) {
  const text = useText(messages);
  const explain = useExplain();
  if (turn.status === "under way") {
    return (
      <p className="stage">
        <LoaderCircle aria-hidden size={15} className="spin" /> {text(`stage.${turn.stage}`, { count: turn.documents.length })}
      </p>
    );
  }
  const isMasked = turn.guard !== null && /mask|redact|pseudonym/.test(turn.guard.action);
  return (
    <>
      {turn.status === "stopped" && <p className="stage">{text(plain ? "status.stoppedPlain" : "status.stopped")}</p>}
      {turn.status === "cut" && <Note tone="warn">{text("status.cut")}</Note>}
      {turn.status === "failed" && <Note tone="bad">{turn.error ? explain(turn.error) : text("status.failed")}</Note>}
      {turn.status === "blocked" && (
        <p className="guard-note">
          <ShieldAlert aria-hidden size={15} /> {text("status.blocked")}
        </p>
      )}
      {isMasked && (
        <p className="guard-note">
          <ShieldAlert aria-hidden size={15} /> {text("guard.mask")}
        </p>
      )}
      {turn.guard?.unchecked && <p className="guard-note">{text("guard.unchecked", { names: turn.guard.unchecked.join(", ") })}</p>}
    </>
  );
}

function Marker({ reference, isOpen, onPress }: { reference: Reference; isOpen: boolean; onPress: (reference: Reference) => void }) {
  const text = useText(messages);
  const { index, source, page } = reference;
  if (reference.withheld) {
    return (
      <span className="marker withheld" title={text("marker.withheld", { index })}>
        [{index}]
      </span>
    );
  }
  const label = page === null ? text("marker", { index, source }) : text("marker.page", { index, source, page });
  return (
    <button
      type="button"
      className="marker"
      aria-label={label}
      aria-pressed={isOpen}
      title={reference.quote}
      onClick={() => onPress(reference)}
    >
      [{index}]
    </button>
  );
}

function Sources({ references, onSource }: { references: readonly Reference[]; onSource: (reference: Reference) => void }) {
  const text = useText(messages);
  return (
    <section className="sources" aria-label={text("sources")}>
      <ol>
        {references.map((reference) => (
          <li key={reference.index} value={reference.index}>
            {reference.withheld ? (
              <span className="source soft">
                <b>{reference.index}</b> {text("source.withheld")}
              </span>
            ) : (
              <button type="button" className="source" onClick={() => onSource(reference)}>
                <b>{reference.index}</b>
                <span className="source-name">{reference.source}</span>
                {reference.page !== null && <span className="soft">{text("source.page", { page: reference.page })}</span>}
              </button>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
