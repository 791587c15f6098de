// What a person sets for this browser: language and theme. Neither is secret, so they may outlive the session.
import { useSyncExternalStore } from "react";

export type Language = "en" | "ko";
export type Theme = "system" | "light" | "dark";

const LANGUAGE = "maru.language";
const THEME = "maru.theme";
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentLanguage(): Language {
  return document.documentElement.lang === "ko" ? "ko" : "en";
}

export function setLanguage(language: Language): void {
  localStorage.setItem(LANGUAGE, language);
  document.documentElement.lang = language;
  changed();
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, currentLanguage);
}

export function currentTheme(): Theme {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "system";
}

export function setTheme(theme: Theme): void {
  if (theme === "system") {
    localStorage.removeItem(THEME);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(THEME, theme);
    document.documentElement.dataset.theme = theme;
  }
  changed();
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}
