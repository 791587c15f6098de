// A block of code, coloured by the tree that highlight.js makes of it.
import type { ElementContent, RootContent } from "hast";
import { common, createLowlight } from "lowlight";
import { Fragment, type ReactNode, useMemo } from "react";

import { useText } from "../i18n/text";
import { CopyButton } from "../ui/ui";
import { messages } from "./messages";

const lowlight = createLowlight(common);
/** Longer code is shown as it is: colours would take longer than reading it. */
const LONGEST = 30_000;

export default function Code({ text: code, language }: { text: string; language: string }) {
  const text = useText(messages);
  const tree = useMemo(
    () => (lowlight.registered(language) && code.length < LONGEST ? lowlight.highlight(language, code).children : null),
    [code, language],
  );
  return (
    <div className="code">
      <div className="code-head">
        <span>{language || text("code.region")}</span>
        <CopyButton value={code} label={text("code.copy")} size={14} />
      </div>
      <pre tabIndex={0} aria-label={text("code.region")} role="region">
        <code>{tree ? coloured(tree) : code}</code>
      </pre>
    </div>
  );
}

function coloured(nodes: readonly (RootContent | ElementContent)[]): ReactNode {
  return nodes.map((node, place) => {
    if (node.type === "text") return node.value;
    if (node.type !== "element") return null;
    const names = node.properties["className"];
    return (
      // oxlint-disable-next-line react/no-array-index-key -- the tree is never reordered
      <Fragment key={place}>
        <span className={Array.isArray(names) ? names.join(" ") : ""}>{coloured(node.children)}</span>
      </Fragment>
    );
  });
}
