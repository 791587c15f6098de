// Code to take along, with a button that copies it.

import { useText } from "../i18n/text";
import { messages } from "./messages";
import { CopyButton } from "./ui";

export function Snippet({ title, code }: { title: string; code: string }) {
  const text = useText(messages);
  return (
    <figure className="snippet">
      <figcaption className="row">
        <strong>{title}</strong> <CopyButton value={code} label={text("copy", { title })} />
      </figcaption>
      <pre className="json" tabIndex={0} aria-label={title}>
        {code}
      </pre>
    </figure>
  );
}
