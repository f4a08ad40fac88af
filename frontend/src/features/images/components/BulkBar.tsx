import { Button, Menu } from "@mantine/core";
import { ChevronDown, ListStart, Trash2 } from "lucide-react";
import { useCan } from "@/api/queries/project";
import { confirmDestructive } from "@/components/confirm";
import { plural } from "@/lib/format";
import type { BulkRequest } from "../api";
import { STATE_LABELS } from "../lib/search";
import classes from "./BulkBar.module.css";

interface Props {
  readonly projectId: string;
  readonly count: number;
  /** Whether everything the filter finds is chosen already. */
  readonly all: boolean;
  readonly total: number;
  /** There are more than anybody counted. */
  readonly capped: boolean;
  readonly busy: boolean;
  readonly onAll: () => void;
  readonly onClear: () => void;
  readonly onAction: (request: BulkRequest, done: (changed: number) => string) => void;
}

const SPLITS = [
  { value: "train", label: "Train" },
  { value: "val", label: "Validation" },
  { value: "test", label: "Test" },
  { value: "", label: "Undecided" },
];
const STATES = ["new", "labelled", "reviewed", "skipped"] as const;

/** What can be done to the chosen images. */
export function BulkBar(props: Props) {
  const { projectId, count, onAction } = props;
  const mayEdit = useCan(projectId, "images.edit");
  const mayDelete = useCan(projectId, "images.delete");
  const what =
    props.all && props.capped ? `more than ${plural(count - 1, "image")}` : plural(count, "image");
  return (
    <div className={classes["root"]} role="toolbar" aria-label="Chosen images">
      <strong>{what} chosen</strong>
      {!props.all && props.total > count && (
        <Button variant="subtle" size="compact-sm" onClick={props.onAll}>
          {props.capped ? "Choose all found images" : `Choose all ${plural(props.total, "image")}`}
        </Button>
      )}
      <Button variant="subtle" color="gray" size="compact-sm" onClick={props.onClear}>
        Clear
      </Button>
      <span className={classes["space"]} />
      {mayEdit && (
        <>
          <Choice label="Split" busy={props.busy}>
            {SPLITS.map(({ value, label }) => (
              <Menu.Item
                key={label}
                onClick={() =>
                  onAction(
                    { action: "set_split", value },
                    (n) => `${plural(n, "image")}: ${label}.`,
                  )
                }
              >
                {label}
              </Menu.Item>
            ))}
          </Choice>
          <Choice label="State" busy={props.busy}>
            {STATES.map((value) => (
              <Menu.Item
                key={value}
                onClick={() =>
                  onAction(
                    { action: "set_state", value },
                    (n) => `${plural(n, "image")} marked ${STATE_LABELS[value].toLowerCase()}.`,
                  )
                }
              >
                {STATE_LABELS[value]}
              </Menu.Item>
            ))}
          </Choice>
          <Button
            variant="default"
            loading={props.busy}
            leftSection={<ListStart size={15} />}
            onClick={() =>
              onAction(
                { action: "prioritise", value: 100 },
                (n) => `${plural(n, "image")} moved to the front of the labelling queue.`,
              )
            }
          >
            Label first
          </Button>
        </>
      )}
      {mayDelete && (
        <Button
          variant="default"
          c="var(--mq-bad)"
          loading={props.busy}
          leftSection={<Trash2 size={15} />}
          onClick={() =>
            confirmDestructive({
              title: `Delete ${what}?`,
              body: "The images go with everything that is labelled on them. This cannot be undone.",
              confirm: `Delete ${what}`,
              onConfirm: () =>
                onAction({ action: "delete" }, (n) => `${plural(n, "image")} deleted.`),
            })
          }
        >
          Delete
        </Button>
      )}
    </div>
  );
}

function Choice(props: {
  readonly label: string;
  readonly busy: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" loading={props.busy} rightSection={<ChevronDown size={14} />}>
          {props.label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>{props.children}</Menu.Dropdown>
    </Menu>
  );
}
