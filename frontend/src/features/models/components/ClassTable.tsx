import { Table, UnstyledButton } from "@mantine/core";
import { useMemo, useState } from "react";
import { Card } from "@/components/Card";
import { formatCount } from "@/lib/format";
import type { ClassRow } from "../types";
import classes from "./ClassTable.module.css";

const COLUMNS = [
  ["images", "Images"],
  ["instances", "Objects"],
  ["precision", "Precision"],
  ["recall", "Recall"],
  ["map50", "mAP50"],
  ["map50_95", "mAP50-95"],
  ["accuracy", "Accuracy"],
] as const;

type Key = (typeof COLUMNS)[number][0] | "name";

interface Props {
  readonly rows: readonly ClassRow[];
  readonly split: string;
}

/** Every class with its numbers; click a head to sort. */
export function ClassTable({ rows, split }: Props) {
  const [sort, setSort] = useState<{ readonly key: Key; readonly up: boolean }>({
    key: "instances",
    up: false,
  });
  const columns = COLUMNS.filter(([key]) => rows.some((row) => typeof row[key] === "number"));
  const sorted = useMemo(() => {
    const sign = sort.up ? 1 : -1;
    return [...rows].sort((a, b) => {
      if (sort.key === "name") return sign * a.name.localeCompare(b.name);
      return sign * ((a[sort.key] ?? -1) - (b[sort.key] ?? -1));
    });
  }, [rows, sort]);
  const head = (key: Key, text: string) => (
    <Table.Th
      key={key}
      data-number={key !== "name" || undefined}
      aria-sort={sort.key === key ? (sort.up ? "ascending" : "descending") : "none"}
    >
      <UnstyledButton
        className={classes["head"] ?? ""}
        onClick={() => setSort({ key, up: sort.key === key ? !sort.up : key === "name" })}
      >
        {text}
        {sort.key === key ? (sort.up ? " ↑" : " ↓") : ""}
      </UnstyledButton>
    </Table.Th>
  );
  return (
    <Card flush hint={undefined} title={`Per class, on ${split === "val" ? "validation" : split}`}>
      <Table verticalSpacing={7} horizontalSpacing={16} className={classes["table"] ?? ""}>
        <Table.Thead>
          <Table.Tr>
            {head("name", "Class")}
            {columns.map(([key, text]) => head(key, text))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sorted.map((row) => (
            <Table.Tr key={row.name}>
              <Table.Td>{row.name}</Table.Td>
              {columns.map(([key]) => (
                <Table.Td key={key} data-number>
                  {cellOf(key, row[key])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function cellOf(key: Key, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return key === "images" || key === "instances" ? formatCount(value) : value.toFixed(3);
}
