/**
 * News from the server: one EventSource for the whole page. Listeners hear every message; when the stream is down
 * longer than a moment, `onDown` starts the polling fallback.
 */

export interface ServerEvent {
  readonly topic: string;
  readonly project: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

type Listener = (event: ServerEvent) => void;

const listeners = new Set<Listener>();

/** What the server sends when it dropped messages for us; without a stream we say it ourselves. */
const RESYNC: ServerEvent = { topic: "resync", project: null, data: {} };

function tell(event: ServerEvent): void {
  for (const listener of listeners) listener(event);
}

/** Hears every message of the server until the returned function is called. */
export function onServerEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Reads one message; null for anything that is not ours. */
export function parseServerEvent(text: string): ServerEvent | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || typeof value["topic"] !== "string") return null;
  return {
    topic: value["topic"],
    project: typeof value["project"] === "string" ? value["project"] : null,
    data: isRecord(value["data"]) ? value["data"] : {},
  };
}

export interface StreamOptions {
  readonly url: string;
  /** The stream came back after it was lost: something may have been missed. */
  readonly onBack: () => void;
  /** Called every `pollEvery` ms while there is no stream. */
  readonly onPoll: () => void;
  readonly pollEvery?: number;
  readonly open?: (url: string) => EventSource;
}

/** Opens the stream; returns the function that closes it. A browser reconnects by itself, except after an error answer. */
export function startStream(options: StreamOptions): () => void {
  const {
    url,
    onBack,
    onPoll,
    pollEvery = 5000,
    open = (address) => new EventSource(address),
  } = options;
  let source: EventSource | null = null;
  let polling: ReturnType<typeof setInterval> | null = null;
  // News can be missed while the stream is down, also before it was up for the first time.
  let missed = false;

  const stopPolling = () => {
    if (polling !== null) clearInterval(polling);
    polling = null;
  };
  const connect = () => {
    source = open(url);
    source.onopen = () => {
      stopPolling();
      if (missed) {
        onBack();
        tell(RESYNC);
      }
      missed = false;
    };
    source.onerror = () => {
      missed = true;
      polling ??= setInterval(() => {
        onPoll();
        tell(RESYNC);
        if (source?.readyState === 2) connect();
      }, pollEvery);
    };
    source.addEventListener("change", (message: MessageEvent<string>) => {
      const event = parseServerEvent(message.data);
      if (event !== null) tell(event);
    });
  };

  connect();
  return () => {
    stopPolling();
    source?.close();
  };
}
