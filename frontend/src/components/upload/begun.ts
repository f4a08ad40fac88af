/**
 * Which uploads were begun in this browser: the same file, given again after a reload, goes on where it stopped.
 * Newest last; storage that is blocked only costs the memory beyond this page.
 */
const KEY = "marquee-uploads-begun";
const MOST = 50;

type Entries = readonly (readonly [fingerprint: string, uploadId: string])[];

const isEntry = (value: unknown): value is readonly [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");

let memory: Entries | null = null;

function load(): Entries {
  if (memory !== null) return memory;
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? "[]");
    memory = Array.isArray(stored) ? stored.filter(isEntry) : [];
  } catch {
    memory = [];
  }
  return memory;
}

function store(entries: Entries): void {
  memory = entries.slice(-MOST);
  try {
    window.localStorage.setItem(KEY, JSON.stringify(memory));
  } catch {
    // Kept in memory at least.
  }
}

export const begun = {
  find: (fingerprint: string): string | undefined =>
    load().find(([known]) => known === fingerprint)?.[1],
  remember: (fingerprint: string, uploadId: string): void =>
    store([...load().filter(([known]) => known !== fingerprint), [fingerprint, uploadId]]),
  forget: (fingerprint: string): void => store(load().filter(([known]) => known !== fingerprint)),
  /** Reads the storage anew, as a fresh page does. */
  reload: (): void => {
    memory = null;
  },
};
