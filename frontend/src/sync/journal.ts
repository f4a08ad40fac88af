/** The journal of unsent operations. It lives in IndexedDB, so that a crash, a reload or a dead battery loses nothing. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Entry } from "./types";

export interface Journal {
  /** False when entries only live as long as the page. */
  readonly durable: boolean;
  /** Stores and forgets in one step. */
  write(put: readonly Entry[], remove: readonly string[]): Promise<void>;
  /** Gives the entries of tabs that are no more to `tab`, and returns them in order. */
  claim(user: number, tab: string, alive: ReadonlySet<string>): Promise<Entry[]>;
}

interface Schema extends DBSchema {
  entries: { key: string; value: Entry; indexes: { user: number } };
}

export class IdbJournal implements Journal {
  readonly durable = true;

  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  static async open(name = "marquee-journal"): Promise<IdbJournal> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("entries", { keyPath: "id" }).createIndex("user", "user");
      },
    });
    return new IdbJournal(db);
  }

  async write(put: readonly Entry[], remove: readonly string[]): Promise<void> {
    const change = this.db.transaction("entries", "readwrite");
    for (const entry of put) void change.store.put(entry);
    for (const id of remove) void change.store.delete(id);
    await change.done;
  }

  async claim(user: number, tab: string, alive: ReadonlySet<string>): Promise<Entry[]> {
    const change = this.db.transaction("entries", "readwrite");
    const all = await change.store.index("user").getAll(user);
    const orphans = all.filter((entry) => entry.tab !== tab && !alive.has(entry.tab));
    const claimed = orphans.map((entry) => ({ ...entry, tab }));
    for (const entry of claimed) void change.store.put(entry);
    await change.done;
    return claimed.sort((a, b) => a.seq - b.seq);
  }
}

/** For browsers that refuse IndexedDB (some private windows): safe against the network, not against closing the tab. */
export class MemoryJournal implements Journal {
  readonly durable: boolean = false;
  protected readonly rows = new Map<string, Entry>();

  async write(put: readonly Entry[], remove: readonly string[]): Promise<void> {
    for (const entry of put) this.rows.set(entry.id, entry);
    for (const id of remove) this.rows.delete(id);
  }

  async claim(user: number, tab: string, alive: ReadonlySet<string>): Promise<Entry[]> {
    const all = [...this.rows.values()].filter((entry) => entry.user === user);
    const orphans = all.filter((entry) => entry.tab !== tab && !alive.has(entry.tab));
    const claimed = orphans.map((entry) => ({ ...entry, tab }));
    for (const entry of claimed) this.rows.set(entry.id, entry);
    return claimed.sort((a, b) => a.seq - b.seq);
  }
}

export async function openJournal(): Promise<Journal> {
  try {
    return await IdbJournal.open();
  } catch {
    return new MemoryJournal();
  }
}
