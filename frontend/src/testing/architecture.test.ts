// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const IMPORT =
  /(?:^|[\s;])(?:import|export)\s[^;]*?from\s*["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)|^\s*import\s*["']([^"']+)["']/gm;

interface Edge {
  readonly from: string;
  readonly to: string;
}

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts"))
    .map((name) => name.split(sep).join("/"));
}

/** Where an import leads: a path below src, or the bare package name. */
function target(file: string, specifier: string): string {
  if (specifier.startsWith("@/")) return specifier.slice(2);
  if (specifier.startsWith("."))
    return relative(SRC, resolve(dirname(join(SRC, file)), specifier))
      .split(sep)
      .join("/");
  return `pkg:${specifier}`;
}

function edges(): Edge[] {
  return sources().flatMap((file) => {
    const text = readFileSync(join(SRC, file), "utf8");
    return [...text.matchAll(IMPORT)].map((match) => ({
      from: file,
      to: target(file, match[1] ?? match[2] ?? match[3] ?? ""),
    }));
  });
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file);
const folder = (path: string) => path.split("/")[0] ?? "";
const feature = (path: string) => (folder(path) === "features" ? path.split("/")[1] : undefined);
const show = (list: Edge[]) => list.map((edge) => `${edge.from} -> ${edge.to}`);

describe("import boundaries", () => {
  const all = edges();

  it("sees the imports it judges", () => {
    expect(all).toContainEqual({ from: "main.tsx", to: "app/App" });
  });

  it("canvas imports nothing outside itself but its index library", () => {
    const bad = all.filter(
      (edge) =>
        folder(edge.from) === "canvas" &&
        folder(edge.to) !== "canvas" &&
        edge.to !== "pkg:rbush" &&
        !isTest(edge.from) &&
        !edge.from.startsWith("canvas/testing/"),
    );
    expect(show(bad)).toEqual([]);
  });

  it("no feature imports another feature", () => {
    const bad = all.filter((edge) => {
      const to = feature(edge.to);
      const from = feature(edge.from);
      return from !== undefined && to !== undefined && from !== to;
    });
    expect(show(bad)).toEqual([]);
  });

  it("lib, components, api and features stay below app; lib, components and api below features", () => {
    const lower = new Set(["lib", "components", "api", "sync"]);
    const bad = all.filter(
      (edge) =>
        (lower.has(folder(edge.from)) && ["features", "app"].includes(folder(edge.to))) ||
        (folder(edge.from) === "features" && folder(edge.to) === "app"),
    );
    expect(show(bad)).toEqual([]);
  });

  it("sync imports only api and lib", () => {
    const ours = new Set(["sync", "api", "lib"]);
    const bad = all.filter(
      (edge) =>
        folder(edge.from) === "sync" && !ours.has(folder(edge.to)) && !edge.to.startsWith("pkg:"),
    );
    expect(show(bad)).toEqual([]);
  });

  it("lib imports neither components nor api", () => {
    const bad = all.filter(
      (edge) => folder(edge.from) === "lib" && ["components", "api"].includes(folder(edge.to)),
    );
    expect(show(bad)).toEqual([]);
  });
});
