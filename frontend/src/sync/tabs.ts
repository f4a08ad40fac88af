/** Which tabs of this browser are open: a tab sends its own entries, and those of tabs that are gone. */
import { newUuid } from "./ids";

export interface Tabs {
  readonly id: string;
  /** Ids of all open tabs, this one included. */
  alive(): Promise<ReadonlySet<string>>;
  /** Runs `work` in one tab at a time. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

const LOCK = "marquee-tab-";

/** A tab holds a lock of its name as long as it lives; the browser lets go of it, even after a crash. */
export class LockedTabs implements Tabs {
  readonly id = newUuid();

  private constructor(private readonly locks: LockManager) {}

  static async open(locks: LockManager): Promise<LockedTabs> {
    const tabs = new LockedTabs(locks);
    await new Promise<void>((held) => {
      void locks.request(`${LOCK}${tabs.id}`, () => {
        held();
        return new Promise<never>(() => {});
      });
    });
    return tabs;
  }

  async alive(): Promise<ReadonlySet<string>> {
    const { held = [] } = await this.locks.query();
    const names = held.flatMap(({ name }) =>
      name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [],
    );
    return new Set([this.id, ...names]);
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    return this.locks.request("marquee-claim", work);
  }
}

const BEAT_EVERY_MS = 5_000;
/** Browsers let the timers of hidden tabs run once a minute. */
const SILENT_MS = 150_000;

/**
 * Plain http on a local network has no Web Locks: tabs leave signs of life instead. Should one be taken for dead too
 * early, its operations go out twice, which the server recognises by their ids.
 */
export class BeatingTabs implements Tabs {
  readonly id = newUuid();

  constructor(
    private readonly storage: Storage = window.localStorage,
    private readonly now: () => number = Date.now,
  ) {
    this.beat();
    window.setInterval(() => this.beat(), BEAT_EVERY_MS);
    window.addEventListener("pagehide", () => this.forget(this.id));
    window.addEventListener("pageshow", () => this.beat());
  }

  async alive(): Promise<ReadonlySet<string>> {
    const alive = new Set([this.id]);
    for (const key of Object.keys(this.storage)) {
      if (!key.startsWith(LOCK)) continue;
      const id = key.slice(LOCK.length);
      if (this.now() - Number(this.storage.getItem(key)) < SILENT_MS) alive.add(id);
      else this.forget(id);
    }
    return alive;
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  private beat(): void {
    try {
      this.storage.setItem(`${LOCK}${this.id}`, String(this.now()));
    } catch {
      // Without storage other tabs think this one is gone; repeated operations are harmless.
    }
  }

  private forget(id: string): void {
    this.storage.removeItem(`${LOCK}${id}`);
  }
}

export async function openTabs(): Promise<Tabs> {
  const locks: LockManager | undefined = navigator.locks;
  return locks === undefined ? new BeatingTabs() : LockedTabs.open(locks);
}
