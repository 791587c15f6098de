// Forms that ask the API for something: it is asked once at a time, and what it refuses is said in the form.

import { createContext, type ReactNode, useContext, useState } from "react";

import { useText } from "../i18n/text";
import { jsonObject } from "./json_object";
import { messages } from "./messages";
import { Button, ErrorNote, Field, type FieldProps } from "./ui";

export interface Sending {
  busy: boolean;
  /** What the last try threw; null before one and from the next one on. */
  error: unknown;
  send: () => Promise<void>;
}

export function useSending(work: () => Promise<unknown>): Sending {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, send };
}

const IsBusy = createContext(false);

interface FormProps {
  sending: Sending;
  children: ReactNode;
  /** The row of buttons below the error; a form whose `Submit` stands among its fields has none. */
  buttons?: ReactNode;
  className?: string;
}

export function Form({ sending, children, buttons, className = "form" }: FormProps) {
  return (
    <form
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        void sending.send();
      }}
    >
      <IsBusy value={sending.busy}>
        {children}
        {sending.error !== null && <ErrorNote error={sending.error} />}
        {buttons && <div className="actions">{buttons}</div>}
      </IsBusy>
    </form>
  );
}

/** The button that sends its form; not while the form is being sent. */
export function Submit({ isReady = true, children }: { isReady?: boolean; children: ReactNode }) {
  const busy = useContext(IsBusy);
  return (
    <Button tone="primary" type="submit" isDisabled={busy || !isReady}>
      {children}
    </Button>
  );
}

/** A document written as JSON, which says so while it is no object; `jsonObject` reads its value. */
export function JsonField(props: FieldProps & { value: string }) {
  const text = useText(messages);
  return <Field {...props} error={jsonObject(props.value) ? undefined : text("notJson")} className="field code" />;
}
