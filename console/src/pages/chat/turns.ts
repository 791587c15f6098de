// What a conversation consists of.
import type { GuardMark, Reference, SessionMessage } from "../../api/shapes";

export type Stage = "sending" | "searching" | "reading" | "writing" | "checking" | "reconnecting";

/** `stopped` by the person, `cut` where the connection broke and the session never got the rest. */
export type TurnStatus = "under way" | "completed" | "failed" | "blocked" | "stopped" | "cut";

export interface UserTurn {
  role: "user";
  key: string;
  text: string;
  /** Pasted pictures as data URLs. */
  images: readonly string[];
}

export interface AssistantTurn {
  role: "assistant";
  key: string;
  text: string;
  status: TurnStatus;
  /** The message it answers. */
  question: UserTurn;
  stage: Stage;
  documents: readonly { file_id: string; source: string }[];
  references: readonly Reference[];
  /** Where its feedback goes; none for plain conversations, which are not kept. */
  messageId: string | null;
  /** The model that was asked for instead of the agent's own. */
  model: string | null;
  guard: GuardMark | null;
  error: unknown;
}

export type Turn = UserTurn | AssistantTurn;

let last = 0;
export const newKey = (): string => `turn-${++last}`;

export const userTurn = (text: string, images: readonly string[] = []): UserTurn => ({ role: "user", key: newKey(), text, images });

export function assistantTurn(question: UserTurn, model: string | null): AssistantTurn {
  return {
    role: "assistant",
    key: newKey(),
    text: "",
    status: "under way",
    question,
    stage: "sending",
    documents: [],
    references: [],
    messageId: null,
    model,
    guard: null,
    error: null,
  };
}

/** The turns of a stored session's messages, oldest first. */
export function turnsOf(messages: readonly SessionMessage[]): Turn[] {
  let question = userTurn("");
  return messages.map((message) => {
    if (message.role === "user") {
      question = { ...userTurn(message.content), key: message.id };
      return question;
    }
    return { ...storedAnswer(message, assistantTurn(question, null)), key: message.id };
  });
}

/** A turn with what the session keeps of it. */
export function storedAnswer(message: SessionMessage, turn: AssistantTurn): AssistantTurn {
  return {
    ...turn,
    text: message.content,
    status: message.status ?? "completed",
    stage: "checking",
    references: message.references ?? [],
    messageId: message.id,
  };
}
