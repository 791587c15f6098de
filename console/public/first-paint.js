// Language and theme before the first paint, so that nothing flashes; `src/app/preferences.ts` owns both keys.
const remembered = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};
const page = document.documentElement;
page.lang = remembered("maru.language") ?? (navigator.language.startsWith("ko") ? "ko" : "en");
if (["light", "dark"].includes(remembered("maru.theme"))) page.dataset.theme = remembered("maru.theme");
