import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { useLocation } from "wouter";

import { answer, api } from "../../api/client";
import { useScope } from "../../app/me";
import { useText } from "../../i18n/text";
import { Confirm } from "../../ui/dialogs";
import { toast } from "../../ui/toast";
import { Back, Button, ErrorNote, Loading, Page, useExplain } from "../../ui/ui";
import { Documents } from "./Documents";
import { DropZone } from "./DropZone";
import { messages } from "./messages";
import { storeQuery } from "./queries";
import { SearchPlayground } from "./SearchPlayground";
import { StoreState } from "./StoreList";

export function StorePage({ id }: { id: string }) {
  const text = useText(messages);
  const canWrite = useScope("knowledge:write");
  const store = useQuery(storeQuery(id));
  if (store.error) return <ErrorNote error={store.error} />;
  if (!store.data) return <Loading label={text("loading")} />;
  return (
    <Page title={store.data.name || id} actions={canWrite && <Deleting id={id} name={store.data.name || id} />}>
      <div className="row">
        <Back href="/knowledge" label={text("back")} />
        <StoreState store={store.data} />
      </div>
      <Tabs className="tabs">
        <TabList aria-label={store.data.name}>
          <Tab id="documents">{text("tab.documents")}</Tab>
          <Tab id="search">{text("tab.search")}</Tab>
        </TabList>
        <TabPanel id="documents">
          {canWrite && <DropZone store={id} />}
          <Documents store={store.data} />
        </TabPanel>
        <TabPanel id="search">
          <SearchPlayground store={id} />
        </TabPanel>
      </Tabs>
    </Page>
  );
}

function Deleting({ id, name }: { id: string; name: string }) {
  const text = useText(messages);
  const explain = useExplain();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  async function remove() {
    try {
      await answer(api.DELETE("/v1/vector_stores/{vector_store_id}", { params: { path: { vector_store_id: id } } }));
      await queries.invalidateQueries({ queryKey: ["stores"] });
      navigate("/knowledge");
    } catch (error) {
      toast(explain(error), "bad");
    }
  }
  return (
    <Confirm
      trigger={<Button>{text("stores.delete")}</Button>}
      title={text("stores.deleteTitle")}
      body={text("stores.deleteBody", { name })}
      action={text("stores.delete")}
      onConfirm={() => void remove()}
    />
  );
}
