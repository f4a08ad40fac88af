import { Progress, Table } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { RelativeTime } from "@/components/RelativeTime";
import { headline } from "../lib/metrics";
import type { Run } from "../types";
import { RunState } from "./RunState";
import classes from "./RunTable.module.css";

interface Props {
  readonly projectId: string;
  readonly runs: readonly Run[];
}

/** Runs, newest first. */
export function RunTable({ projectId, runs }: Props) {
  return (
    <Table verticalSpacing={8} horizontalSpacing={16} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Run</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Data</Table.Th>
          <Table.Th>Result</Table.Th>
          <Table.Th>Started</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {runs.map((run) => (
          <Table.Tr key={run.id}>
            <Table.Td>
              <Link
                className={classes["name"] ?? ""}
                to="/projects/$projectId/training/$runId"
                params={{ projectId, runId: run.id }}
              >
                {titleOf(run)}
              </Link>
              <small className={classes["sub"]}>
                {run.kind === "train" ? run.weights || "from scratch" : "over the images"}
              </small>
            </Table.Td>
            <Table.Td>
              <RunState run={run} />
              {run.state === "running" && (
                <Progress
                  value={100 * run.progress}
                  size={3}
                  mt={4}
                  w={96}
                  aria-label={`${Math.round(100 * run.progress)} % done`}
                />
              )}
            </Table.Td>
            <Table.Td>{dataOf(run)}</Table.Td>
            <Table.Td className={classes["number"] ?? ""}>{resultOf(run)}</Table.Td>
            <Table.Td>
              <RelativeTime value={run.started_at ?? run.created_at} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function titleOf(run: Run): string {
  if (run.name !== "") return run.name;
  const architecture = run.options["architecture"];
  if (run.kind === "predict") return "Prediction";
  return typeof architecture === "string" ? `Training ${architecture}` : "Training";
}

function dataOf(run: Run): string {
  if (run.kind === "predict") return run.model === null ? "" : `model ${run.model.number}`;
  return run.version === null ? "" : `v${run.version.number}`;
}

function resultOf(run: Run): string {
  const found = headline(run.status.metrics ?? {});
  return found === null ? "" : `${found[0]} ${found[1].toFixed(3)}`;
}
