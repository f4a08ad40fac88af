import { ActionIcon, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { can } from "@/api/permissions";
import { projectQuery } from "@/api/queries/project";
import { notifyError } from "@/components/notify";
import { renameModel } from "../api";
import type { Model } from "../types";

interface Props {
  readonly projectId: string;
  readonly model: Model;
}

/** The model's name, editable in place. */
export function ModelName({ projectId, model }: Props) {
  const client = useQueryClient();
  const project = useQuery(projectQuery(projectId));
  const [draft, setDraft] = useState<string | null>(null);
  const rename = useMutation({
    mutationFn: (name: string) => renameModel(model.id, name),
    onSuccess: (fresh) => {
      client.setQueryData(keys.model(model.id), fresh);
      void client.invalidateQueries({ queryKey: keys.models(projectId) });
      setDraft(null);
    },
    onError: notifyError,
  });
  const shown = model.name || `Model ${model.number}`;
  const may = project.data !== undefined && can(project.data.role, "models.edit");
  if (draft !== null) {
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(draft.trim());
        }}
      >
        <TextInput
          autoFocus
          aria-label="Name of the model"
          value={draft}
          placeholder={`Model ${model.number}`}
          maxLength={200}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={() => setDraft(null)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(null);
          }}
        />
      </form>
    );
  }
  return (
    <>
      {shown}{" "}
      {may && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label="Rename the model"
          onClick={() => setDraft(model.name)}
        >
          <Pencil size={13} />
        </ActionIcon>
      )}
    </>
  );
}
