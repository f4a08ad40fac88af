import type { PluginInfo } from "@/api/types";
import type { Tone } from "@/components/StatusDot";
import { humanise } from "@/components/schema-form/schema";

export interface Family {
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

const FAMILIES: readonly Family[] = [
  { name: "formats", title: "Formats", text: "Read and write datasets." },
  { name: "sources", title: "Sources", text: "Where images come from." },
  { name: "checks", title: "Checks", text: "Look for problems in labels and images." },
  { name: "backends", title: "Training backends", text: "Train models and predict with them." },
  { name: "strategies", title: "Acquisition strategies", text: "Pick what to label next." },
  { name: "augmentations", title: "Augmentations", text: "Vary images while training." },
  { name: "exporters", title: "Model exporters", text: "Write models for use elsewhere." },
  { name: "interactors", title: "Interactors", text: "Points or a box in, a mask out." },
];

/** How a plugin stands: a sound one may still miss a package on this machine, and say so. */
export function standing(plugin: Pick<PluginInfo, "state" | "error">): {
  tone: Tone;
  word: string;
} {
  if (plugin.state === "ok" && plugin.error !== "")
    return { tone: "warn", word: "Not usable here" };
  return { tone: STATE_TONES[plugin.state], word: STATE_WORDS[plugin.state] };
}

const STATE_TONES: Readonly<Record<PluginInfo["state"], Tone>> = {
  ok: "ok",
  broken: "bad",
  shadowed: "warn",
};

const STATE_WORDS: Readonly<Record<PluginInfo["state"], string>> = {
  ok: "Ready",
  broken: "Broken",
  shadowed: "Name taken",
};

/** Families in the order of the work, unknown ones at the end; empty ones left out. */
export function byFamily(plugins: readonly PluginInfo[]): [Family, PluginInfo[]][] {
  const names = new Set([
    ...FAMILIES.map((family) => family.name),
    ...plugins.map((one) => one.family),
  ]);
  return [...names].flatMap((name): [Family, PluginInfo[]][] => {
    const members = plugins.filter((plugin) => plugin.family === name);
    const family = FAMILIES.find((one) => one.name === name) ?? {
      name,
      title: humanise(name),
      text: "",
    };
    return members.length === 0 ? [] : [[family, members]];
  });
}

/** Whether the words somebody typed appear in what a plugin says about itself. */
export function matches(plugin: PluginInfo, search: string): boolean {
  const text = [plugin.name, plugin.title, plugin.description, plugin.family, plugin.origin]
    .join(" ")
    .toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
