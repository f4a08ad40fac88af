import { ApiError, errorFrom, NetworkError } from "@/api/errors";
import { API_ROOT, csrfToken, http } from "@/api/http";
import { begun } from "./begun";
import { frameChoice } from "./frames";
import type { Outcome, SendOptions, UploadItem } from "./queue";

/** Above this size a file travels in pieces, so that a lost connection costs one piece only. */
export const CHUNKED_FROM = 32 * 1024 * 1024;
const CHUNK = 8 * 1024 * 1024;

export interface FileResult {
  readonly name: string;
  readonly status: "added" | "duplicate" | "renamed" | "refused";
  readonly code?: string;
  readonly detail?: string;
}

/** What the server says about files, counted. */
export function outcomeOf(results: readonly FileResult[]): Outcome {
  return {
    created: results.filter((one) => one.status === "added" || one.status === "renamed").length,
    duplicates: results.filter((one) => one.status === "duplicate").length,
    errors: results
      .filter((one) => one.status === "refused")
      .map((one) => ({ name: one.name, detail: one.detail ?? "The server refused this file." })),
  };
}

/** Archives are unpacked by a job; they always travel in pieces. */
export const isArchive = (path: string) => /\.zip$/i.test(path);

/** Videos become pictures on the server; they travel in pieces, too. */
export const isVideo = (path: string) =>
  /\.(mp4|m4v|mov|avi|mkv|webm|mpe?g|m?ts|wmv|flv|3gp|ogv)$/i.test(path);

/** No answer, or one that says "later": worth another try without asking. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof ApiError && [429, 502, 503, 504].includes(error.status);
}

interface SmallRequest {
  readonly method: "POST" | "PATCH";
  readonly url: string;
  readonly body: XMLHttpRequestBodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

/** `fetch` cannot tell how much has left; XMLHttpRequest can. */
function send(request: SmallRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(request.method, request.url);
    xhr.responseType = "text";
    xhr.setRequestHeader("accept", "application/json");
    xhr.setRequestHeader("x-csrftoken", csrfToken());
    for (const [name, value] of Object.entries(request.headers ?? {}))
      xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => request.onProgress(event.loaded);
    xhr.onerror = () => reject(new NetworkError());
    xhr.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    xhr.onload = () => {
      const body = parseJson(xhr.responseText);
      if (xhr.status >= 200 && xhr.status < 300) resolve(body);
      else reject(errorFrom(xhr.status, body));
    };
    request.signal.addEventListener("abort", () => xhr.abort(), { once: true });
    xhr.send(request.body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function sendWhole(
  projectId: string,
  item: UploadItem,
  options: SendOptions,
): Promise<Outcome> {
  const body = new FormData();
  body.append("files", item.file, item.file.name);
  body.append("names", JSON.stringify([item.path]));
  const answer = (await send({
    method: "POST",
    url: `${API_ROOT}/projects/${projectId}/images`,
    body,
    signal: options.signal,
    // The form around the file is a little longer than the file.
    onProgress: (bytes) => options.onProgress(Math.min(bytes, item.file.size)),
  })) as { readonly results: readonly FileResult[] };
  return outcomeOf(answer.results);
}

interface Upload {
  readonly id: string;
  readonly offset: number;
}

interface UnpackJob {
  readonly id: string;
  readonly state: string;
  readonly error: string;
}

type Sendable = Pick<UploadItem, "file" | "path">;

const fingerprint = (projectId: string, item: Sendable) =>
  [projectId, item.path, item.file.size, item.file.lastModified].join("|");

async function open(projectId: string, item: Sendable): Promise<Upload> {
  const known = begun.find(fingerprint(projectId, item));
  if (known !== undefined) {
    try {
      return await http.get<Upload>(`/uploads/${known}`);
    } catch (error) {
      // The server has forgotten it (or never knew): start over. Anything else is a real error.
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  const upload = await http.post<Upload>(`/projects/${projectId}/uploads`, {
    name: item.path,
    size: item.file.size,
  });
  begun.remember(fingerprint(projectId, item), upload.id);
  return upload;
}

/** Sends one file in pieces and goes on where an earlier attempt stopped. Returns the id of the upload. */
export async function uploadInPieces(
  projectId: string,
  item: Sendable,
  options: SendOptions,
): Promise<string> {
  const upload = await open(projectId, item);
  let offset = upload.offset;
  options.onProgress(offset);
  while (offset < item.file.size) {
    const start = offset;
    const answer = (await send({
      method: "PATCH",
      url: `${API_ROOT}/uploads/${upload.id}`,
      body: item.file.slice(start, start + CHUNK),
      headers: {
        "upload-offset": String(start),
        "content-type": "application/offset+octet-stream",
      },
      signal: options.signal,
      onProgress: (bytes) => options.onProgress(start + bytes),
    })) as { readonly offset: number };
    offset = answer.offset;
  }
  begun.forget(fingerprint(projectId, item));
  return upload.id;
}

async function sendInPieces(
  projectId: string,
  item: UploadItem,
  options: SendOptions,
): Promise<Outcome> {
  const upload = await uploadInPieces(projectId, item, options);
  const frames = isVideo(item.path) ? frameChoice() : null;
  const job = await http.post<UnpackJob>(
    `/uploads/${upload}/unpack`,
    frames === null ? {} : { frames },
  );
  return unpacked(job.id, options.signal);
}

const POLL_MS = 700;

/** Waits until the server has unpacked an archive, and counts what came out of it. */
async function unpacked(jobId: string, signal: AbortSignal): Promise<Outcome> {
  for (;;) {
    const job = await http.get<UnpackJob>(`/jobs/${jobId}`, {}, signal);
    if (job.state === "done")
      return outcomeOfJob(
        await http.get<Record<string, unknown>>(`/jobs/${jobId}/report`, {}, signal),
      );
    if (job.state === "failed" || job.state === "cancelled")
      throw new ApiError(422, "unpack_failed", job.error || "The archive was not unpacked.");
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const countIn = (result: Readonly<Record<string, unknown>>, name: string) =>
  typeof result[name] === "number" ? result[name] : 0;

/** The report of an unpack job: counts, and by name the entries that were refused (long lists are cut by the server). */
export function outcomeOfJob(result: Readonly<Record<string, unknown>>): Outcome {
  const files = Array.isArray(result["files"]) ? (result["files"] as readonly FileResult[]) : [];
  const { errors } = outcomeOf(files);
  const unnamed = countIn(result, "refused_count") - errors.length;
  return {
    created: countIn(result, "added") + countIn(result, "renamed"),
    duplicates: countIn(result, "duplicates"),
    errors:
      unnamed > 0
        ? [...errors, { name: `${unnamed} more`, detail: "The report of the job names them." }]
        : errors,
  };
}

/** How one file of a project gets to the server. */
export const transportFor =
  (projectId: string) =>
  (item: UploadItem, options: SendOptions): Promise<Outcome> =>
    isArchive(item.path) || isVideo(item.path) || item.file.size > CHUNKED_FROM
      ? sendInPieces(projectId, item, options)
      : sendWhole(projectId, item, options);
