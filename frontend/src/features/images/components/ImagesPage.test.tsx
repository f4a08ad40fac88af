import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ImageItem } from "@/api/types";
import { renderApp } from "@/testing/app";
import { image, page, project, session } from "@/testing/samples";
import { fakeServer } from "@/testing/server";

const IMAGES = ["a", "b", "c", "d", "e"].map((id) => image(id));

/** jsdom lays nothing out; the gallery asks for its width and its height. */
function giveSizes(): void {
  class SizedObserver implements ResizeObserver {
    constructor(private readonly callback: ResizeObserverCallback) {}
    observe(target: Element): void {
      const contentRect = { width: 1000, height: 800 } as DOMRectReadOnly;
      const box = [{ inlineSize: 1000, blockSize: 800 }];
      const entry = { target, contentRect, borderBoxSize: box, contentBoxSize: box };
      this.callback([{ ...entry, devicePixelContentBoxSize: box }], this);
    }
    unobserve(): void {}
    disconnect(): void {}
  }
  vi.stubGlobal("ResizeObserver", SizedObserver);
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(800);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1000);
}

function start(
  role: "manager" | "viewer",
  address = "/projects/p1/images",
  images: readonly ImageItem[] = IMAGES,
) {
  const server = fakeServer({
    "GET /session": session(),
    "GET /projects": page(project({ role })),
    "GET /projects/p1": project({ role }),
    "GET /projects/p1/labels": { schema_revision: 1, labels: [] },
    "GET /projects/p1/jobs": page(),
    "GET /projects/p1/runs": page(),
    "GET /projects/p1/images": { next: null, results: images, count: images.length },
    "POST /projects/p1/images/bulk": { changed: 3 },
  });
  return { server, app: renderApp(address), user: userEvent.setup() };
}

const tick = (name: string) => screen.findByRole("button", { name: `Select ${name}.jpg` });
const toolbar = () => screen.getByRole("toolbar", { name: "Chosen images" });

beforeEach(giveSizes);

describe("choosing images", () => {
  it("extends with Shift and sends the chosen ids", async () => {
    const { server, user } = start("manager");
    await user.click(await tick("b"));
    await user.keyboard("{Shift>}");
    await user.click(await tick("d"));
    await user.keyboard("{/Shift}");
    expect(within(toolbar()).getByText("3 images chosen")).toBeInTheDocument();
    await user.click(within(toolbar()).getByRole("button", { name: "Label first" }));
    expect(await screen.findByText(/3 images moved to the front/)).toBeInTheDocument();
    expect(server.body("POST /projects/p1/images/bulk")).toEqual({
      ids: ["b", "c", "d"],
      action: "prioritise",
      value: 100,
    });
    expect(screen.queryByRole("toolbar", { name: "Chosen images" })).toBeNull();
  });

  it("means the whole filter when everything is chosen, less what was taken out", async () => {
    const { server, user } = start("manager", "/projects/p1/images?state=new&order=name");
    await user.click(await tick("a"));
    await user.click(screen.getByRole("button", { name: "Choose all 5 images" }));
    await user.click(await tick("c"));
    await user.click(within(toolbar()).getByRole("button", { name: "Delete" }));
    await user.click(await screen.findByRole("button", { name: "Delete 4 images" }));
    await expect
      .poll(() => server.body("POST /projects/p1/images/bulk"))
      .toEqual({
        filter: { state: "new" },
        except: ["c"],
        action: "delete",
      });
  });

  it("opens pictures by click, until something is chosen", async () => {
    const { user, app } = start("manager");
    await user.click(await tick("a"));
    await user.click(screen.getByRole("link", { name: "Open b.jpg" }));
    expect(within(toolbar()).getByText("2 images chosen")).toBeInTheDocument();
    expect(app.address()).toBe("/projects/p1/images");
  });
});

describe("the keyboard", () => {
  it("chooses everything and nothing", async () => {
    const { user } = start("manager");
    await tick("a");
    await user.keyboard("{Control>}a{/Control}");
    expect(within(toolbar()).getByText("5 images chosen")).toBeInTheDocument();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("toolbar", { name: "Chosen images" })).toBeNull();
  });
});

describe("what a viewer sees", () => {
  it("offers neither upload nor changes", async () => {
    const { user } = start("viewer");
    await user.click(await tick("a"));
    expect(screen.queryByRole("button", { name: "Upload" })).toBeNull();
    expect(
      within(toolbar()).queryByRole("button", { name: /Delete|Split|State|Label/ }),
    ).toBeNull();
  });
});

describe("filters", () => {
  it("live in the address", async () => {
    const { user, app } = start("manager");
    await user.click(await screen.findByRole("combobox", { name: "State" }));
    await user.click(await screen.findByRole("option", { name: "Reviewed" }));
    await expect.poll(() => app.address()).toBe("/projects/p1/images?state=reviewed");
  });
});

describe("an image whose file is not here", () => {
  it("is shown by its name and size", async () => {
    const absent = image("a", {
      thumb_url: null,
      preview_url: null,
      original_url: null,
      width: 1920,
      height: 1080,
    });
    start("manager", undefined, [absent, image("b")]);
    const tile = await screen.findByRole("link", { name: "Open a.jpg" });
    expect(within(tile).getByText("1920 × 1080")).toBeInTheDocument();
    expect(tile.querySelector("img")).toBeNull();
    const other = screen.getByRole("link", { name: "Open b.jpg" });
    expect(other.querySelector("img")).not.toBeNull();
  });
});
