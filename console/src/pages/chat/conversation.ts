// One conversation: its turns, who answers, and what is under way. A store outside of React, so that a token repaints one turn alone.
import { answer, api } from "../../api/client";
import type { List, SessionMessage } from "../../api/shapes";
import { askAgent, askModel, Broken, type Change, fromSession } from "./answering";
import { type AssistantTurn, assistantTurn, storedAnswer, type Turn, turnsOf, userTurn } from "./turns";

/** Messages of a session that are fetched at once; older ones come when they are scrolled to. */
export const PAGE = 60;

/** Who answers: an agent, or a model without documents. */
export type Answerer = { kind: "agent"; name: string } | { kind: "model"; name: string };

export interface Ask {
  text: string;
  images?: readonly string[];
  answerer: Answerer;
  model?: string | null;
  vectorStores?: readonly string[];
  /** The same question again, edited perhaps. */
  again?: boolean;
}

/** Turns that stand together on the page: what is far from the view is skipped as a whole, which keeps the frames of a long session short. */
export interface Stretch {
  key: string;
  turns: readonly Turn[];
}

export class Conversation {
  readonly session: string;
  stretches: readonly Stretch[] = [];
  busy = false;
  /** Whether the session has older messages than those that are here. */
  hasOlder = false;
  private readonly listeners = new Set<() => void>();
  private readonly settled = new Set<() => void>();
  private readonly current = new Map<string, Turn>();
  private readonly turnListeners = new Map<string, Set<() => void>>();
  private abort: AbortController | null = null;
  private dirty = new Set<string>();
  private painting = false;

  constructor(session: string) {
    this.session = session;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls when an answer came to its end: the list of sessions may be another one now. */
  readonly subscribeSettled = (listener: () => void): (() => void) => {
    this.settled.add(listener);
    return () => this.settled.delete(listener);
  };

  get turns(): readonly Turn[] {
    return this.stretches.flatMap((stretch) => stretch.turns);
  }

  /** A turn as it is now; the list holds it as it was when it came. */
  readonly turn = (key: string): Turn | undefined => this.current.get(key);

  readonly subscribeTurn = (key: string, listener: () => void): (() => void) => {
    const listeners = this.turnListeners.get(key) ?? new Set();
    this.turnListeners.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  };

  /** Fetch the newest messages, or those before the oldest that is here. Raises ApiError. */
  async load(): Promise<void> {
    const oldest = this.stretches[0]?.key;
    const query = { limit: PAGE, order: "desc" as const, ...(oldest ? { after: oldest } : {}) };
    const page = await answer<List<SessionMessage>>(
      api.GET("/v1/sessions/{session_id}/messages", { params: { path: { session_id: this.session }, query } }),
    );
    this.hasOlder = page.has_more;
    const older = turnsOf(page.data.toReversed());
    this.show(older[0] ? [{ key: older[0].key, turns: older }, ...this.stretches] : this.stretches);
  }

  async ask({ text, images = [], answerer, model = null, vectorStores = [], again = false }: Ask): Promise<void> {
    if (this.busy) return;
    const before = this.turns.map((turn) => this.current.get(turn.key) ?? turn);
    const question = userTurn(text, images);
    const asked = assistantTurn(question, model);
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.busy = true;
    this.append([question, asked]);
    const tell = (change: Change) => this.change(asked.key, change);
    try {
      if (answerer.kind === "model") await askModel(model ?? answerer.name, [...before, question], tell, signal);
      else await askAgent({ agent: answerer.name, session: this.session, message: text, model, vectorStores, again }, tell, signal);
    } catch (error) {
      if (signal.aborted) tell({ status: "stopped" });
      else if (error instanceof Broken && answerer.kind === "agent") await this.reconnect(asked.key, signal);
      else tell({ status: error instanceof Broken ? "cut" : "failed", error });
    }
    this.busy = false;
    this.notify();
    for (const listener of this.settled) listener();
  }

  /** Stop listening; an agent's answer still comes to its end in the session. */
  stop(): void {
    this.abort?.abort();
  }

  private async reconnect(key: string, signal: AbortSignal): Promise<void> {
    this.change(key, { stage: "reconnecting" });
    const asked = this.current.get(key) as AssistantTurn;
    const found = await fromSession(this.session, asked.messageId, signal);
    const status = signal.aborted ? "stopped" : "cut";
    this.change(key, found ? storedAnswer(found, asked) : { status });
  }

  private append(turns: readonly [Turn, ...Turn[]]): void {
    const last = this.stretches.at(-1);
    if (!last || last.turns.length >= PAGE) this.show([...this.stretches, { key: turns[0].key, turns }]);
    else this.show([...this.stretches.slice(0, -1), { ...last, turns: [...last.turns, ...turns] }]);
  }

  private show(stretches: readonly Stretch[]): void {
    this.stretches = stretches;
    for (const turn of this.turns) if (!this.current.has(turn.key)) this.current.set(turn.key, turn);
    this.notify();
  }

  private change(key: string, { delta, ...change }: Change): void {
    const turn = this.current.get(key) as AssistantTurn;
    const next = { ...turn, ...change, ...(delta ? { text: turn.text + delta } : {}) };
    this.current.set(key, next);
    this.dirty.add(key);
    if (next.status !== "under way" || document.hidden) this.paint();
    else if (!this.painting) {
      this.painting = true;
      requestAnimationFrame(() => this.paint());
    }
  }

  /** Tell of all changes since the last frame at once: tokens come faster than a screen is drawn. */
  private paint(): void {
    this.painting = false;
    const keys = [...this.dirty];
    this.dirty = new Set();
    for (const key of keys) for (const listener of this.turnListeners.get(key) ?? []) listener();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

/** An id that nobody has: with the first message the server makes a session of it. */
export const newSession = (): string => `sess_${crypto.randomUUID().replaceAll("-", "")}`;
