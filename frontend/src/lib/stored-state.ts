import { useCallback, useState } from "react";

function read<T>(key: string, fallback: T, accept: (value: unknown) => value is T): T {
  try {
    const text = window.localStorage.getItem(key);
    const value: unknown = text === null ? undefined : JSON.parse(text);
    return accept(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** State that this browser remembers; what it cannot read or store is the fallback, silently. */
export function useStoredState<T>(
  key: string,
  fallback: T,
  accept: (value: unknown) => value is T,
): [T, (value: T) => void] {
  const name = `marquee-${key}`;
  const [value, setValue] = useState(() => read(name, fallback, accept));
  const store = useCallback(
    (next: T) => {
      setValue(next);
      try {
        window.localStorage.setItem(name, JSON.stringify(next));
      } catch {
        // A full or blocked storage only costs the memory of this setting.
      }
    },
    [name],
  );
  return [value, store];
}

export const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";

/** A guard for one of some strings. */
export const oneOf =
  <T extends string>(...options: readonly T[]) =>
  (value: unknown): value is T =>
    typeof value === "string" && (options as readonly string[]).includes(value);
