import { Table, VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { RelativeTime } from "@/components/RelativeTime";
import { formatCount } from "@/lib/format";
import type { DatasetVersion } from "../../types";
import datasets from "../datasets.module.css";
import { SplitBar } from "./SplitBar";
import classes from "./versions.module.css";

interface Props {
  readonly projectId: string;
  readonly versions: readonly DatasetVersion[];
}

/** Versions, newest first; each can be compared with the one before it. */
export function VersionTable({ projectId, versions }: Props) {
  return (
    <Table verticalSpacing={10} horizontalSpacing={16} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Version</Table.Th>
          <Table.Th>Images</Table.Th>
          <Table.Th>Annotations</Table.Th>
          <Table.Th>Split</Table.Th>
          <Table.Th>Frozen</Table.Th>
          <Table.Th>
            <VisuallyHidden>Compare</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {versions.map((version, index) => (
          <Table.Tr key={version.id}>
            <Table.Td>
              <Link
                className={datasets["name"] ?? ""}
                to="/projects/$projectId/versions/$versionId"
                params={{ projectId, versionId: version.id }}
              >
                v{version.number} {version.name}
              </Link>
              {version.notes === "" ? (
                <small className={datasets["sub"]}>{version.hash.slice(0, 12)}</small>
              ) : (
                <small className={classes["firstLine"]}>{version.notes.split("\n")[0]}</small>
              )}
            </Table.Td>
            <Table.Td className={datasets["number"] ?? ""}>
              {formatCount(version.counts.images ?? 0)}
            </Table.Td>
            <Table.Td className={datasets["number"] ?? ""}>
              {formatCount(version.counts.annotations ?? 0)}
            </Table.Td>
            <Table.Td className={classes["splitCell"] ?? ""}>
              <SplitBar
                counts={version.counts.splits ?? {}}
                what={`Split of v${version.number}`}
                legend="short"
              />
            </Table.Td>
            <Table.Td>
              <RelativeTime value={version.created_at} />
            </Table.Td>
            <Table.Td>
              <Compare projectId={projectId} head={version} base={versions[index + 1]} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Compare(props: {
  readonly projectId: string;
  readonly head: DatasetVersion;
  readonly base: DatasetVersion | undefined;
}) {
  if (props.base === undefined) return null;
  return (
    <Link
      className={classes["compare"] ?? ""}
      to="/projects/$projectId/versions/$versionId/diff"
      params={{ projectId: props.projectId, versionId: props.head.id }}
      search={{ base: props.base.id }}
    >
      Since v{props.base.number}
    </Link>
  );
}
