import { FileText, X } from "lucide-react";

import { useText } from "../../i18n/text";
import { Bar, IconButton } from "../../ui/ui";
import type { Attachment, Attachments } from "./attachments";
import { messages } from "./messages";

export function AttachmentBar({ attachments }: { attachments: Attachments }) {
  const text = useText(messages);
  if (!attachments.list.length) return null;
  return (
    <ul className="attachments" aria-label={text("attachment.list")}>
      {attachments.list.map((one) => (
        <li key={one.key} data-state={one.state}>
          <FileText aria-hidden size={16} />
          <span className="attachment-name">{one.name}</span>
          <State attachment={one} />
          <IconButton label={text("attachment.remove", { name: one.name })} onPress={() => attachments.remove(one)}>
            <X aria-hidden size={14} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function State({ attachment }: { attachment: Attachment }) {
  const text = useText(messages);
  const { state, percent, reason } = attachment;
  if (state === "uploading") return <Bar label={text("attachment.uploading", { percent })} share={percent / 100} />;
  return (
    <span className={state === "failed" ? "attachment-state bad" : "attachment-state"} role="status">
      {text(`attachment.${state}`, { reason })}
    </span>
  );
}
