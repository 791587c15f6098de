// Short messages about what just happened; any code may leave one.

export interface ToastMessage {
  id: number;
  tone: "good" | "bad";
  text: string;
}

let shown: readonly ToastMessage[] = [];
let last = 0;
const listeners = new Set<() => void>();

function show(next: readonly ToastMessage[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

export function toast(text: string, tone: ToastMessage["tone"] = "good"): void {
  const id = ++last;
  show([...shown.slice(-2), { id, tone, text }]);
  if (tone === "good") setTimeout(() => dismissToast(id), 5000);
}

export function dismissToast(id: number): void {
  show(shown.filter((one) => one.id !== id));
}

export const shownToasts = (): readonly ToastMessage[] => shown;

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
