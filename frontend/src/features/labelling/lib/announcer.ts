/** One line that says what has just happened: seen at the edge of the canvas, read aloud by screen readers. */
export class Announcer {
  private text = "";
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly shownFor = 3200) {}

  readonly get = (): string => this.text;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly say = (text: string): void => {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.set(""), this.shownFor);
    this.set(text);
  };

  private set(text: string): void {
    this.text = text;
    for (const listener of this.listeners) listener();
  }
}
