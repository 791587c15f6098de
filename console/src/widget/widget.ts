// A chat to put into any page: <script src="https://MARU/widget.js" data-agent="NAME" data-key="mk_…" async></script>
// `data-language` (ko or en; else the page's own), `data-title`. The key must be one whose `allowed_origins` name the page's origin.
import type { Tell } from "./answer";
import { Chat } from "./Chat";
import { messages } from "./messages";

function start(script: HTMLScriptElement | null): void {
  const { agent, key, language, title } = script?.dataset ?? {};
  if (!script || !agent || !key) throw new Error("Maru's widget needs data-agent and data-key.");
  const chosen = (language ?? (document.documentElement.lang || navigator.language)).startsWith("ko") ? "ko" : "en";
  const tell: Tell = (name, values = {}) =>
    messages[chosen][name].replace(/\{(\w+)\}/g, (whole, field: string) => String(values[field] ?? whole));
  const { host } = new Chat({ base: new URL(script.src).origin, agent, key }, tell, chosen, title ?? tell("title"));
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => document.body.append(host));
  else document.body.append(host);
}

start(document.currentScript as HTMLScriptElement | null);
