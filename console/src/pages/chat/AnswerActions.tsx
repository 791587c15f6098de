import { RefreshCw, SquarePen, ThumbsDown, ThumbsUp } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";

import { answer, api } from "../../api/client";
import { useText } from "../../i18n/text";
import { ModalDialog } from "../../ui/dialogs";
import { toast } from "../../ui/toast";
import { Badge, Button, CopyButton, Field, IconButton, Select, useExplain } from "../../ui/ui";
import { messages } from "./messages";
import type { AssistantTurn } from "./turns";
import type { TurnProps } from "./TurnView";

type Props = Pick<TurnProps, "conversation" | "models" | "onAsk"> & { turn: AssistantTurn };
type Rating = "like" | "dislike";

export function AnswerActions({ conversation, turn, models, onAsk }: Props) {
  const text = useText(messages);
  const [given, setGiven] = useState<Rating | null>(null);
  const [dialog, setDialog] = useState<"dislike" | "correct" | null>(null);
  const give = useFeedback(conversation.session, turn.messageId, (rating) => {
    setGiven(rating);
    setDialog(null);
  });
  return (
    <div className="turn-actions">
      <CopyButton value={turn.text} label={text("action.copy")} />
      {turn.messageId && (
        <>
          <IconButton label={text("action.like")} aria-pressed={given === "like"} onPress={() => give("like")}>
            <ThumbsUp aria-hidden size={15} />
          </IconButton>
          <IconButton label={text("action.dislike")} aria-pressed={given === "dislike"} onPress={() => setDialog("dislike")}>
            <ThumbsDown aria-hidden size={15} />
          </IconButton>
          <IconButton label={text("action.correct")} onPress={() => setDialog("correct")}>
            <SquarePen aria-hidden size={15} />
          </IconButton>
        </>
      )}
      {turn.question.text && <Again models={models} onPick={(model) => onAsk(turn.question.text, turn.question.images, model)} />}
      {turn.model && <Badge>{text("askedWith", { model: turn.model })}</Badge>}
      <Dislike isOpen={dialog === "dislike"} onClose={() => setDialog(null)} onSend={(comment) => give("dislike", { comment })} />
      <Correct
        isOpen={dialog === "correct"}
        original={turn.text}
        onClose={() => setDialog(null)}
        onSend={(correction) => give("dislike", { correction })}
      />
    </div>
  );
}

function useFeedback(session: string, messageId: string | null, onDone: (rating: Rating) => void) {
  const text = useText(messages);
  const explain = useExplain();
  return (rating: Rating, more: { comment?: string; correction?: string } = {}) => {
    const body = { message_id: messageId ?? "", session_id: session, rating, ...more };
    answer(api.POST("/v1/feedback", { body })).then(
      () => {
        onDone(rating);
        toast(text("feedback.thanks"));
      },
      (error: unknown) => toast(explain(error), "bad"),
    );
  };
}

function Again({ models, onPick }: { models: Props["models"]; onPick: (model: string) => void }) {
  const text = useText(messages);
  return (
    <MenuTrigger>
      <IconButton label={text("action.again")}>
        <RefreshCw aria-hidden size={15} />
      </IconButton>
      <Popover className="popover" placement="bottom start">
        <Menu className="menu" aria-label={text("action.again")} items={models} onAction={(id) => onPick(String(id))}>
          {(model) => (
            <MenuItem id={model.id} textValue={model.id}>
              {model.id}
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

const REASONS = ["wrong", "unsupported", "incomplete", "unclear", "other"] as const;
type Reason = (typeof REASONS)[number];

interface DislikeProps {
  isOpen: boolean;
  onClose: () => void;
  onSend: (comment: string) => void;
}

function Dislike({ isOpen, onClose, onSend }: DislikeProps) {
  const text = useText(messages);
  const [reason, setReason] = useState<Reason>("wrong");
  const [comment, setComment] = useState("");
  function submit(event: FormEvent) {
    event.preventDefault();
    // The reason leads in a word that does not depend on the language of the screen, so that reports can count it.
    onSend(comment.trim() ? `${reason}: ${comment.trim()}` : reason);
  }
  return (
    <ModalDialog title={text("dislike.title")} isOpen={isOpen} onClose={onClose}>
      <form className="card plain" onSubmit={submit}>
        <Select
          label={text("dislike.reason")}
          options={REASONS.map((id) => ({ id, name: text(`dislike.${id}`) }))}
          value={reason}
          onChange={(id) => setReason(id as Reason)}
        />
        <Field label={text("dislike.comment")} rows={3} value={comment} onChange={setComment} maxLength={4900} />
        <div className="actions">
          <Button tone="primary" type="submit">
            {text("feedback.send")}
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}

function Correct({
  isOpen,
  original,
  onClose,
  onSend,
}: {
  isOpen: boolean;
  original: string;
  onClose: () => void;
  onSend: (correction: string) => void;
}) {
  const text = useText(messages);
  const [draft, setDraft] = useState(original);
  return (
    <ModalDialog title={text("correct.title")} isOpen={isOpen} onClose={onClose}>
      <form
        className="card plain"
        onSubmit={(event) => {
          event.preventDefault();
          onSend(draft.trim());
        }}
      >
        <Field label={text("correct.label")} rows={8} value={draft} onChange={setDraft} maxLength={20_000} autoFocus />
        <div className="actions">
          <Button tone="primary" type="submit" isDisabled={!draft.trim() || draft === original}>
            {text("feedback.send")}
          </Button>
        </div>
      </form>
    </ModalDialog>
  );
}
