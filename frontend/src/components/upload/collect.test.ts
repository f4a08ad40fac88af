import { describe, expect, it } from "vitest";
import { fromDrop, withoutLitter } from "./collect";

const file = (name: string) => new File(["x"], name);

const fileEntry = (path: string) => ({
  isFile: true,
  isDirectory: false,
  fullPath: path,
  file: (resolve: (one: File) => void) => resolve(file(path)),
});

/** A folder whose reader gives its entries in portions, as browsers do. */
function folderEntry(path: string, ...portions: object[][]) {
  const rest = [...portions];
  return {
    isFile: false,
    isDirectory: true,
    fullPath: path,
    createReader: () => ({
      readEntries: (resolve: (entries: object[]) => void) => resolve(rest.shift() ?? []),
    }),
  };
}

const drop = (...entries: object[]) =>
  ({
    items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })),
    files: [],
  }) as unknown as DataTransfer;

describe("fromDrop", () => {
  it("opens folders to the last portion and sorts as people count", async () => {
    const picked = await fromDrop(
      drop(
        folderEntry(
          "/day",
          [fileEntry("/day/10.jpg"), folderEntry("/day/sub", [fileEntry("/day/sub/x.png")])],
          [fileEntry("/day/2.jpg"), fileEntry("/day/.DS_Store")],
        ),
        fileEntry("/a.jpg"),
      ),
    );
    expect(picked.map((one) => one.path)).toEqual([
      "a.jpg",
      "day/2.jpg",
      "day/10.jpg",
      "day/sub/x.png",
    ]);
  });
});

describe("withoutLitter", () => {
  it("drops what systems leave in folders", () => {
    const paths = ["a/Thumbs.db", "__MACOSX/a.jpg", "a/._b.jpg", "a/b.jpg"];
    expect(withoutLitter(paths.map((path) => ({ path, file: file(path) })))).toHaveLength(1);
  });
});
