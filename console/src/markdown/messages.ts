import { catalogue } from "../i18n/text";

export const messages = catalogue(
  {
    image: "Image, not loaded: {alt}",
    table: "Table",
    "code.copy": "Copy the code",
    "code.region": "Code",
  },
  {
    image: "불러오지 않은 그림: {alt}",
    table: "표",
    "code.copy": "코드 복사",
    "code.region": "코드",
  },
);
