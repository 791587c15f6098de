import { catalogue } from "../i18n/text";

export const messages = catalogue(
  {
    loading: "Opening the document…",
    page: "Page {page} of {pages}",
    previous: "Previous page",
    next: "Next page",
    view: "How to show it",
    "view.original": "As it was drawn",
    "view.text": "As text",
    text: "Text of the document",
    older: "The document has changed since. This is the text of version {version}, from which the answer quotes.",
    changed: "The row has changed since the answer was written. This is what it says now.",
    unmarked: "The quoted words could not be marked on this page; the text view shows them.",
    download: "Download the original",
  },
  {
    loading: "문서를 여는 중…",
    page: "{pages}쪽 가운데 {page}쪽",
    previous: "이전 쪽",
    next: "다음 쪽",
    view: "보는 방식",
    "view.original": "원본 모양",
    "view.text": "글자만",
    text: "문서의 글",
    older: "그 뒤로 문서가 바뀌었습니다. 답변이 인용한 {version}판의 글입니다.",
    changed: "답변을 쓴 뒤로 행이 바뀌었습니다. 지금 내용은 이렇습니다.",
    unmarked: "이 쪽에서 인용한 말을 표시하지 못했습니다. 글자만 보기에서는 보입니다.",
    download: "원본 내려받기",
  },
);
