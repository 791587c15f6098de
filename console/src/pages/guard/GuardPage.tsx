// The guard: a text tried, policies as versioned data, a labelled set run before a policy is in force, incidents.

import { useQuery } from "@tanstack/react-query";
import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";

import { answer, api } from "../../api/client";
import type { GuardPolicy } from "../../api/operator_shapes";
import type { List } from "../../api/shapes";
import { useText } from "../../i18n/text";
import { ErrorNote, Loading, Page } from "../../ui/ui";
import { Evaluate } from "./Evaluate";
import "./guard.css";
import { Incidents } from "./incidents/Incidents";
import { messages } from "./messages";
import { Policies } from "./Policies";
import { TryText } from "./TryText";

export default function GuardPage() {
  const text = useText(messages);
  const policies = useQuery({ queryKey: ["policies"], queryFn: () => answer<List<GuardPolicy>>(api.GET("/v1/guard/policies")) });
  const found = policies.data?.data ?? [];
  return (
    <Page title={text("title")} lead={text("lead")}>
      {policies.error && <ErrorNote error={policies.error} />}
      {policies.isPending ? (
        <Loading label={text("loading")} />
      ) : (
        <Tabs className="tabs">
          <TabList aria-label={text("title")}>
            <Tab id="try">{text("try")}</Tab>
            <Tab id="policies">{text("policies")}</Tab>
            <Tab id="evaluate">{text("evaluate")}</Tab>
            <Tab id="incidents">{text("incidents")}</Tab>
          </TabList>
          <TabPanel id="try">
            <TryText policies={found} />
          </TabPanel>
          <TabPanel id="policies">
            <Policies policies={found} />
          </TabPanel>
          <TabPanel id="evaluate">
            <Evaluate policies={found} />
          </TabPanel>
          <TabPanel id="incidents">
            <Incidents />
          </TabPanel>
        </Tabs>
      )}
    </Page>
  );
}
