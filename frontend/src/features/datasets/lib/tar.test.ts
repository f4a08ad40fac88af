import { describe, expect, it } from "vitest";
import { archivesAmong, packPicked, packTar } from "./tar";

const picked = (path: string, content = path, lastModified = 1000) => ({
  path,
  file: new File([content], path.split("/").at(-1) ?? path, { lastModified }),
});

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(
    await new Promise<ArrayBuffer>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result as ArrayBuffer);
      reader.readAsArrayBuffer(file);
    }),
  );
}

const decoder = new TextDecoder();
const field = (bytes: Uint8Array, at: number, length: number) =>
  (decoder.decode(bytes.subarray(at, at + length)).split("\0")[0] ?? "").trim();

/** A reader by the POSIX text, so that the writer is not checked by itself. */
function readTar(bytes: Uint8Array): Record<string, string> {
  const found: Record<string, string> = {};
  let path: string | null = null;
  for (let at = 0; bytes[at] !== 0; ) {
    const block = bytes.slice(at, at + 512);
    const sum = Number.parseInt(field(block, 148, 8), 8);
    block.fill(32, 148, 156);
    expect(block.reduce((total, byte) => total + byte, 0)).toBe(sum);
    const size = Number.parseInt(field(block, 124, 12), 8);
    const body = decoder.decode(bytes.subarray(at + 512, at + 512 + size));
    if (field(block, 156, 1) === "x") path = /^\d+ path=(.*)$/m.exec(body)?.[1] ?? null;
    else {
      found[path ?? field(block, 0, 100)] = body;
      path = null;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}

describe("a tar archive of files", () => {
  it("holds names and contents, long and foreign names, too", async () => {
    const long = `${"folder/".repeat(30)}picture.jpg`;
    const files = [
      picked("set/b.txt", "two"),
      picked("set/äöü.txt", "three"),
      picked(long, "four"),
    ];
    const archive = packTar([picked("set/a.txt", "x".repeat(513)), ...files], "set.tar");
    const read = readTar(await bytesOf(archive));
    expect(read).toEqual({
      "set/a.txt": "x".repeat(513),
      "set/b.txt": "two",
      "set/äöü.txt": "three",
      [long]: "four",
    });
    expect(archive.size % 512).toBe(0);
  });

  it("is the same whatever the order, so that an upload can go on", async () => {
    const one = packTar([picked("a"), picked("b", "b", 5000)], "x.tar");
    const two = packTar([picked("b", "b", 5000), picked("a")], "x.tar");
    expect(await bytesOf(one)).toEqual(await bytesOf(two));
    expect([one.lastModified, two.lastModified]).toEqual([5000, 5000]);
  });
});

describe("what travels", () => {
  it("is a single file as it is, a folder under its name, and loose files together", () => {
    expect(packPicked([])).toBeNull();
    expect(packPicked([picked("labels.json")])?.file.name).toBe("labels.json");
    expect(packPicked([picked("set/a.jpg"), picked("set/b.jpg")])?.file.name).toBe("set.tar");
    expect(packPicked([picked("a.jpg"), picked("b.jpg")])).toMatchObject({
      title: "Files",
      count: 2,
    });
  });

  it("names archives that would not be opened", () => {
    expect(archivesAmong([picked("a.zip")])).toEqual([]);
    expect(archivesAmong([picked("a.zip"), picked("b.json")])).toEqual(["a.zip"]);
  });
});
