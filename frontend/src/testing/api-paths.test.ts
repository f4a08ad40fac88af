// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const CALL =
  /\bhttp\s*\.(get|post|put|patch|delete)\s*(?:<[^()]*?>)?\(\s*(?:`([^`]*)`|"([^"]*)")/gs;

/** "GET /projects/{}/images" for every route of the generated schema. */
function documented(): Set<string> {
  const text = readFileSync(join(SRC, "api/schema.d.ts"), "utf8");
  const paths = text.slice(
    text.indexOf("export interface paths"),
    text.indexOf("export type webhooks"),
  );
  const found = new Set<string>();
  for (const [, path = "", body = ""] of paths.matchAll(
    /^ {4}"\/api\/v1([^"]+)": \{(.*?)^ {4}\};/gms,
  ))
    for (const [, method = ""] of body.matchAll(/^ {8}(get|post|put|patch|delete): operations/gm))
      found.add(`${method.toUpperCase()} ${path.replace(/\{[^}]*\}/g, "{}")}`);
  return found;
}

interface Call {
  readonly file: string;
  readonly route: string;
}

function calls(): Call[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .flatMap((file) =>
      [...readFileSync(join(SRC, file), "utf8").matchAll(CALL)].map((match) => ({
        file,
        route: `${match[1]?.toUpperCase()} ${(match[2] ?? match[3] ?? "").replace(/\$\{[^}]*\}/g, "{}")}`,
      })),
    );
}

describe("calls of the API", () => {
  it("are found at all", () => {
    expect(calls().map((call) => call.route)).toContain("GET /projects/{}/labels");
  });

  it("ask only for routes that the server documents", () => {
    const known = documented();
    const unknown = calls().filter((call) => {
      // A verb in a variable ("/assignments/{}/{}") is fine when some route has that shape.
      const shape = new RegExp(`^${call.route.replaceAll("{}", "[^/]+")}$`);
      return ![...known].some((route) => route === call.route || shape.test(route));
    });
    expect(unknown.map((call) => `${call.file}: ${call.route}`)).toEqual([]);
  });
});
