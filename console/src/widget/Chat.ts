// The chat in its shadow: a button, and a panel with what was said.
import { AnswerBox, type Tell } from "./answer";
import { ask, Failed, type Where } from "./asking";
import type { TextKey } from "./messages";
import { element } from "./rendering";
import { STYLE } from "./style";

const SESSION = "maru.widget.session";

export class Chat {
  readonly host = element("div");
  private readonly log: HTMLElement;
  private readonly panel: HTMLElement;
  private readonly opener: HTMLButtonElement;
  private readonly input: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private abort: AbortController | null = null;

  constructor(
    private readonly where: Where,
    private readonly tell: Tell,
    language: string,
    title: string,
  ) {
    this.host.lang = language;
    this.opener = element("button", { type: "button", class: "open", "aria-expanded": "false", "aria-label": tell("open") }, bubble());
    this.log = element("div", { class: "log", role: "log", "aria-label": title, tabindex: "0" });
    this.input = element("textarea", { rows: "1", "aria-label": tell("label"), placeholder: tell("placeholder"), maxlength: "4000" });
    this.send = element("button", { type: "submit", class: "send" }, tell("send"));
    this.panel = element(
      "section",
      { class: "panel", role: "dialog", "aria-label": title, hidden: "" },
      this.head(title),
      this.log,
      this.form(),
    );
    this.listen();
    const shadow = this.host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [style];
    shadow.append(this.panel, this.opener);
    this.greet();
  }

  private head(title: string): HTMLElement {
    const anew = element("button", { type: "button" }, this.tell("anew"));
    anew.addEventListener("click", () => this.begin());
    const close = element("button", { type: "button", "aria-label": this.tell("close") }, "✕");
    close.addEventListener("click", () => this.toggle(false));
    return element("header", {}, element("h2", {}, title), anew, close);
  }

  private form(): HTMLElement {
    const form = element("form", {}, this.input, this.send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.abort) this.abort.abort();
      else void this.ask();
    });
    this.input.addEventListener("keydown", (event) => {
      // Enter that ends a syllable of Korean does not send.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (!this.abort) void this.ask();
    });
    return form;
  }

  private listen(): void {
    this.opener.addEventListener("click", () => this.toggle(this.panel.hidden));
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggle(false);
      // What is typed here is nobody else's: pages have shortcuts of their own.
      event.stopPropagation();
    });
  }

  private toggle(open: boolean): void {
    this.panel.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    this.opener.setAttribute("aria-label", this.tell(open ? "close" : "open"));
    (open ? this.input : this.opener).focus();
  }

  private greet(): void {
    this.log.replaceChildren(element("p", {}, this.tell("hello")));
  }

  /** A new conversation: nothing of the one before is known any more. */
  private begin(): void {
    this.abort?.abort();
    remember(null);
    this.greet();
    this.input.focus();
  }

  private async ask(): Promise<void> {
    const message = this.input.value.trim();
    if (!message) return;
    this.input.value = "";
    const question = element("div", { class: "asked" }, element("span", { class: "sr" }, this.tell("you")), message);
    const box = new AnswerBox(this.tell);
    this.log.append(question, box.root);
    question.scrollIntoView({ block: "start" });
    const abort = this.working(new AbortController());
    let note: TextKey | null = null;
    try {
      for await (const one of ask(this.where, message, session(), abort.signal)) {
        const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
        box.hear(one);
        if (atEnd) this.log.scrollTop = this.log.scrollHeight;
      }
    } catch (error) {
      note = abort.signal.aborted ? "stopped" : `error.${error instanceof Failed ? error.trouble : "failed"}`;
    }
    box.end(note);
    if (this.abort === abort) this.working(null);
  }

  private working<Working extends AbortController | null>(abort: Working): Working {
    this.abort = abort;
    this.send.textContent = this.tell(abort ? "stop" : "send");
    return abort;
  }
}

/** An id that nobody guesses: whoever knows it may go on with the conversation. It ends with the tab. */
function session(): string {
  let known: string | null = null;
  try {
    known = sessionStorage.getItem(SESSION);
  } catch {
    known = null; // a page may forbid its storage
  }
  known ??= unstored ?? `sess_${crypto.randomUUID().replaceAll("-", "")}`;
  remember(known);
  return known;
}

let unstored: string | null = null;

function remember(id: string | null): void {
  unstored = id;
  try {
    if (id) sessionStorage.setItem(SESSION, id);
    else sessionStorage.removeItem(SESSION);
  } catch {
    // Kept for as long as the page is open.
  }
}

function bubble(): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "26", height: "26", "aria-hidden": "true" }))
    picture.setAttribute(name, value);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z");
  path.setAttribute("fill", "currentColor");
  picture.append(path);
  return picture;
}
