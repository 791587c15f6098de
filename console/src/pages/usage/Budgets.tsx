// Budgets: how full they are, where they are going, adding and removing them.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";

import { answer, api } from "../../api/client";
import type { List } from "../../api/shapes";
import type { Budget } from "../../api/usage_shapes";
import { moment, number, type Text, usd, useText } from "../../i18n/text";
import { type Column, DataTable } from "../../ui/data";
import { Confirm, ModalDialog } from "../../ui/dialogs";
import { Form, Submit, useSending } from "../../ui/form";
import { toast } from "../../ui/toast";
import { Bar, Button, ErrorNote, Field, IconButton, Select, useExplain } from "../../ui/ui";
import { messages } from "./messages";
import { forecast } from "./usage";

type Told = Text<keyof typeof messages.en>;

export function Budgets({ tenant }: { tenant: string | null }) {
  const text = useText(messages);
  const explain = useExplain();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const query = tenant ? { tenant } : {};
  const budgets = useQuery({
    queryKey: ["budgets", tenant],
    queryFn: () => answer<List<Budget>>(api.GET("/v1/budgets", { params: { query } })),
  });
  const changed = () => void queries.invalidateQueries({ queryKey: ["budgets", tenant] });
  const remove = (budget: Budget) =>
    answer(api.DELETE("/v1/budgets/{budget_id}", { params: { path: { budget_id: budget.id }, query } })).then(
      () => {
        toast(text("budgets.removed"));
        changed();
        return null;
      },
      (error: unknown) => toast(explain(error), "bad"),
    );
  return (
    <section className="stack" aria-labelledby="budgets">
      <div className="row">
        <h2 id="budgets">{text("budgets")}</h2>
        <Button onPress={() => setAdding(true)}>{text("budgets.add")}</Button>
      </div>
      {budgets.error && <ErrorNote error={budgets.error} />}
      {budgets.data && (
        <DataTable
          label={text("budgets")}
          columns={columns(text, (budget) => void remove(budget))}
          rows={budgets.data.data}
          rowKey={(budget) => budget.id}
          empty={text("budgets.none")}
        />
      )}
      <ModalDialog title={text("budgets.add")} isOpen={adding} onClose={() => setAdding(false)}>
        <NewBudget
          tenant={tenant}
          onDone={() => {
            setAdding(false);
            changed();
          }}
        />
      </ModalDialog>
    </section>
  );
}

const limit = (budget: Budget): number => budget.limit_usd ?? budget.limit_tokens ?? 0;
const shown = (budget: Budget, value: number): string => (budget.limit_usd === undefined ? number(Math.round(value)) : usd(value));

function whose(budget: Budget, text: Told): string {
  if (budget.user) return text("budgets.user", { name: budget.user });
  return budget.key_id ? text("budgets.key", { name: budget.key_id }) : text("budgets.tenant");
}

function tone(share: number): "plain" | "warn" | "bad" {
  if (share >= 1) return "bad";
  return share >= 0.8 ? "warn" : "plain";
}

function columns(text: Told, remove: (budget: Budget) => void): Column<Budget>[] {
  return [
    { title: text("budgets.whose"), cell: (budget) => whose(budget, text) },
    { title: text("budgets.window"), cell: (budget) => text(`window.${budget.window}`) },
    {
      title: text("budgets.fill"),
      cell: (budget) => {
        const share = limit(budget) ? (budget.spent + budget.reserved) / limit(budget) : 1;
        const label = text("budgets.filled", { spent: shown(budget, budget.spent), limit: shown(budget, limit(budget)) });
        return <Bar label={label} share={share} tone={tone(share)} />;
      },
    },
    { title: text("budgets.reserved"), cell: (budget) => shown(budget, budget.reserved), numeric: true },
    { title: text("budgets.forecast"), cell: (budget) => shown(budget, forecast(budget, Date.now() / 1000)), numeric: true },
    { title: text("budgets.resets"), cell: (budget) => moment(budget.resets_at) },
    {
      title: "",
      cell: (budget) => (
        <Confirm
          trigger={
            <IconButton label={text("budgets.remove")}>
              <Trash2 aria-hidden size={16} />
            </IconButton>
          }
          title={text("budgets.removeTitle")}
          body={text("budgets.removeBody")}
          action={text("budgets.remove")}
          onConfirm={() => remove(budget)}
        />
      ),
    },
  ];
}

function NewBudget({ tenant, onDone }: { tenant: string | null; onDone: () => void }) {
  const text = useText(messages);
  const [window_, setWindow] = useState<"day" | "month">("month");
  const [amount, setAmount] = useState("");
  const [user, setUser] = useState("");
  const usdLimit = Number(amount);
  const wrong = amount !== "" && !(Number.isFinite(usdLimit) && usdLimit >= 0);
  const sending = useSending(async () => {
    const body = { window: window_, limit_usd: usdLimit, ...(tenant ? { tenant } : {}), ...(user.trim() ? { user: user.trim() } : {}) };
    await answer(api.POST("/v1/budgets", { body }));
    toast(text("budgets.made"));
    onDone();
  });
  return (
    <Form
      sending={sending}
      buttons={
        <>
          <Button onPress={onDone}>{text("cancel")}</Button>
          <Submit isReady={!wrong && amount !== ""}>{text("budgets.add")}</Submit>
        </>
      }
    >
      <Field
        label={text("budgets.limit")}
        value={amount}
        onChange={setAmount}
        error={wrong ? text("budgets.limitError") : undefined}
        isRequired
        inputMode="decimal"
        autoFocus
      />
      <Select
        label={text("budgets.window")}
        options={(["day", "month"] as const).map((id) => ({ id, name: text(`window.${id}`) }))}
        value={window_}
        onChange={(id) => setWindow(id === "day" ? "day" : "month")}
      />
      <Field label={text("budgets.forUser")} value={user} onChange={setUser} />
    </Form>
  );
}
