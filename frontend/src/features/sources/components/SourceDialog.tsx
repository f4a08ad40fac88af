import {
  Alert,
  Button,
  Group,
  Modal,
  Skeleton,
  Stack,
  Switch,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import type { PluginInfo, Source } from "@/api/types";
import { ErrorNotice } from "@/components/ErrorNotice";
import { SchemaForm } from "@/components/schema-form/SchemaForm";
import { defaultsOf, type JsonSchema, validate } from "@/components/schema-form/schema";
import { addSource, changeSource, type Options, placesQuery, probe } from "../api";
import classes from "./sources.module.css";

interface Props {
  readonly projectId: string;
  /** The source to change; none to add one. */
  readonly source?: Source;
  readonly onClose: () => void;
  readonly onAdded?: (source: Source) => void;
}

/** Where pictures lie, tried out before it is kept. */
export function SourceDialog({ projectId, source, onClose, onAdded }: Props) {
  const places = useQuery(placesQuery);
  const [plugin, setPlugin] = useState<string | null>(source?.plugin ?? null);
  const chosen = places.data?.find((one) => one.name === plugin);
  return (
    <Modal
      opened
      onClose={onClose}
      title={source === undefined ? "Add a source" : `Change ${source.name}`}
      size={620}
    >
      <Stack gap="md">
        {places.isPending && <Skeleton height={160} />}
        {places.isError && (
          <ErrorNotice error={places.error} onRetry={() => void places.refetch()} />
        )}
        {source === undefined && places.data !== undefined && (
          <div className={classes["places"]} role="radiogroup" aria-label="Kind of place">
            {places.data.map((one) => (
              <UnstyledButton
                key={one.name}
                role="radio"
                aria-checked={one.name === plugin}
                className={classes["place"] ?? ""}
                onClick={() => setPlugin(one.name)}
              >
                <strong>{one.title}</strong>
                <span>{one.description}</span>
              </UnstyledButton>
            ))}
          </div>
        )}
        {chosen !== undefined && (
          <SourceForm
            key={chosen.name}
            projectId={projectId}
            place={chosen}
            source={source}
            onClose={onClose}
            onAdded={onAdded}
          />
        )}
      </Stack>
    </Modal>
  );
}

interface FormProps {
  readonly projectId: string;
  readonly place: PluginInfo;
  readonly source: Source | undefined;
  readonly onClose: () => void;
  readonly onAdded: ((source: Source) => void) | undefined;
}

function SourceForm({ projectId, place, source, onClose, onAdded }: FormProps) {
  const client = useQueryClient();
  const schema = (place.options_schema ?? {}) as JsonSchema;
  const [options, setOptions] = useState<Record<string, unknown>>(() => ({
    ...defaultsOf(schema),
    ...source?.options,
  }));
  const [name, setName] = useState(source?.name ?? "");
  const [copies, setCopies] = useState(source?.copies ?? true);
  const kept = source?.secrets_set ?? [];
  const errors = validate(schema, options);
  const look = useMutation({ mutationFn: (given: Options) => probe(projectId, place.name, given) });
  const save = useMutation({
    mutationFn: () => {
      const values = { name: name.trim() || place.title, options, copies };
      return source === undefined
        ? addSource(projectId, { ...values, plugin: place.name })
        : changeSource(source.id, values);
    },
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: keys.sources(projectId) });
      if (source === undefined) onAdded?.(saved);
      onClose();
    },
  });
  const sound = Object.keys(errors).length === 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (sound) save.mutate();
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          placeholder={place.title}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <SchemaForm
          schema={schema}
          value={options}
          errors={look.isError || save.isError ? errors : {}}
          onChange={(next) => {
            setOptions(next);
            look.reset();
          }}
        />
        {kept.length > 0 && (
          <Text size="xs" c="dimmed">
            Secrets are not shown. Leave them empty to keep them.
          </Text>
        )}
        <Switch
          label="Copy the pictures"
          description="Without copying only thumbnails are kept here; originals are fetched from the source when somebody opens them."
          checked={copies}
          onChange={(event) => setCopies(event.currentTarget.checked)}
        />
        {look.isSuccess && (
          <Alert
            color="green"
            variant="light"
            icon={<CircleCheck size={16} />}
            title={
              look.data.names.length > 0 ? "It can be reached" : "It can be reached, and is empty"
            }
          >
            <ul className={classes["found"]}>
              {look.data.names.map((one) => (
                <li key={one}>{one}</li>
              ))}
              {look.data.more && <li>and more</li>}
            </ul>
          </Alert>
        )}
        {look.isError && <ErrorNotice error={look.error} />}
        {save.isError && <ErrorNotice error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          {kept.length === 0 && (
            <Button
              variant="default"
              disabled={!sound}
              loading={look.isPending}
              onClick={() => look.mutate(options)}
            >
              Try it
            </Button>
          )}
          <Button type="submit" disabled={!sound} loading={save.isPending}>
            {source === undefined ? "Add and synchronise" : "Save"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
