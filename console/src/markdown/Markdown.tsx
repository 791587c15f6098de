// Markdown as React elements, built from the tree: no HTML is ever parsed, no image or other thing is ever fetched.
import type { Nodes, Parents, Table } from "mdast";
import { createElement, Fragment, lazy, memo, type ReactNode, Suspense, useMemo } from "react";

import { useText } from "../i18n/text";
import { messages } from "./messages";
import { blocks, parse, pieces, safeAddress } from "./parse";

const Code = lazy(() => import("./Code"));
const Formula = lazy(() => import("./Formula"));

/** What stands for the marker `[n]`; null where nothing of that number is cited. */
export type Marker = (index: number) => ReactNode | null;

interface Props {
  text: string;
  marker?: Marker;
}

/** A whole text. While it grows only its last block is read again. */
export function Markdown({ text, marker }: Props) {
  const parts = useMemo(() => blocks(text), [text]);
  return (
    <div className="markdown">
      {parts.map((part, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- blocks are only ever added at the end
        <Block key={place} text={part} {...(marker ? { marker } : {})} />
      ))}
    </div>
  );
}

const Block = memo(function Block({ text, marker }: Props) {
  const tree = useMemo(() => parse(text), [text]);
  return <Children of={tree} marker={marker} />;
});

interface NodeProps<Kind> {
  of: Kind;
  marker: Marker | undefined;
}

function Children({ of, marker }: NodeProps<Parents>) {
  return of.children.map((child, place) => (
    // oxlint-disable-next-line react/no-array-index-key -- the tree is never reordered
    <Node key={place} of={child} marker={marker} />
  ));
}

type Render = (node: never, marker: Marker | undefined) => ReactNode;

/** An element around a node's children. */
const around =
  (tag: string): ((node: Parents, marker: Marker | undefined) => ReactNode) =>
  (node, marker) =>
    createElement(tag, null, <Children of={node} marker={marker} />);

type Of<Kind extends Nodes["type"]> = Extract<Nodes, { type: Kind }>;

const RENDER: { [Kind in Nodes["type"]]?: (node: Of<Kind>, marker: Marker | undefined) => ReactNode } = {
  paragraph: around("p"),
  emphasis: around("em"),
  strong: around("strong"),
  delete: around("del"),
  blockquote: around("blockquote"),
  linkReference: (node, marker) => <Bracketed of={node} marker={marker} />,
  // Headings of an answer stand below those of the page.
  heading: (node, marker) => createElement(`h${Math.min(6, node.depth + 2)}`, null, <Children of={node} marker={marker} />),
  text: (node, marker) => <Running text={node.value} marker={marker} />,
  inlineCode: (node) => <code>{node.value}</code>,
  code: (node) => (
    <Suspense fallback={<pre>{node.value}</pre>}>
      <Code text={node.value} language={node.lang ?? ""} />
    </Suspense>
  ),
  math: (node) => <Tex text={node.value} display />,
  inlineMath: (node) => <Tex text={node.value} />,
  break: () => <br />,
  thematicBreak: () => <hr />,
  html: (node) => <Fragment>{node.value}</Fragment>,
  link: (node, marker) => <Link of={node} marker={marker} />,
  image: (node) => <Image alt={node.alt ?? ""} url={node.url} />,
  imageReference: (node) => <Image alt={node.alt ?? ""} url="" />,
  footnoteReference: (node) => <sup>{node.label ?? node.identifier}</sup>,
  footnoteDefinition: around("div"),
  list: (node, marker) =>
    createElement(
      node.ordered ? "ol" : "ul",
      node.ordered && node.start !== 1 ? { start: node.start } : null,
      <Children of={node} marker={marker} />,
    ),
  listItem: (node, marker) => (
    <li className={node.checked === undefined || node.checked === null ? undefined : "task"}>
      {typeof node.checked === "boolean" && (
        <input type="checkbox" checked={node.checked} readOnly disabled aria-label={String(node.checked)} />
      )}
      <Children of={node} marker={marker} />
    </li>
  ),
  table: (node, marker) => <Grid of={node} marker={marker} />,
};

function Node({ of, marker }: NodeProps<Nodes>): ReactNode {
  const render = RENDER[of.type] as Render | undefined;
  return render ? render(of as never, marker) : null;
}

function Running({ text, marker }: { text: string; marker: Marker | undefined }) {
  return pieces(text).map(({ kind, value }, place) => {
    const shown = kind === "math" ? <Tex text={value} /> : kind === "marker" ? (marker?.(Number(value)) ?? `[${value}]`) : value;
    // oxlint-disable-next-line react/no-array-index-key -- pieces are never reordered
    return <Fragment key={place}>{shown}</Fragment>;
  });
}

function Tex({ text, display = false }: { text: string; display?: boolean }) {
  return (
    <Suspense fallback={<code>{text}</code>}>
      <Formula tex={text} display={display} />
    </Suspense>
  );
}

function Link({ of, marker }: NodeProps<Of<"link">>) {
  const only = of.children.length === 1 && of.children[0]?.type === "text" ? of.children[0].value : "";
  const cited = /^\d{1,3}$/.test(only) ? marker?.(Number(only)) : null;
  if (cited) {
    return (
      <>
        {cited}({of.url})
      </>
    );
  }
  const address = safeAddress(of.url);
  if (!address) return <Children of={of} marker={marker} />;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
      <Children of={of} marker={marker} />
    </a>
  );
}

/** `[text][1]`: no definitions travel with an answer, so the brackets are meant as such. */
function Bracketed({ of, marker }: NodeProps<Of<"linkReference">>) {
  return (
    <>
      [<Children of={of} marker={marker} />]
    </>
  );
}

/** Pictures from elsewhere are named, never loaded: loading one would tell its server who reads what. */
function Image({ alt, url }: { alt: string; url: string }) {
  const text = useText(messages);
  const address = safeAddress(url);
  const words = text("image", { alt: alt || url });
  return address ? (
    <a href={address} target="_blank" rel="noopener noreferrer nofollow">
      {words}
    </a>
  ) : (
    <span>{words}</span>
  );
}

function Grid({ of, marker }: NodeProps<Table>) {
  const text = useText(messages);
  const [head, ...rows] = of.children;
  const side = (place: number) => of.align?.[place] ?? undefined;
  const cells = (row: Table["children"][number], tag: "th" | "td") =>
    row.children.map((cell, place) =>
      // oxlint-disable-next-line react/no-array-index-key -- cells are never reordered
      createElement(
        tag,
        { key: place, "data-align": side(place), scope: tag === "th" ? "col" : undefined },
        <Children of={cell} marker={marker} />,
      ),
    );
  return (
    <div className="table-scroll" role="region" aria-label={text("table")} tabIndex={0}>
      <table className="table">
        <thead>{head && <tr>{cells(head, "th")}</tr>}</thead>
        <tbody>
          {rows.map((row, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows are never reordered
            <tr key={place}>{cells(row, "td")}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
