// The widget's texts. It is a script of its own and as small as can be: it shares no code with the console but what names no library.
import type { Catalogue } from "../i18n/text";

const en = {
  open: "Open the chat",
  close: "Close the chat",
  title: "Ask us",
  hello: "Hello! What would you like to know?",
  label: "Your message",
  placeholder: "Write a message",
  send: "Send",
  stop: "Stop",
  anew: "New conversation",
  you: "You",
  assistant: "Assistant",
  "stage.searching": "Searching…",
  "stage.reading": "Reading…",
  "stage.writing": "Writing…",
  "stage.checking": "Checking…",
  waiting: "One moment…",
  source: "Source {number}: {name}",
  page: "page {page}",
  withheld: "This source is not shown.",
  stopped: "Stopped.",
  "error.busy": "Too many questions at the moment. Please try again in a minute.",
  "error.refused": "The chat is not available on this page.",
  "error.failed": "That did not work. Please try again.",
};

const ko: Record<keyof typeof en, string> = {
  open: "대화 열기",
  close: "대화 닫기",
  title: "무엇이든 물어보세요",
  hello: "안녕하세요! 무엇이 궁금하신가요?",
  label: "메시지",
  placeholder: "메시지를 적어 주세요",
  send: "보내기",
  stop: "멈추기",
  anew: "새 대화",
  you: "나",
  assistant: "도우미",
  "stage.searching": "찾는 중…",
  "stage.reading": "읽는 중…",
  "stage.writing": "쓰는 중…",
  "stage.checking": "확인하는 중…",
  waiting: "잠시만요…",
  source: "출처 {number}: {name}",
  page: "{page}쪽",
  withheld: "보여 드릴 수 없는 출처입니다.",
  stopped: "멈추었습니다.",
  "error.busy": "지금은 질문이 너무 많습니다. 잠시 뒤 다시 시도해 주세요.",
  "error.refused": "이 페이지에서는 대화를 쓸 수 없습니다.",
  "error.failed": "답하지 못했습니다. 다시 시도해 주세요.",
};

export const messages: Catalogue<keyof typeof en> = { en, ko };
export type TextKey = keyof typeof en;
