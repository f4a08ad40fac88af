/** Nested facts as flat [name, value] pairs in order; lists are joined, empty values left out. */
export function flatFacts(
  value: Readonly<Record<string, unknown>>,
  prefix = "",
): [string, string][] {
  return Object.entries(value).flatMap(([key, item]): [string, string][] => {
    const name = `${prefix}${key.replaceAll("_", " ")}`;
    if (item === null || item === undefined || item === "") return [];
    if (Array.isArray(item)) return item.length === 0 ? [] : [[name, item.map(textOf).join(", ")]];
    if (typeof item === "object") return flatFacts(item as Record<string, unknown>, `${name} › `);
    return [[name, String(item)]];
  });
}

const textOf = (item: unknown): string =>
  typeof item === "object" ? JSON.stringify(item) : String(item);
