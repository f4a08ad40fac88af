import { RelativeTime } from "@/components/RelativeTime";
import { formatBytes } from "@/lib/format";
import { useWork } from "../hooks/workbench";
import classes from "./Panel.module.css";
import { Section } from "./Section";

const STATES: Readonly<Record<string, string>> = {
  new: "New",
  in_progress: "In progress",
  labelled: "Labelled",
  reviewed: "Reviewed",
  skipped: "Skipped",
};

/** What is known about the open image. */
export function InfoPanel() {
  const { work } = useWork();
  if (work === null) return null;
  const { image } = work;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ["Size", `${image.width} × ${image.height} px`],
    [
      "File",
      image.original_url === null ? "not here" : `${image.format} · ${formatBytes(image.bytes)}`,
    ],
    ["State", STATES[image.state] ?? image.state],
    ["Split", image.split === "" ? "Decided when a version is frozen" : image.split],
    ["Score", image.score === null ? "None yet" : image.score.toFixed(3)],
    ["Why now", image.priority_reason === "" ? "In order of arrival" : image.priority_reason],
    ["Added", <RelativeTime key="added" value={image.created_at} />],
    ["By", image.uploader?.name ?? "Unknown"],
  ];
  return (
    <Section name="info" title="Image" openAtFirst={false}>
      <dl className={classes["facts"]}>
        {facts.map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
        {image.duplicate_of !== null && (
          <Fact name="Note">Nearly the same picture is in this project already.</Fact>
        )}
      </dl>
    </Section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
