import { X } from "lucide-react";
import { useSyncExternalStore } from "react";

import { useText } from "../i18n/text";
import { messages } from "./messages";
import { dismissToast, shownToasts, subscribeToasts } from "./toast";
import { IconButton } from "./ui";

export function Toasts() {
  const text = useText(messages);
  const shown = useSyncExternalStore(subscribeToasts, shownToasts);
  return (
    <section className="toasts" aria-label={text("toasts")} aria-live="polite">
      {shown.map((one) => (
        <div key={one.id} className={`toast ${one.tone}`}>
          {one.text}
          <IconButton label={text("dismiss")} onPress={() => dismissToast(one.id)}>
            <X aria-hidden size={16} />
          </IconButton>
        </div>
      ))}
    </section>
  );
}
