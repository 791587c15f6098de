// Texts in both languages. Each page keeps its own catalogue in a `messages.ts`, so that it travels with the page's code.
import { useCallback } from "react";

import { currentLanguage, type Language, useLanguage } from "../app/preferences";

type Values = Record<string, string | number>;

export interface Catalogue<Key extends string> {
  readonly en: Readonly<Record<Key, string>>;
  readonly ko: Readonly<Record<Key, string>>;
}

/** A catalogue; the compiler demands that both languages have the same keys, `catalogues.test.ts` that the placeholders agree too. */
export function catalogue<const En extends Record<string, string>>(
  en: En,
  ko: Readonly<Record<keyof En & string, string>>,
): Catalogue<keyof En & string> {
  return { en, ko };
}

/** `{name}` in a text is replaced by the value of that name. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export type Text<Key extends string> = (key: Key, values?: Values) => string;

export function textIn<Key extends string>(messages: Catalogue<Key>, language: Language): Text<Key> {
  return (key, values) => fill(messages[language][key], values);
}

export function useText<Key extends string>(messages: Catalogue<Key>): Text<Key> {
  const language = useLanguage();
  return useCallback((key: Key, values?: Values) => fill(messages[language][key], values), [messages, language]);
}

const LOCALES: Record<Language, string> = { en: "en-GB", ko: "ko-KR" };

/** A moment given in seconds since the epoch, as the API gives it. */
export function moment(seconds: number, language = currentLanguage()): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "short" }).format(seconds * 1000);
}

export function number(value: number, options?: Intl.NumberFormatOptions, language = currentLanguage()): string {
  return new Intl.NumberFormat(LOCALES[language], options).format(value);
}

/** A size in bytes, in units of 1,000. */
export function bytes(size: number, language = currentLanguage()): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, size)) / 3));
  return number(size / 1000 ** power, { style: "unit", unit: units[power] as string, maximumFractionDigits: power ? 1 : 0 }, language);
}

/** USD as the ledger counts it: small amounts keep their digits. */
export function usd(amount: number, language = currentLanguage()): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.01 ? 6 : 2;
  return number(amount, { style: "currency", currency: "USD", maximumFractionDigits: digits }, language);
}
