import { StatRow, StatTile } from "@/components/StatTile";
import { formatCount } from "@/lib/format";
import { SPLIT_NAMES } from "../../lib/splits";
import { type DiffSummary, SPLITS } from "../../version-types";

/** Images by what happened to them, and how the splits grew. */
export function DiffNumbers({ summary }: { readonly summary: DiffSummary }) {
  const { images, moves, labels } = summary;
  const sum = (name: "added" | "removed" | "changed") =>
    labels.reduce((total, label) => total + label[name], 0);
  const moved = Object.entries(moves)
    .map(([way, count]) => `${formatCount(count)} ${way}`)
    .join(", ");
  return (
    <>
      <StatRow>
        <StatTile
          label="Images"
          value={`+${formatCount(images.added)} −${formatCount(images.removed)}`}
          note={`${formatCount(images.same)} unchanged${images.renamed > 0 ? `, ${formatCount(images.renamed)} renamed` : ""}`}
        />
        <StatTile
          label="Images with other annotations"
          value={formatCount(images.changed)}
          note={`${formatCount(sum("changed"))} objects changed`}
        />
        <StatTile
          label="Objects"
          value={`+${formatCount(sum("added"))} −${formatCount(sum("removed"))}`}
        />
        <StatTile
          label="Moved between splits"
          value={formatCount(images.moved)}
          note={moved || "none"}
        />
      </StatRow>
      <StatRow>
        {SPLITS.map((split) => {
          const [before, after] = summary.splits[split];
          return (
            <StatTile
              key={split}
              label={SPLIT_NAMES[split]}
              value={formatCount(after)}
              note={before === after ? "as before" : `${formatCount(before)} before`}
            />
          );
        })}
      </StatRow>
    </>
  );
}
