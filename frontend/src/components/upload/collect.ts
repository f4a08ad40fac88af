export interface Picked {
  readonly path: string;
  readonly file: File;
}

const IGNORED = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;

/** Leaves out what operating systems put into folders by themselves. */
export function withoutLitter(files: readonly Picked[]): Picked[] {
  return files.filter(({ path }) => !IGNORED.test(path));
}

/** Files of an <input>, which knows folders only by `webkitRelativePath`. */
export function fromInput(list: FileList): Picked[] {
  return withoutLitter(
    [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file })),
  );
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A directory reader gives at most a hundred entries at a time, until it gives none. */
async function entriesOf(entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = entry.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walk(entry: FileSystemEntry): Promise<Picked[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) return [{ path, file: await fileOf(entry as FileSystemFileEntry) }];
  if (!entry.isDirectory) return [];
  const children = await entriesOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(children.map(walk))).flat();
}

/** Everything that was dropped, folders opened. Must be called in the drop event itself: the items die after it. */
export async function fromDrop(transfer: DataTransfer): Promise<Picked[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const picked =
    entries.length > 0
      ? (await Promise.all(entries.map(walk))).flat()
      : [...transfer.files].map((file) => ({ path: file.name, file }));
  return withoutLitter(picked).sort((a, b) =>
    a.path.localeCompare(b.path, "en", { numeric: true }),
  );
}
