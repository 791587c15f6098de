import { Pencil } from "lucide-react";
import { memo, useCallback, useState, useSyncExternalStore } from "react";

import type { Model, Reference } from "../../api/shapes";
import { useText } from "../../i18n/text";
import { Button, CopyButton, Field, IconButton } from "../../ui/ui";
import { AnswerView } from "./AnswerView";
import type { Conversation } from "./conversation";
import { messages } from "./messages";
import type { Turn, UserTurn } from "./turns";

export interface TurnProps {
  conversation: Conversation;
  turn: Turn;
  models: readonly Model[];
  onAsk: (question: string, images?: readonly string[], model?: string | null) => void;
  onSource: (reference: Reference) => void;
  source: Reference | null;
  plain: boolean;
}

/** What the session keeps of a message that the guard did not let in. */
const UNSAID = "[blocked]";

export const TurnView = memo(function TurnView({ turn: first, ...props }: TurnProps) {
  const { conversation } = props;
  const turn = useSyncExternalStore(
    useCallback((listener: () => void) => conversation.subscribeTurn(first.key, listener), [conversation, first.key]),
    () => conversation.turn(first.key) ?? first,
  );
  return turn.role === "user" ? <QuestionView turn={turn} onAsk={props.onAsk} /> : <AnswerView {...props} turn={turn} />;
});

function QuestionView({ turn, onAsk }: { turn: UserTurn; onAsk: TurnProps["onAsk"] }) {
  const text = useText(messages);
  const [editing, setEditing] = useState(false);
  const isUnsaid = turn.text === UNSAID;
  if (editing) return <Editing turn={turn} onAsk={onAsk} onDone={() => setEditing(false)} />;
  return (
    <article className="turn question" aria-label={text("you")}>
      <div className={isUnsaid ? "bubble soft" : "bubble"}>
        {turn.images.map((address, place) => (
          <img key={address} src={address} alt={text("composer.image", { number: place + 1 })} />
        ))}
        {isUnsaid ? text("guard.blockedQuestion") : turn.text}
      </div>
      {!isUnsaid && (
        <div className="turn-actions">
          <CopyButton value={turn.text} label={text("action.copyQuestion")} />
          <IconButton label={text("action.edit")} onPress={() => setEditing(true)}>
            <Pencil aria-hidden size={15} />
          </IconButton>
        </div>
      )}
    </article>
  );
}

function Editing({ turn, onAsk, onDone }: { turn: UserTurn; onAsk: TurnProps["onAsk"]; onDone: () => void }) {
  const text = useText(messages);
  const [draft, setDraft] = useState(turn.text);
  return (
    <form
      className="turn question editing"
      onSubmit={(event) => {
        event.preventDefault();
        onDone();
        onAsk(draft.trim(), turn.images);
      }}
    >
      <Field label={text("edit.label")} value={draft} onChange={setDraft} rows={3} autoFocus />
      <div className="actions">
        <Button onPress={onDone}>{text("edit.cancel")}</Button>
        <Button tone="primary" type="submit" isDisabled={!draft.trim()}>
          {text("edit.send")}
        </Button>
      </div>
    </form>
  );
}
