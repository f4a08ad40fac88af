import { errorFrom, NetworkError } from "./errors";

/** Every path given to `http` is below this. */
export const API_ROOT = "/api/v1";

type Query = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>
>;

interface Options {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly keepalive?: boolean;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const unauthorised = new Set<() => void>();

/** Calls `listener` whenever the server says that nobody is signed in. Returns the unsubscribe function. */
export function onUnauthorised(listener: () => void): () => void {
  unauthorised.add(listener);
  return () => {
    unauthorised.delete(listener);
  };
}

/** Django's CSRF cookie, or "" before the first answer of the server. */
export function csrfToken(): string {
  return decodeURIComponent(/(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "");
}

/** "?state=new&label=3&label=4"; empty values are left out, arrays repeat their name. */
export function queryString(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    if (Array.isArray(value)) for (const one of value) params.append(name, String(one));
    else params.append(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

async function parse(response: Response): Promise<unknown> {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 204 || !type.includes("json")) return null;
  try {
    return await response.json();
  } catch {
    return null;
  }
}

function encode(body: unknown): BodyInit | null {
  if (body === undefined) return null;
  const raw = body instanceof FormData || body instanceof Blob;
  return raw ? body : JSON.stringify(body);
}

/** Pages that begin with a write (a sign-in link) have no token yet; asking for the session sets the cookie. */
async function ensureToken(): Promise<void> {
  if (csrfToken() === "") await fetch(`${API_ROOT}/session`, { credentials: "same-origin" });
}

async function request<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const json = !(options.body instanceof FormData || options.body instanceof Blob);
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (json && options.body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  try {
    if (method !== "GET") {
      await ensureToken();
      headers["x-csrftoken"] = csrfToken();
    }
    response = await fetch(`${API_ROOT}${path}${queryString(options.query ?? {})}`, {
      method,
      headers,
      credentials: "same-origin",
      body: encode(options.body),
      keepalive: options.keepalive ?? false,
      signal: options.signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new NetworkError();
  }
  const body = await parse(response);
  if (response.ok) return body as T;
  if (response.status === 401) for (const listener of unauthorised) listener();
  throw errorFrom(response.status, body);
}

/**
 * The one door to the server. `T` is the shape of the answer (see types.ts); throws `ApiError` with the server's
 * sentence, or `NetworkError` when there was no answer.
 */
export const http = {
  get: <T>(path: string, query: Query = {}, signal?: AbortSignal) =>
    request<T>("GET", path, signal === undefined ? { query } : { query, signal }),
  post: <T>(path: string, body: unknown = {}, options: Omit<Options, "body"> = {}) =>
    request<T>("POST", path, { ...options, body }),
  put: <T>(path: string, body: unknown = {}, options: Omit<Options, "body"> = {}) =>
    request<T>("PUT", path, { ...options, body }),
  patch: <T>(path: string, body: unknown = {}) => request<T>("PATCH", path, { body }),
  delete: <T = null>(path: string, body?: unknown) =>
    request<T>("DELETE", path, body === undefined ? {} : { body }),
};
