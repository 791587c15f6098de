// Prompts: versions, what differs between them, labels, test calls.

import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "wouter";

import { answer, api } from "../../api/client";
import type { Prompt, PromptVersion } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";
import { useText } from "../../i18n/text";
import { Badge, Empty, ErrorNote, Loading, Page } from "../../ui/ui";
import { messages } from "./messages";
import { PromptSheet } from "./PromptSheet";

export default function PromptsPage() {
  const text = useText(messages);
  const [location] = useLocation();
  const name = decodeURIComponent(location.split("/")[2] ?? "");
  const prompts = useQuery({ queryKey: ["prompts"], queryFn: () => answer<List<PromptVersion>>(api.GET("/v1/prompts")) });
  const found = prompts.data?.data ?? [];
  return (
    <Page title={text("title")} lead={text("lead")}>
      {prompts.error && <ErrorNote error={prompts.error} />}
      {prompts.isPending && <Loading label={text("loading")} />}
      {prompts.data && found.length === 0 && <Empty title={text("none")} />}
      {found.length > 0 && (
        <div className="list-detail">
          <nav aria-label={text("list")}>
            {found.map((one) => (
              <Link key={one.name} href={`/prompts/${encodeURIComponent(one.name)}`} aria-current={one.name === name ? "page" : undefined}>
                {one.name} <Badge>{one.version}</Badge>
              </Link>
            ))}
          </nav>
          {name ? <Chosen key={name} name={name} /> : <Empty title={text("choose")} />}
        </div>
      )}
    </Page>
  );
}

function Chosen({ name }: { name: string }) {
  const text = useText(messages);
  const prompt = useQuery({
    queryKey: ["prompts", name],
    queryFn: () => answer<Prompt>(api.GET("/v1/prompts/{name}", { params: { path: { name } } })),
  });
  if (prompt.error) return <ErrorNote error={prompt.error} />;
  return prompt.data ? <PromptSheet prompt={prompt.data} /> : <Loading label={text("loading")} />;
}
