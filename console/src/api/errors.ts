// OpenAI's error object, as every route answers it.

export class ApiError extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;
  readonly requestId: string | null;

  constructor(status: number, message: string, details: { code?: string | null; param?: string | null; requestId?: string | null } = {}) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = details.code ?? null;
    this.param = details.param ?? null;
    this.requestId = details.requestId ?? null;
  }
}

interface Told {
  error?: { message?: unknown; code?: unknown; param?: unknown };
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** The error that a body tells of; a body that is none of ours gives the status alone. */
export function toldError(status: number, body: unknown, requestId: string | null = null): ApiError {
  const told = (typeof body === "object" && body !== null ? (body as Told).error : undefined) ?? {};
  return new ApiError(status, text(told.message) ?? `HTTP ${status}`, { code: text(told.code), param: text(told.param), requestId });
}

export async function refusal(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  return toldError(response.status, body, response.headers.get("x-request-id"));
}
