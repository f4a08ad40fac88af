/**
 * Packs files into one tar archive without reading them: the archive is a Blob made of headers and of the files
 * themselves, so that a folder of many gigabytes travels as one resumable upload.
 */
import type { Picked } from "@/components/upload/collect";

const BLOCK = 512;
const OCTAL_SIZE_LIMIT = 8 ** 11;
const NAME_BYTES = 100;
const text = new TextEncoder();

function put(block: Uint8Array, offset: number, length: number, value: string): void {
  block.set(text.encode(value).subarray(0, length), offset);
}

const octal = (value: number, digits: number) =>
  `${Math.floor(value).toString(8).padStart(digits, "0")}\0`;

/** A ustar header; the checksum counts its own field as blanks. */
function header(
  name: string,
  size: number,
  seconds: number,
  type: "0" | "x",
): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  put(block, 0, NAME_BYTES, name);
  put(block, 100, 8, octal(0o644, 7));
  put(block, 108, 8, octal(0, 7));
  put(block, 116, 8, octal(0, 7));
  put(block, 124, 12, octal(Math.min(size, OCTAL_SIZE_LIMIT - 1), 11));
  put(block, 136, 12, octal(seconds, 11));
  put(block, 148, 8, " ".repeat(8));
  put(block, 156, 1, type);
  put(block, 257, 8, "ustar\x0000");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(block, 148, 8, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** "30 path=…\n": the length counts itself. */
function record(key: string, value: string): string {
  const rest = text.encode(` ${key}=${value}\n`).length;
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

const padding = (size: number) => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

function entry(path: string, file: File): BlobPart[] {
  const seconds = Math.max(0, file.lastModified / 1000);
  const plain = [...path].every((letter) => letter >= " " && letter <= "~");
  const long = text.encode(path).length > NAME_BYTES;
  const parts: BlobPart[] = [];
  if (!plain || long || file.size >= OCTAL_SIZE_LIMIT) {
    const body = new Uint8Array(
      text.encode(record("path", path) + record("size", String(file.size))),
    );
    parts.push(header("PaxHeader", body.length, seconds, "x"), body, padding(body.length));
  }
  parts.push(header(path, file.size, seconds, "0"), file, padding(file.size));
  return parts;
}

/** One archive of all files, always the same for the same files, so that a broken upload can go on. */
export function packTar(files: readonly Picked[], name: string): File {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.flatMap(({ path, file }) => entry(path, file));
  const newest = Math.max(0, ...sorted.map(({ file }) => file.lastModified));
  return new File([...parts, new Uint8Array(2 * BLOCK)], name, {
    type: "application/x-tar",
    lastModified: newest,
  });
}

const ARCHIVE = /\.(zip|tar|tgz|tar\.gz|tar\.bz2|tar\.xz)$/i;

export interface Packed {
  readonly file: File;
  /** What a person dropped, in words. */
  readonly title: string;
  readonly count: number;
}

/** What travels: an archive or a single file as it is, everything else packed. Null when there is nothing. */
export function packPicked(files: readonly Picked[]): Packed | null {
  const [first] = files;
  if (first === undefined) return null;
  if (files.length === 1) return { file: first.file, title: first.file.name, count: 1 };
  const tops = new Set(files.map(({ path }) => path.split("/")[0] ?? path));
  const [top] = tops;
  const folder = tops.size === 1 && top !== undefined && first.path.includes("/") ? top : null;
  const name = folder ?? "files";
  return { file: packTar(files, `${name}.tar`), title: folder ?? "Files", count: files.length };
}

/** Archives inside of what was dropped are not opened; people are told so. */
export const archivesAmong = (files: readonly Picked[]): string[] =>
  files.length < 2 ? [] : files.filter(({ path }) => ARCHIVE.test(path)).map(({ path }) => path);
