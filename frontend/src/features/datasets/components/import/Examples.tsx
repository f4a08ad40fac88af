import { Tabs } from "@mantine/core";
import { Card } from "@/components/Card";
import { formatCount } from "@/lib/format";
import type { Example, Fate, ImportCounts } from "../../import-types";
import classes from "./import.module.css";

const TITLES: Readonly<Record<Fate, string>> = {
  new: "New",
  matched: "In the project",
  repeated: "Repeated",
  size_only: "Without a picture",
  without_file: "Missing",
};

interface Props {
  readonly counts: ImportCounts;
  readonly examples: Readonly<Partial<Record<Fate, readonly Example[]>>>;
}

/** Some images of every fate by name. */
export function Examples({ counts, examples }: Props) {
  const fates = (Object.keys(TITLES) as Fate[]).filter((fate) => (examples[fate] ?? []).length > 0);
  const [first] = fates;
  if (first === undefined) return null;
  return (
    <Card title="Images" flush>
      <Tabs defaultValue={first} keepMounted={false}>
        <Tabs.List px={12}>
          {fates.map((fate) => (
            <Tabs.Tab key={fate} value={fate}>
              {TITLES[fate]} ({formatCount(counts[fate] ?? 0)})
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {fates.map((fate) => (
          <Tabs.Panel key={fate} value={fate}>
            <ul className={classes["examples"]}>
              {(examples[fate] ?? []).map((one) => (
                <li key={one.name} title={one.name}>
                  {one.name}
                  {one.as !== undefined && <span> is “{one.as}”</span>}
                </li>
              ))}
              {(counts[fate] ?? 0) > (examples[fate] ?? []).length && <li>…</li>}
            </ul>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  );
}
