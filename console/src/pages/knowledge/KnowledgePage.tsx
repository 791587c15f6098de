import { Route, Switch } from "wouter";

import { ViewList } from "./data/ViewList";
import { ViewPage } from "./data/ViewPage";
import { DocumentPage } from "./DocumentPage";
import "./knowledge.css";
import { SourceList } from "./sources/SourceList";
import { SourcePage } from "./sources/SourcePage";
import { StoreList } from "./StoreList";
import { StorePage } from "./StorePage";

export default function KnowledgePage() {
  return (
    <Switch>
      <Route path="/knowledge">
        <StoreList />
      </Route>
      <Route path="/knowledge/sources">
        <SourceList />
      </Route>
      <Route path="/knowledge/sources/:source">{({ source }) => <SourcePage key={source} id={source} />}</Route>
      <Route path="/knowledge/data">
        <ViewList />
      </Route>
      <Route path="/knowledge/data/:view">{({ view }) => <ViewPage key={view} id={view} />}</Route>
      <Route path="/knowledge/:store">{({ store }) => <StorePage key={store} id={store} />}</Route>
      <Route path="/knowledge/:store/:file">{({ store, file }) => <DocumentPage key={file} store={store} file={file} />}</Route>
    </Switch>
  );
}
