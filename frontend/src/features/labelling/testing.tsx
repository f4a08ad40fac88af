/** A workbench with the real editor and the real saver, in front of a server in memory. Only for tests. */
import { act } from "@testing-library/react";
import type { ReactElement } from "react";
import { vi } from "vitest";
import type { ImageItem, Label, Project } from "@/api/types";
import { Editor } from "@/canvas/editor";
import type { WireAnnotation, WirePrediction } from "@/canvas/geometry/wire";
import { MemoryJournal } from "@/sync/journal";
import { Saver } from "@/sync/saver";
import { FakeServer } from "@/sync/testing";
import { renderUi } from "@/testing/render";
import type { WorkApi } from "./api/work";
import { type Workbench, WorkbenchProvider } from "./hooks/workbench";
import { Announcer } from "./lib/announcer";
import { CanvasStage } from "./lib/canvas-stage";
import { PictureCache } from "./lib/picture-cache";
import { WorkSession } from "./lib/work-session";

export const IMAGE = {
  id: "image",
  name: "street.jpg",
  width: 200,
  height: 100,
  state: "new",
  format: "JPEG",
  original_url: "/files/original/x.jpg",
  preview_url: "/files/preview/x.webp",
  thumb_url: "/files/thumb/x.webp",
  sharp_url: null,
  tiles: null,
  priority_reason: "",
  score: null,
} as ImageItem;

export const label = (id: number, name: string, change: Partial<Label> = {}): Label => ({
  id,
  name,
  color: "#f6494d",
  hotkey: "",
  parent: null,
  position: id,
  attributes: [],
  archived: false,
  count: 0,
  ...change,
});

const at = (x: number) => ({ type: "box", x, y: 10, w: 20, h: 20 }) as const;

export const wireBox = (id: string, change: Partial<WireAnnotation> = {}): WireAnnotation => ({
  id,
  label: 1,
  geometry: at(10),
  attributes: {},
  z_order: 0,
  revision: 1,
  source: "manual",
  score: null,
  prediction: null,
  created_by: 1,
  updated_at: null,
  ...change,
});

export const wirePrediction = (id: string, score: number, x = 50): WirePrediction => ({
  id,
  score,
  label: 1,
  geometry: at(x),
});

interface Scene {
  readonly labels?: readonly Label[];
  readonly task?: Project["task"];
  readonly annotations?: readonly WireAnnotation[];
  readonly predictions?: readonly WirePrediction[];
}

const CLASSES = [label(1, "car"), label(2, "bus"), label(3, "bicycle")];

export async function makeWorkbench({
  labels = CLASSES,
  task = "detect",
  annotations = [],
  predictions = [],
}: Scene = {}) {
  const server = new FakeServer();
  for (const shape of annotations) server.rows.set(shape.id, { ...shape, deleted: false });
  const api: WorkApi = {
    next: vi.fn(async () => ({ assignment: { id: "lease", lease_until: "" }, image: IMAGE })),
    first: async () => IMAGE,
    image: async () => IMAGE,
    annotations: async () => ({ image_revision: 1, annotations }),
    suggestions: async () => ({ model: { id: "m", number: 3 }, predictions }),
    queue: async () => ({ remaining: 2, position: 1, total: 2, upcoming: [] }),
    neighbours: async () => ({ previous: null, next: null }),
    heartbeat: vi.fn(async () => null),
    submit: vi.fn(async () => null),
    skip: vi.fn(async () => null),
    release: vi.fn(async () => null),
    reopen: vi.fn(async () => null),
  };
  const tabs = {
    id: "tab",
    alive: async () => new Set(["tab"]),
    alone: <T,>(work: () => T) => work(),
  };
  const saver = new Saver({ user: 1, journal: new MemoryJournal(), tabs, transport: server });
  const editor = new Editor();
  const stage = new CanvasStage(
    editor,
    new PictureCache(1000, async () => ({ width: 1, height: 1, close: () => {} }) as ImageBitmap),
  );
  const project = { id: "p", task, role: "owner", counts: { images: 2 } } as Project;
  const session = new WorkSession({
    project: "p",
    mode: "queue",
    mayEdit: true,
    api,
    saver,
    stage,
  });
  const workbench: Workbench = {
    project,
    editor,
    stage,
    session,
    saver,
    labels,
    announcer: new Announcer(),
    labelOf: (id) => labels.find((one) => one.id === id),
    keyOf: (id) => String(id),
    focusCanvas: vi.fn(),
  };
  await session.openNext();
  return { workbench, server, api };
}

/** Renders a part of the page inside the workbench. */
export function renderInWorkbench(workbench: Workbench, element: ReactElement) {
  return renderUi(<WorkbenchProvider value={workbench}>{element}</WorkbenchProvider>);
}

/** Something that happens outside React, with what React makes of it. */
export const happens = (work: () => void): void => act(work);
