// Tables as CSV (RFC 4180), safe to open in a spreadsheet.

export type CsvValue = string | number | null | undefined;

/** Lines of a CSV file; a text that a spreadsheet would take for a formula is marked as text (OWASP, CSV injection). */
export function csv(head: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [head, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function field(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
