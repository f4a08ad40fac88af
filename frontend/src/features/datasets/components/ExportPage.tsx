import { Button, Group, Select, Skeleton, Switch, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PackageOpen } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { useCan } from "@/api/queries/project";
import type { PluginInfo } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { notifyDone } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { SchemaForm } from "@/components/schema-form/SchemaForm";
import { defaultsOf, type JsonSchema, validate } from "@/components/schema-form/schema";
import { formatsQuery, startExport, versionsQuery } from "../api";
import classes from "./datasets.module.css";
import { JobHistory } from "./JobHistory";

interface Props {
  readonly projectId: string;
}

/** Choose a format and what goes in; the archive is written in the background. */
export default function ExportPage({ projectId }: Props) {
  const formats = useQuery(formatsQuery);
  const may = useCan(projectId, "exports.run");
  const [name, setName] = useState<string | null>(null);
  const writable = (formats.data ?? []).filter((one) => one.traits["can_write"] !== false);
  const chosen = writable.find((one) => one.name === name) ?? writable[0];
  return (
    <Page>
      <PageHeader
        title="Export"
        description="Written in the background; the report says what a format cannot express."
      >
        <LinkButton variant="default" to="/projects/$projectId/import" params={{ projectId }}>
          Import instead
        </LinkButton>
      </PageHeader>
      <div className={classes["stack"]}>
        {may && (
          <Card title="Format">
            {formats.isPending && <Skeleton height={80} />}
            {formats.isError && (
              <ErrorNotice error={formats.error} onRetry={() => void formats.refetch()} />
            )}
            <div className={classes["formats"]} role="radiogroup" aria-label="Format">
              {writable.map((one) => (
                <UnstyledButton
                  key={one.name}
                  role="radio"
                  aria-checked={one.name === chosen?.name}
                  className={classes["format"] ?? ""}
                  onClick={() => setName(one.name)}
                >
                  <strong>{one.title || one.name}</strong>
                  {one.description}
                </UnstyledButton>
              ))}
            </div>
          </Card>
        )}
        {may && chosen !== undefined && (
          <ExportForm key={chosen.name} projectId={projectId} format={chosen} />
        )}
        <JobHistory projectId={projectId} kind="export" title="Exports" />
      </div>
    </Page>
  );
}

const STATES = [
  { value: "labelled", label: "Labelled and reviewed images" },
  { value: "reviewed", label: "Reviewed images only" },
  { value: "all", label: "All images" },
];

function scopeOf(value: string): Record<string, unknown> {
  if (value === "all") return { all: true };
  if (value === "reviewed") return { states: ["reviewed"] };
  if (value === "labelled") return { states: ["labelled", "reviewed"] };
  return { version: value };
}

function ExportForm({ projectId, format }: Props & { readonly format: PluginInfo }) {
  const client = useQueryClient();
  const versions = useQuery(versionsQuery(projectId));
  const schema = (format.options_schema ?? {}) as JsonSchema;
  const [options, setOptions] = useState<Record<string, unknown>>(() => defaultsOf(schema));
  const [scope, setScope] = useState("labelled");
  const [withImages, setWithImages] = useState(true);
  const errors = validate(schema, options);
  const start = useMutation({
    mutationFn: () =>
      startExport(projectId, {
        format: format.name,
        options,
        scope: scopeOf(scope),
        with_images: withImages,
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.jobs(projectId) });
      notifyDone("The export has started; it appears below.");
    },
  });
  return (
    <Card title="What goes in">
      <form
        className={classes["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <Select
          label="Images"
          maw={380}
          allowDeselect={false}
          value={scope}
          onChange={(value) => setScope(value ?? scope)}
          data={[
            { group: "As it is now", items: STATES },
            {
              group: "Frozen versions",
              items: (versions.data?.results ?? []).map((one) => ({
                value: one.id,
                label: `v${one.number} ${one.name}`.trim(),
              })),
            },
          ]}
        />
        <Switch
          label="With the pictures"
          description="Without, only labels are written."
          checked={withImages}
          onChange={(event) => setWithImages(event.currentTarget.checked)}
        />
        {Object.keys(schema.properties ?? {}).length > 0 && (
          <SchemaForm schema={schema} value={options} onChange={setOptions} errors={errors} />
        )}
        {start.isError && <ErrorNotice error={start.error} />}
        <Group>
          <Button
            type="submit"
            leftSection={<PackageOpen size={14} />}
            loading={start.isPending}
            disabled={Object.keys(errors).length > 0}
          >
            Export {format.title || format.name}
          </Button>
        </Group>
      </form>
    </Card>
  );
}
