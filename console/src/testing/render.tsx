// Renders a part of the console as it stands in the page: with somebody signed in, a language, and an API that answers what a test says.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { I18nProvider } from "react-aria-components";
import { vi } from "vitest";

import type { Me } from "../api/shapes";
import { MeProvider } from "../app/me";
import type { Language } from "../app/preferences";

export const ME: Me = { tenant: "acme", user: "minji", groups: ["hr"], scopes: ["chat", "knowledge:read"], key_id: "k1" };

export function show(part: ReactElement, { me = ME, language = "en" }: { me?: Me; language?: Language } = {}) {
  document.documentElement.lang = language;
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <I18nProvider locale={language === "ko" ? "ko-KR" : "en-GB"}>
      <QueryClientProvider client={queries}>
        <MeProvider value={me}>{part}</MeProvider>
      </QueryClientProvider>
    </I18nProvider>,
  );
}

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

/** What `METHOD /path` answers; a number instead of a body is a refusal with that status. Gives what was asked, in order. */
export function answering(answers: Record<string, unknown>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (input: Request) => {
    const path = new URL(input.url).pathname;
    const sent = await input.text();
    asked.push({ method: input.method, path, body: sent ? (JSON.parse(sent) as unknown) : null });
    const told = answers[`${input.method} ${path}`];
    if (typeof told === "number") {
      return Response.json({ error: { message: `refused with ${told}`, code: "refused", param: null } }, { status: told });
    }
    return told === undefined ? Response.json({ error: { message: "nothing here" } }, { status: 404 }) : Response.json(told);
  });
  return asked;
}
