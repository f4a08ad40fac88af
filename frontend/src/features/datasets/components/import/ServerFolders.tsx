import { Button, Skeleton, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ArrowUp, FileText, Folder, SearchCheck } from "lucide-react";
import { useState } from "react";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { placesQuery } from "../../import-api";
import type { Source } from "../../lib/import-state";
import classes from "./import.module.css";

interface Props {
  readonly projectId: string;
  readonly busy: boolean;
  readonly onChoose: (source: Source) => void;
}

/** Folders of the server that imports may read, to walk through; or a path typed in. */
export function ServerFolders({ projectId, busy, onChoose }: Props) {
  const [path, setPath] = useState("");
  const [typed, setTyped] = useState("");
  const places = useQuery(placesQuery(projectId, path));
  const go = (next: string) => {
    setPath(next);
    setTyped(next);
  };
  const choose = (chosen: string) => onChoose({ kind: "path", path: chosen });
  if (places.isSuccess && path === "" && places.data.entries.length === 0)
    return (
      <EmptyState icon={Folder} title="No folder of the server may be read" compact>
        Whoever runs this server can allow some in MARQUEE_IMPORT_ROOTS. Until then, upload.
      </EmptyState>
    );
  return (
    <div className={classes["column"]}>
      <form
        className={classes["path"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== "") choose(typed.trim());
        }}
      >
        <TextInput
          aria-label="Folder or file on the server"
          placeholder="Pick below, or type a path"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button
          type="submit"
          leftSection={<SearchCheck size={14} />}
          disabled={typed.trim() === ""}
          loading={busy}
        >
          Look what is in it
        </Button>
      </form>
      {places.isPending && <Skeleton height={120} />}
      {places.isError && <ErrorNotice error={places.error} onRetry={() => go("")} />}
      {places.isSuccess && (
        <ul className={classes["entries"]} aria-label="Folders">
          {places.data.parent !== null && (
            <li>
              <button type="button" onClick={() => go(places.data.parent ?? "")}>
                <ArrowUp size={14} aria-hidden /> Up
              </button>
            </li>
          )}
          {places.data.entries.map((entry) => (
            <li key={entry.path}>
              <button
                type="button"
                onClick={() => (entry.folder ? go(entry.path) : setTyped(entry.path))}
              >
                {entry.folder ? (
                  <Folder size={14} aria-hidden />
                ) : (
                  <FileText size={14} aria-hidden />
                )}
                {entry.name}
              </button>
            </li>
          ))}
          {places.data.entries.length === 0 && (
            <li className={classes["none"]}>Nothing below it can be imported by itself.</li>
          )}
          {places.data.more && <li className={classes["none"]}>More than 500; type the path.</li>}
        </ul>
      )}
    </div>
  );
}
