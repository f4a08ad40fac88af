/** An answer of the server that is not a success, in the server's own sentence. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** Messages by field name, when the server could say which input was wrong. */
    readonly fields: Readonly<Record<string, string>> = {},
    readonly body: unknown = null,
  ) {
    super(detail);
  }
}

/** The request never got an answer: no network, server stopped, or it was too slow. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";

  constructor() {
    super("The server cannot be reached. Check that it runs and that you are online.");
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const firstText = (value: unknown): string | undefined =>
  typeof value === "string" ? value : Array.isArray(value) ? firstText(value[0]) : undefined;

function fieldMessages(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, messages]) => {
      const text = firstText(messages);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

const FALLBACK: Readonly<Record<number, string>> = {
  401: "You are signed out.",
  403: "You may not do this here.",
  404: "This does not exist, or you may not see it.",
  413: "This is larger than the server accepts.",
  429: "Too many requests. Wait a moment and try again.",
};

/** Reads `{"code", "detail", "fields"}`, and falls back to a sentence for the status when a proxy answered instead. */
export function errorFrom(status: number, body: unknown): ApiError {
  const record = isRecord(body) ? body : {};
  const code = typeof record["code"] === "string" ? record["code"] : `http_${status}`;
  const detail =
    firstText(record["detail"]) ??
    FALLBACK[status] ??
    (status >= 500
      ? "The server failed on this request. The log of the server says why."
      : `The server refused this request (${status}).`);
  return new ApiError(status, code, detail, fieldMessages(record["fields"]), body);
}

/** The sentence to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}
