import { Radio, SegmentedControl, Select, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Card } from "@/components/Card";
import { formatCount } from "@/lib/format";
import { versionsQuery } from "../../api";
import { type ExportForm, SCOPES, type Scope, SEEDED } from "../../lib/export-settings";
import datasets from "../datasets.module.css";
import { SplitFields } from "../versions/SplitFields";
import classes from "./export.module.css";
import { ViewFields } from "./ViewFields";

interface Props {
  readonly projectId: string;
  readonly value: ExportForm;
  readonly onChange: (value: ExportForm) => void;
}

const SCOPE_NAMES: Readonly<Record<Scope, string>> = {
  labelled: "Labelled and reviewed images",
  reviewed: "Reviewed images only",
  view: "A view: images that I filter",
  version: "A frozen version",
  all: "All images, labelled or not",
};

/** Which images, with which split, with or without their pictures. */
export function ExportSettingsForm({ projectId, value, onChange }: Props) {
  const versions = useQuery(versionsQuery(projectId)).data?.results ?? [];
  const set = (patch: Partial<ExportForm>) => onChange({ ...value, ...patch });
  return (
    <Card title="What goes in">
      <div className={classes["what"]}>
        <Radio.Group
          aria-label="Images"
          value={value.scope}
          onChange={(text) => {
            const scope = SCOPES.find((one) => one === text) ?? value.scope;
            set({ scope, version: value.version ?? versions[0]?.id ?? null });
          }}
        >
          <div className={classes["scopes"]}>
            {SCOPES.map((scope) => (
              <Radio
                key={scope}
                value={scope}
                label={SCOPE_NAMES[scope]}
                disabled={scope === "version" && versions.length === 0}
              />
            ))}
          </div>
        </Radio.Group>
        <div className={datasets["form"]}>
          {value.scope === "version" && (
            <Select
              label="Version"
              allowDeselect={false}
              value={value.version}
              onChange={(version) => set({ version })}
              data={versions.map((one) => ({
                value: one.id,
                label: `v${one.number} ${one.name} · ${formatCount(one.counts.images ?? 0)} images`,
              }))}
            />
          )}
          {value.scope === "view" && (
            <ViewFields
              projectId={projectId}
              value={value.view}
              onChange={(view) => set({ view })}
            />
          )}
          {value.scope === "version" ? (
            <p className={datasets["note"]}>A version keeps the split it was frozen with.</p>
          ) : (
            <>
              <SegmentedControl
                aria-label="Split"
                value={value.split === null ? "keep" : "seeded"}
                onChange={(text) => set({ split: text === "keep" ? null : SEEDED })}
                data={[
                  { value: "keep", label: "Keep their split" },
                  { value: "seeded", label: "Divide anew" },
                ]}
              />
              {value.split !== null && (
                <SplitFields
                  projectId={projectId}
                  value={value.split}
                  onChange={(split) => set({ split })}
                />
              )}
            </>
          )}
          <Switch
            label="With the pictures"
            description="Without, only annotations are written."
            checked={value.withImages}
            onChange={(event) => set({ withImages: event.currentTarget.checked })}
          />
        </div>
      </div>
    </Card>
  );
}
