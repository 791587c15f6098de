// What a person typed as a JSON object, or null.

export function jsonObject(draft: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(draft);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
