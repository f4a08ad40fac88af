import { Button, NumberInput, Select, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Target } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import type { PluginInfo } from "@/api/types";
import { Card } from "@/components/Card";
import { ErrorNotice } from "@/components/ErrorNotice";
import { SchemaForm } from "@/components/schema-form/SchemaForm";
import { defaultsOf, type JsonSchema, validate } from "@/components/schema-form/schema";
import { startRound, strategiesQuery } from "../api";
import classes from "./RoundsPage.module.css";

/** Choose a strategy and a size, and pick. */
export function RoundForm({ projectId }: { readonly projectId: string }) {
  const query = useQuery(strategiesQuery);
  const [name, setName] = useState<string | null>(null);
  const strategies = query.data ?? [];
  const chosen = strategies.find((one) => one.name === name) ?? strategies[0];
  return (
    <Card title="Pick the next batch">
      {query.isPending && <Skeleton height={200} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {chosen !== undefined && (
        <div className={classes["form"]}>
          <Select
            label="Strategy"
            allowDeselect={false}
            value={chosen.name}
            onChange={setName}
            data={strategies.map((one) => ({ value: one.name, label: one.title || one.name }))}
          />
          <p className={classes["note"]}>{chosen.description}</p>
          <StrategyForm key={chosen.name} projectId={projectId} strategy={chosen} />
        </div>
      )}
    </Card>
  );
}

interface Props {
  readonly projectId: string;
  readonly strategy: PluginInfo;
}

function StrategyForm({ projectId, strategy }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const schema = (strategy.options_schema ?? {}) as JsonSchema;
  const [options, setOptions] = useState<Record<string, unknown>>(() => defaultsOf(schema));
  const [size, setSize] = useState(20);
  const errors = validate(schema, options);
  const start = useMutation({
    mutationFn: () => startRound(projectId, { strategy: strategy.name, options, size, seed: 0 }),
    onSuccess: (round) => {
      void client.invalidateQueries({ queryKey: keys.rounds(projectId) });
      void navigate({
        to: "/projects/$projectId/rounds/$roundId",
        params: { projectId, roundId: round.id },
      });
    },
  });
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <NumberInput
        label="Images"
        min={1}
        max={10_000}
        value={size}
        onChange={(value) => setSize(Math.max(1, Number(value) || 1))}
      />
      {Object.keys(schema.properties ?? {}).length > 0 && (
        <SchemaForm schema={schema} value={options} onChange={setOptions} errors={errors} />
      )}
      {start.isError && <ErrorNotice error={start.error} />}
      <Button
        type="submit"
        leftSection={<Target size={14} />}
        loading={start.isPending}
        disabled={Object.keys(errors).length > 0}
      >
        Pick {size} {size === 1 ? "image" : "images"}
      </Button>
    </form>
  );
}
