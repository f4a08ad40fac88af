import { Card } from "@/components/Card";
import { StatRow, StatTile } from "@/components/StatTile";
import { formatBytes, formatCount, plural } from "@/lib/format";
import type { ImportCounts } from "../../import-types";
import classes from "./import.module.css";

const KINDS: Readonly<Record<string, string>> = {
  box: "Boxes",
  rotated_box: "Rotated boxes",
  polygon: "Polygons",
  polyline: "Lines",
  points: "Points",
  keypoints: "Key points",
  ellipse: "Ellipses",
  mask: "Masks",
  tag: "Tags",
};

const SPLITS: Readonly<Record<string, string>> = {
  train: "Train",
  val: "Validation",
  test: "Test",
  "": "No split",
};

interface Props {
  readonly counts: ImportCounts;
  readonly bytes?: number;
}

/** What is in the files, in numbers. */
export function Counts({ counts, bytes }: Props) {
  const at = (name: string) => counts[name] ?? 0;
  const missing = at("without_file");
  return (
    <Card title="In the files" flush>
      <StatRow>
        <StatTile
          label="Images"
          value={formatCount(at("images"))}
          {...(bytes === undefined || bytes === 0 ? {} : { note: formatBytes(bytes) })}
        />
        <StatTile
          label="New"
          value={formatCount(at("new") + at("size_only"))}
          note={newNote(counts)}
        />
        <StatTile
          label="In the project"
          value={formatCount(at("matched"))}
          note={
            at("matched") > 0
              ? `with ${formatCount(at("annotations_here"))} of the objects`
              : "none"
          }
        />
        <StatTile
          label="Missing"
          value={formatCount(missing)}
          note={missing > 0 ? "no picture: left out" : "none"}
        />
        <StatTile
          label="Objects"
          value={formatCount(at("annotations"))}
          note={
            at("predictions") > 0
              ? `and ${formatCount(at("predictions"))} suggestions`
              : `${plural(at("without_annotations"), "image")} without`
          }
        />
      </StatRow>
      <div className={classes["bars"]}>
        <Bars title="By type" names={KINDS} values={counts.by_type} />
        <Bars title="By split" names={SPLITS} values={counts.by_split} />
      </div>
    </Card>
  );
}

function newNote(counts: ImportCounts): string {
  const repeated = counts["repeated"] ?? 0;
  const bare = counts["size_only"] ?? 0;
  if (repeated > 0) return `${formatCount(repeated)} more are repeated`;
  return bare > 0 ? `${formatCount(bare)} without a picture` : "will be added";
}

interface BarsProps {
  readonly title: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, number>>;
}

function Bars({ title, names, values }: BarsProps) {
  const rows = Object.entries(values).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...rows.map(([, value]) => value));
  if (rows.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{names[name] ?? name}</dt>
            <dd>
              <span style={{ width: `${(100 * value) / most}%` }} />
              {formatCount(value)}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
