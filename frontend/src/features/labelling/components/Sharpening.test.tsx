import { screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { Mounted } from "@/canvas/render/mount";
import type { TileSource } from "@/canvas/render/tile-requests";
import { happens, IMAGE, makeWorkbench, renderInWorkbench } from "../testing";
import { Sharpening } from "./Sharpening";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("says that full resolution is being prepared, until it is there", async () => {
  const { workbench } = await makeWorkbench();
  const given: TileSource[] = [];
  const renderer = {
    setPicture: (_image: string, _source: unknown, tiles: TileSource) => given.push(tiles),
  };
  workbench.stage.attach({ renderer } as unknown as Mounted);
  const tiles = { url: "/t/{level}/{column}_{row}.webp", size: 512, levels: 2 };
  vi.stubGlobal("fetch", async () => new Response(null, { status: 202 }));
  await workbench.stage.paint({ ...IMAGE, tiles });
  renderInWorkbench(workbench, <Sharpening />);
  const status = screen.getByRole("status");
  expect(status).toBeEmptyDOMElement();
  happens(() => given.at(-1)?.waiting(true));
  expect(status).toHaveTextContent("Preparing full resolution…");
  happens(() => given.at(-1)?.waiting(false));
  expect(status).toBeEmptyDOMElement();
});
