/** The selected ids, in the order of selection. The array changes identity exactly when its contents change. */
export class Selection {
  private current: readonly string[] = [];

  get ids(): readonly string[] {
    return this.current;
  }

  /** The shape when exactly one is selected. */
  get single(): string | null {
    return this.current.length === 1 ? (this.current[0] ?? null) : null;
  }

  has(id: string): boolean {
    return this.current.includes(id);
  }

  /** Returns whether anything changed. */
  set(ids: Iterable<string>): boolean {
    const next = [...new Set(ids)];
    if (next.length === this.current.length && next.every((id, i) => id === this.current[i]))
      return false;
    this.current = next;
    return true;
  }

  toggle(id: string): boolean {
    return this.set(
      this.has(id) ? this.current.filter((other) => other !== id) : [...this.current, id],
    );
  }
}
