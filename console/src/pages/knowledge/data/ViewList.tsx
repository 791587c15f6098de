import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";

import { currentLanguage } from "../../../app/preferences";
import { type Text, useText } from "../../../i18n/text";
import { type Column, DataTable } from "../../../ui/data";
import { Back, Empty, ErrorNote, Loading, Page } from "../../../ui/ui";
import { messages } from "./messages";
import { type View, viewsQuery } from "./views";

export function ViewList() {
  const text = useText(messages);
  const views = useQuery(viewsQuery);
  return (
    <Page title={text("title")} lead={text("lead")}>
      <div className="row">
        <Back href="/knowledge" label={text("stores")} />
      </div>
      {views.error && <ErrorNote error={views.error} />}
      {views.isPending && <Loading label={text("loading")} />}
      {views.data?.length === 0 && <Empty title={text("none")} body={text("noneBody")} />}
      {views.data && views.data.length > 0 && (
        <DataTable label={text("title")} columns={columns(text)} rows={views.data} rowKey={(one) => one.id} empty={text("none")} />
      )}
    </Page>
  );
}

function columns(text: Text<keyof typeof messages.en>): Column<View>[] {
  return [
    { title: text("view"), cell: (one) => <Link href={`/knowledge/data/${one.id}`}>{one.id}</Link> },
    { title: text("about"), cell: (one) => one.description[currentLanguage()] },
    { title: text("columns"), cell: (one) => one.columns.map((column) => column.name).join(", ") },
  ];
}
