import { ArrowUp, Paperclip, Square, X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { FileTrigger } from "react-aria-components";

import { useText } from "../../i18n/text";
import { toast } from "../../ui/toast";
import { IconButton } from "../../ui/ui";
import { messages } from "./messages";

interface Props {
  busy: boolean;
  /** Documents are still being read that the question may be about. */
  waiting: boolean;
  canAttach: boolean;
  seesImages: boolean;
  onAttach: (files: File[]) => void;
  onSend: (text: string, images: readonly string[]) => void;
  onStop: () => void;
  children: ReactNode;
}

/** What the API takes of one picture. */
const LARGEST_IMAGE = 3_750_000;

export function Composer({ busy, waiting, canAttach, seesImages, onAttach, onSend, onStop, children }: Props) {
  const text = useText(messages);
  const [draft, setDraft] = useState("");
  const [images, setImages] = useState<readonly string[]>([]);
  const box = useRef<HTMLTextAreaElement>(null);
  const ready = !busy && !waiting && (draft.trim() !== "" || images.length > 0);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);

  function send() {
    if (!ready) return;
    onSend(draft.trim(), images);
    setDraft("");
    setImages([]);
    box.current?.focus();
  }

  async function paste(event: ClipboardEvent) {
    const pictures = [...event.clipboardData.files].filter((file) => /^image\/(png|jpeg|gif|webp)$/.test(file.type));
    if (!pictures.length) return;
    event.preventDefault();
    if (!seesImages) toast(text("composer.noImages"), "bad");
    else if (pictures.some((file) => file.size > LARGEST_IMAGE)) toast(text("composer.tooLarge"), "bad");
    else {
      const addresses = await Promise.all(pictures.map(dataAddress));
      setImages((before) => [...before, ...addresses]);
    }
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {images.length > 0 && <Pictures images={images} onRemove={(place) => setImages(images.filter((_, at) => at !== place))} />}
      <textarea
        ref={box}
        rows={1}
        value={draft}
        aria-label={text("composer.label")}
        aria-describedby="composer-hint"
        placeholder={text("composer.placeholder")}
        enterKeyHint="send"
        onChange={(event) => setDraft(event.target.value)}
        onPaste={(event) => void paste(event)}
        onKeyDown={(event) => {
          if (!sends(event)) return;
          event.preventDefault();
          send();
        }}
      />
      <span id="composer-hint" className="sr-only">
        {text("composer.hint")}
      </span>
      <div className="composer-row">
        {canAttach && (
          <FileTrigger allowsMultiple onSelect={(files) => files && onAttach([...files])}>
            <IconButton label={text("composer.attach")}>
              <Paperclip aria-hidden size={18} />
            </IconButton>
          </FileTrigger>
        )}
        <div className="composer-choices">{children}</div>
        {busy ? (
          <IconButton className="send" tone="primary" label={text("composer.stop")} onPress={onStop}>
            <Square aria-hidden size={15} fill="currentColor" />
          </IconButton>
        ) : (
          <IconButton className="send" tone="primary" type="submit" label={text("composer.send")} isDisabled={!ready}>
            <ArrowUp aria-hidden size={18} />
          </IconButton>
        )}
      </div>
    </form>
  );
}

/** Enter sends, but not the one that ends the composing of a Korean syllable (229 is what Safari reports of it). */
function sends(event: KeyboardEvent): boolean {
  const composing = event.nativeEvent.isComposing || event.keyCode === 229;
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !composing;
}

function dataAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error ?? new Error("unreadable")));
    reader.readAsDataURL(file);
  });
}

function Pictures({ images, onRemove }: { images: readonly string[]; onRemove: (place: number) => void }) {
  const text = useText(messages);
  return (
    <ul className="pictures">
      {images.map((address, place) => (
        <li key={address}>
          <img src={address} alt={text("composer.image", { number: place + 1 })} />
          <IconButton label={text("composer.removeImage", { number: place + 1 })} onPress={() => onRemove(place)}>
            <X aria-hidden size={14} />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
