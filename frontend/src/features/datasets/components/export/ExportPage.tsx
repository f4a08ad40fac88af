import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { PackageOpen } from "lucide-react";
import { useState } from "react";
import { useCan } from "@/api/queries/project";
import type { PluginInfo } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { LinkButton } from "@/components/LinkButton";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { defaultsOf, type JsonSchema } from "@/components/schema-form/schema";
import { formatsQuery } from "../../api";
import { type ExportSearch, formOf } from "../../lib/export-settings";
import datasets from "../datasets.module.css";
import { ExportHistory } from "./ExportHistory";
import { ExportReview } from "./ExportReview";
import { ExportSettingsForm } from "./ExportSettingsForm";
import classes from "./export.module.css";
import { FormatPicker } from "./FormatPicker";

interface Props {
  readonly projectId: string;
  readonly search: ExportSearch;
}

/** Choose what goes in and in which format, see what the format cannot hold, then have it written. */
export default function ExportPage({ projectId, search }: Props) {
  const formats = useQuery(formatsQuery);
  const may = useCan(projectId, "exports.run");
  const writable = (formats.data ?? []).filter((one) => one.traits["can_write"] !== false);
  return (
    <Page>
      <PageHeader
        title="Export"
        description="What a format cannot hold is counted before anything is written."
      >
        <LinkButton variant="default" to="/projects/$projectId/import" params={{ projectId }}>
          Import instead
        </LinkButton>
      </PageHeader>
      <div className={datasets["stack"]}>
        {formats.isPending && <Skeleton height={280} />}
        {formats.isError && (
          <ErrorNotice error={formats.error} onRetry={() => void formats.refetch()} />
        )}
        {!may && (
          <EmptyState icon={PackageOpen} title="Exports are made by reviewers and managers" compact>
            Ask a manager of this project for the data.
          </EmptyState>
        )}
        {may && writable.length > 0 && (
          <Exporting projectId={projectId} search={search} formats={writable} />
        )}
        <ExportHistory projectId={projectId} may={may} />
      </div>
    </Page>
  );
}

function Exporting({
  projectId,
  search,
  formats,
}: Props & { readonly formats: readonly PluginInfo[] }) {
  const first = formats.find((one) => one.name === "coco") ?? formats[0];
  const [format, setFormat] = useState(first);
  const [form, setForm] = useState(() => formOf(search));
  const [options, setOptions] = useState<Record<string, unknown>>(() => optionsOf(first));
  if (format === undefined) return null;
  return (
    <div className={classes["columns"]}>
      <div className={datasets["stack"]}>
        <ExportSettingsForm projectId={projectId} value={form} onChange={setForm} />
        <FormatPicker
          formats={formats}
          format={format}
          options={options}
          onOptions={setOptions}
          onFormat={(next) => {
            setFormat(next);
            setOptions(optionsOf(next));
          }}
        />
      </div>
      <ExportReview projectId={projectId} format={format} options={options} form={form} />
    </div>
  );
}

const optionsOf = (format: PluginInfo | undefined): Record<string, unknown> =>
  defaultsOf((format?.options_schema ?? {}) as JsonSchema);
