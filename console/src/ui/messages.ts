import { catalogue } from "../i18n/text";

export const messages = catalogue(
  {
    cancel: "Cancel",
    copied: "Copied",
    toasts: "Notifications",
    dismiss: "Dismiss",
    csv: "Download as CSV",
    copy: "Copy: {title}",
    withheld: "Not shown: it came out of documents that you may not read, or is not yours to decide about.",
    notJson: "This is no JSON object.",
    "error.unreachable": "Maru does not answer. Check your connection and try again.",
    "error.forbidden": "Your role does not allow this.",
    "error.busy": "Too much at once, or a budget is used up.",
    "error.unknown": "Something went wrong.",
  },
  {
    cancel: "취소",
    copied: "복사했습니다",
    toasts: "알림",
    dismiss: "닫기",
    csv: "CSV로 내려받기",
    copy: "복사: {title}",
    withheld: "표시하지 않습니다. 열람 권한이 없는 문서에서 나왔거나, 결정할 분에게만 보이는 내용입니다.",
    notJson: "JSON 객체가 아닙니다.",
    "error.unreachable": "마루가 응답하지 않습니다. 연결을 확인하고 다시 시도해 주세요.",
    "error.forbidden": "맡은 역할로는 할 수 없는 일입니다.",
    "error.busy": "요청이 너무 많거나 예산을 다 썼습니다.",
    "error.unknown": "문제가 생겼습니다.",
  },
);
