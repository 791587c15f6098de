// Chains: what there is, how it is built, its runs.

import { useQuery } from "@tanstack/react-query";
import { Link, Route, Switch } from "wouter";

import { answer, api } from "../../api/client";
import type { Chain, ChainVersion } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";
import { useText } from "../../i18n/text";
import { Badge, Empty, ErrorNote, Loading, Page } from "../../ui/ui";
import { ChainSheet } from "./ChainSheet";
import { messages } from "./messages";
import { RunSheet } from "./RunSheet";

export default function ChainsPage() {
  const text = useText(messages);
  return (
    <Page title={text("title")} lead={text("lead")}>
      <Switch>
        <Route path="/chains/:name/runs/:run">{({ name, run }) => <RunSheet key={run} chain={decodeURIComponent(name)} run={run} />}</Route>
        <Route path="/chains/:name">{({ name }) => <Chains name={decodeURIComponent(name)} />}</Route>
        <Route>
          <Chains name={null} />
        </Route>
      </Switch>
    </Page>
  );
}

function Chains({ name }: { name: string | null }) {
  const text = useText(messages);
  const chains = useQuery({ queryKey: ["chains"], queryFn: () => answer<List<ChainVersion>>(api.GET("/v1/chains")) });
  const found = chains.data?.data ?? [];
  if (chains.error) return <ErrorNote error={chains.error} />;
  if (chains.isPending) return <Loading label={text("loading")} />;
  if (found.length === 0) return <Empty title={text("none")} />;
  return (
    <div className="list-detail">
      <nav aria-label={text("list")}>
        {found.map((one) => (
          <Link key={one.name} href={`/chains/${encodeURIComponent(one.name)}`} aria-current={one.name === name ? "page" : undefined}>
            {one.name} <Badge>{one.version}</Badge>
          </Link>
        ))}
      </nav>
      {name ? <Chosen key={name} name={name} /> : <Empty title={text("choose")} />}
    </div>
  );
}

function Chosen({ name }: { name: string }) {
  const text = useText(messages);
  const chain = useQuery({
    queryKey: ["chains", name],
    queryFn: () => answer<Chain>(api.GET("/v1/chains/{name}", { params: { path: { name } } })),
  });
  if (chain.error) return <ErrorNote error={chain.error} />;
  return chain.data ? <ChainSheet chain={chain.data} /> : <Loading label={text("loading")} />;
}
