import { Button, Group, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import type { DatasetVersion } from "../../types";
import { describeVersion } from "../../versions-api";
import datasets from "../datasets.module.css";
import classes from "./versions.module.css";

interface Props {
  readonly version: DatasetVersion;
  readonly may: boolean;
}

/** Name and notes: the only part of a version that may change. */
export function VersionNotes({ version, may }: Props) {
  const [editing, setEditing] = useState(false);
  return (
    <Card
      title="Notes"
      actions={
        may &&
        !editing && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<Pencil size={13} />}
            onClick={() => setEditing(true)}
          >
            Edit
          </Button>
        )
      }
    >
      {editing ? (
        <NotesForm version={version} onDone={() => setEditing(false)} />
      ) : (
        <p className={classes["notes"]} data-empty={version.notes === "" || undefined}>
          {version.notes || "Nothing is written down about this version."}
        </p>
      )}
    </Card>
  );
}

function NotesForm({
  version,
  onDone,
}: {
  readonly version: DatasetVersion;
  readonly onDone: () => void;
}) {
  const client = useQueryClient();
  const [name, setName] = useState(version.name);
  const [notes, setNotes] = useState(version.notes);
  const save = useMutation({
    mutationFn: () => describeVersion(version.id, { name, notes }),
    onSuccess: (changed) => {
      client.setQueryData(keys.version(version.id), changed);
      if (version.project !== undefined)
        void client.invalidateQueries({ queryKey: keys.versions(version.project) });
      onDone();
    },
  });
  return (
    <form
      className={datasets["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <TextInput
        label="Name"
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Notes"
        autosize
        minRows={3}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
      />
      {save.isError && <ErrorNotice error={save.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" loading={save.isPending}>
          Save
        </Button>
      </Group>
    </form>
  );
}
