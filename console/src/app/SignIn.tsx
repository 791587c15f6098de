import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { useText } from "../i18n/text";
import { Button, Field, Note } from "../ui/ui";
import { LanguageSwitch } from "./Account";
import { messages } from "./messages";
import { authorizeAddress, loadConfig } from "./oidc";
import { signIn } from "./session";

type NoteKey = "signIn.ended" | "signIn.failed" | "signIn.unreachable" | "signIn.refused";

export function SignIn({ note }: { note: NoteKey | null }) {
  const text = useText(messages);
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, staleTime: Infinity });
  const service = config.data?.sign_in ?? null;
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <img src="/icon.svg" alt="" width="52" height="52" />
        <h1>
          Maru <span lang="ko">마루</span>
        </h1>
        <p className="lead">{text("signIn.lead")}</p>
        {service && (
          <>
            <Button tone="primary" onPress={() => void authorizeAddress(service, location.pathname).then((to) => location.assign(to))}>
              {text("signIn.organisation")}
            </Button>
            <p className="rule">{text("signIn.or")}</p>
          </>
        )}
        <KeyForm note={note} />
        <LanguageSwitch />
      </div>
    </main>
  );
}

function KeyForm({ note }: { note: NoteKey | null }) {
  const text = useText(messages);
  const [key, setKey] = useState("");
  const [told, setTold] = useState(note);
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setTold(await tryKey(key.trim()));
    setBusy(false);
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Field
        label={text("signIn.key")}
        help={text("signIn.keyHelp")}
        type="password"
        value={key}
        onChange={setKey}
        autoComplete="off"
        isRequired
      />
      {told && <Note tone="bad">{text(told)}</Note>}
      <Button type="submit" tone="primary" isDisabled={busy || !key.trim()}>
        {text(busy ? "signIn.checking" : "signIn.submit")}
      </Button>
    </form>
  );
}

/** Sign in with a key if it opens something; else what to say. */
async function tryKey(key: string): Promise<NoteKey | null> {
  try {
    const response = await fetch("/v1/me", { headers: { authorization: `Bearer ${key}` } });
    if (!response.ok) return response.status >= 500 ? "signIn.unreachable" : "signIn.refused";
    signIn({ bearer: key });
    return null;
  } catch (error) {
    return error instanceof TypeError && !navigator.onLine ? "signIn.unreachable" : "signIn.refused";
  }
}
