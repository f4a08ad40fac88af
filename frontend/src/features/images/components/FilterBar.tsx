import {
  ActionIcon,
  Button,
  NumberInput,
  Popover,
  SegmentedControl,
  Select,
  TextInput,
} from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Copy, Search, SlidersHorizontal, X } from "lucide-react";
import { useEffect, useState } from "react";
import { http } from "@/api/http";
import { keys } from "@/api/keys";
import { labelsQuery } from "@/api/queries/project";
import type { Member, Paginated } from "@/api/types";
import {
  filterOf,
  type ImageSearch,
  isFiltered,
  ORDERS,
  SPLIT_LABELS,
  SPLITS,
  STATE_LABELS,
  STATES,
} from "../lib/search";
import classes from "./FilterBar.module.css";

interface Props {
  readonly projectId: string;
  readonly search: ImageSearch;
  readonly onChange: (search: ImageSearch) => void;
  readonly size: TileSize;
  readonly onSize: (size: TileSize) => void;
}

export type TileSize = "S" | "M" | "L";

/** Sets one thing of the address; undefined takes it out. */
type Set = <K extends keyof ImageSearch>(name: K, value: ImageSearch[K] | undefined) => void;

/** All filters, the order and the size of the gallery, each written into the address. */
export function FilterBar({ projectId, search, onChange, size, onSize }: Props) {
  const labels = useQuery(labelsQuery(projectId)).data?.labels ?? [];
  const set: Set = (name, value) => {
    const { [name]: _old, ...rest } = search;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  return (
    <div className={classes["root"]}>
      <NameSearch
        value={search.search ?? ""}
        onChange={(text) => set("search", text || undefined)}
      />
      <Select
        aria-label="State"
        placeholder="Any state"
        clearable
        w={130}
        data={STATES.map((value) => ({ value, label: STATE_LABELS[value] }))}
        value={search.state ?? null}
        onChange={(value) =>
          set(
            "state",
            STATES.find((state) => state === value),
          )
        }
      />
      <Select
        aria-label="Class"
        placeholder="Any class"
        clearable
        searchable={labels.length > 8}
        w={150}
        data={[
          { value: "none", label: "Without objects" },
          ...labels.map((label) => ({ value: String(label.id), label: label.name })),
        ]}
        value={
          search.unlabelled ? "none" : search.label === undefined ? null : String(search.label)
        }
        onChange={(value) => {
          const { label: _label, unlabelled: _none, ...rest } = search;
          if (value === null) onChange(rest);
          else
            onChange(
              value === "none" ? { ...rest, unlabelled: true } : { ...rest, label: Number(value) },
            );
        }}
      />
      <Select
        aria-label="Split"
        placeholder="Any split"
        clearable
        w={120}
        data={SPLITS.map((value) => ({ value, label: SPLIT_LABELS[value] }))}
        value={search.split ?? null}
        onChange={(value) =>
          set(
            "split",
            SPLITS.find((split) => split === value),
          )
        }
      />
      <MoreFilters projectId={projectId} search={search} set={set} />
      {isFiltered(search) && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<X size={14} />}
          onClick={() => onChange(search.order === undefined ? {} : { order: search.order })}
        >
          Clear
        </Button>
      )}
      <span className={classes["space"]} />
      <Select
        aria-label="Order"
        w={160}
        allowDeselect={false}
        data={[...ORDERS]}
        value={search.order ?? "-created"}
        onChange={(value) => set("order", ORDERS.find((order) => order.value === value)?.value)}
      />
      <SegmentedControl
        aria-label="Size of the pictures"
        data={["S", "M", "L"]}
        value={size}
        onChange={(value) => onSize(value as TileSize)}
      />
    </div>
  );
}

function NameSearch({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  const send = useDebouncedCallback(onChange, 250);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      aria-label="Find by name"
      placeholder="Find by name"
      leftSection={<Search size={14} />}
      w={180}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        send(event.currentTarget.value.trim());
      }}
    />
  );
}

function MoreFilters({
  projectId,
  search,
  set,
}: {
  projectId: string;
  search: ImageSearch;
  set: Set;
}) {
  const [opened, setOpened] = useState(false);
  const members = useQuery({
    queryKey: keys.members(projectId),
    queryFn: ({ signal }) =>
      http.get<Paginated<Member>>(`/projects/${projectId}/members`, {}, signal),
    enabled: opened,
  }).data?.results;
  const { min_score, max_score, uploader, duplicates } = filterOf(search);
  const used = [min_score, max_score, uploader, duplicates].filter(
    (one) => one !== undefined,
  ).length;
  const score = (value: string | number) => (typeof value === "number" ? value : undefined);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" width={260}>
      <Popover.Target>
        <ActionIcon
          size={32}
          variant={used > 0 ? "light" : "default"}
          color={used > 0 ? "indigo" : "gray"}
          aria-label={used > 0 ? `More filters, ${used} used` : "More filters"}
          onClick={() => setOpened(!opened)}
        >
          <SlidersHorizontal size={15} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={12}>
        <div className={classes["more"]}>
          <div className={classes["pair"]}>
            <NumberInput
              label="Score from"
              step={0.1}
              value={min_score ?? ""}
              onChange={(value) => set("min_score", score(value))}
            />
            <NumberInput
              label="to"
              step={0.1}
              value={max_score ?? ""}
              onChange={(value) => set("max_score", score(value))}
            />
          </div>
          <Select
            label="Added by"
            placeholder="Anybody"
            clearable
            data={(members ?? []).map(({ user }) => ({
              value: String(user.id),
              label: user.display_name || user.username,
            }))}
            value={uploader === undefined ? null : String(uploader)}
            onChange={(value) => set("uploader", value === null ? undefined : Number(value))}
          />
          <Button
            variant={duplicates ? "light" : "default"}
            leftSection={<Copy size={14} />}
            aria-pressed={duplicates === true}
            onClick={() => set("duplicates", duplicates ? undefined : true)}
          >
            Near-duplicates only
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
