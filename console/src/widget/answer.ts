// One answer on the screen: its stage, its text as it grows, its sources.
import type { Cited, Heard } from "./asking";
import type { TextKey } from "./messages";
import { element, rendered } from "./rendering";

export type Tell = (key: TextKey, values?: Record<string, string | number>) => string;

export class AnswerBox {
  readonly root: HTMLElement;
  text = "";
  private readonly body = element("div");
  private readonly stage: HTMLElement;
  private readonly sources = element("div", { "aria-live": "polite" });
  private readonly references = new Map<number, Cited>();
  private shown = 0;
  private painting = false;

  constructor(private readonly tell: Tell) {
    this.stage = element("div", { class: "stage" }, tell("waiting"));
    const who = element("span", { class: "sr" }, tell("assistant"));
    this.root = element("article", { class: "answer" }, who, this.body, this.stage, this.sources);
  }

  hear({ stage, delta, citation, whole }: Heard): void {
    if (stage) this.stage.textContent = this.tell(`stage.${stage}` as "stage.writing");
    if (delta) this.text += delta;
    if (citation) this.references.set(citation.index, citation);
    if (whole) {
      this.text = whole.text;
      for (const one of whole.references) this.references.set(one.index, one);
    }
    if (delta || whole) this.repaint();
  }

  /** Nothing more comes; `note` says why where that is not the end. */
  end(note: TextKey | null): void {
    this.stage.textContent = note ? this.tell(note) : "";
    this.stage.classList.toggle("bad", note?.startsWith("error.") ?? false);
    if (note?.startsWith("error.")) this.stage.setAttribute("role", "alert");
    this.root.dataset.done = "true";
    this.paint();
  }

  /** Tokens come faster than a screen is drawn. */
  private repaint(): void {
    if (this.painting) return;
    this.painting = true;
    requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    this.painting = false;
    this.body.replaceChildren(...rendered(this.text, (number) => this.marker(number)));
  }

  private marker(number: number): Node | null {
    const cited = this.references.get(number);
    if (!cited) return null;
    const label = this.tell("source", { number, name: cited.source ?? "" });
    const button = element("button", { type: "button", class: "marker", "aria-label": label }, String(number));
    button.addEventListener("click", () => this.show(cited));
    return button;
  }

  private show(cited: Cited): void {
    const again = this.shown === cited.index;
    this.shown = again ? 0 : cited.index;
    this.sources.replaceChildren(...(again ? [] : [this.card(cited)]));
  }

  private card(cited: Cited): HTMLElement {
    if (cited.withheld) return element("div", { class: "source" }, this.tell("withheld"));
    const page = cited.page ? `, ${this.tell("page", { page: cited.page })}` : "";
    const quote = element("q", {}, cited.quote ?? "");
    return element("div", { class: "source" }, element("strong", {}, `${cited.source ?? ""}${page}`), quote);
  }
}
