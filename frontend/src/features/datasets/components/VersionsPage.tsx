import {
  Button,
  Group,
  Modal,
  NumberInput,
  Skeleton,
  Table,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Layers, Plus } from "lucide-react";
import { useState } from "react";
import { keys } from "@/api/keys";
import { useCan } from "@/api/queries/project";
import { Card } from "@/components/Card";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { notifyDone } from "@/components/notify";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { RelativeTime } from "@/components/RelativeTime";
import { formatCount } from "@/lib/format";
import { freezeVersion, versionsQuery } from "../api";
import { splitText } from "../lib/report";
import classes from "./datasets.module.css";

interface Props {
  readonly projectId: string;
}

/** Frozen states of the dataset. */
export default function VersionsPage({ projectId }: Props) {
  const query = useQuery(versionsQuery(projectId));
  const may = useCan(projectId, "versions.create");
  const [open, setOpen] = useState(false);
  const versions = query.data?.results ?? [];
  const freeze = may && (
    <Button leftSection={<Plus size={14} />} onClick={() => setOpen(true)}>
      Freeze a version
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Versions"
        description="A version is a frozen list of images, labels and splits. Every model points to one."
      >
        {freeze}
      </PageHeader>
      {query.isPending && <Skeleton height={240} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && versions.length === 0 && (
        <EmptyState icon={Layers} title="No version yet" action={freeze}>
          Training freezes one by itself; freeze one by hand to share or export a fixed state.
        </EmptyState>
      )}
      {versions.length > 0 && (
        <Card flush>
          <Table verticalSpacing={10} horizontalSpacing={16} highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Version</Table.Th>
                <Table.Th>Images</Table.Th>
                <Table.Th>Annotations</Table.Th>
                <Table.Th>Split</Table.Th>
                <Table.Th>Frozen</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {versions.map((version) => (
                <Table.Tr key={version.id}>
                  <Table.Td>
                    <Link
                      className={classes["name"] ?? ""}
                      to="/projects/$projectId/versions/$versionId"
                      params={{ projectId, versionId: version.id }}
                    >
                      v{version.number} {version.name}
                    </Link>
                    <small className={classes["sub"]}>{version.hash.slice(0, 12)}</small>
                  </Table.Td>
                  <Table.Td className={classes["number"] ?? ""}>
                    {formatCount(version.counts.images ?? 0)}
                  </Table.Td>
                  <Table.Td className={classes["number"] ?? ""}>
                    {formatCount(version.counts.annotations ?? 0)}
                  </Table.Td>
                  <Table.Td>{splitText(version.counts.splits ?? {})}</Table.Td>
                  <Table.Td>
                    <RelativeTime value={version.created_at} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
      <Modal opened={open} onClose={() => setOpen(false)} title="Freeze a version">
        <FreezeForm projectId={projectId} onDone={() => setOpen(false)} />
      </Modal>
    </Page>
  );
}

function FreezeForm({ projectId, onDone }: Props & { readonly onDone: () => void }) {
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: "", notes: "", val: 20, test: 0, seed: 0 },
    validate: {
      val: (value, all) => (value + all.test >= 100 ? "Nothing is left for training." : null),
    },
  });
  const freeze = useMutation({
    mutationFn: (values: typeof form.values) =>
      freezeVersion(projectId, {
        name: values.name,
        notes: values.notes,
        seed: values.seed,
        fractions: {
          train: (100 - values.val - values.test) / 100,
          val: values.val / 100,
          test: values.test / 100,
        },
      }),
    onSuccess: (version) => {
      void client.invalidateQueries({ queryKey: keys.versions(projectId) });
      notifyDone(`Version ${version.number} is frozen.`);
      onDone();
    },
  });
  return (
    <form className={classes["form"]} onSubmit={form.onSubmit((values) => freeze.mutate(values))}>
      <TextInput label="Name" placeholder="optional" {...form.getInputProps("name")} />
      <Textarea label="Notes" autosize minRows={2} {...form.getInputProps("notes")} />
      <Group grow align="flex-start">
        <NumberInput
          label="Validation"
          suffix=" %"
          min={0}
          max={90}
          {...form.getInputProps("val")}
        />
        <NumberInput label="Test" suffix=" %" min={0} max={90} {...form.getInputProps("test")} />
        <NumberInput label="Seed" min={0} {...form.getInputProps("seed")} />
      </Group>
      <p className={classes["note"]}>
        Near-duplicates stay on one side. Images that were validated before stay in validation.
      </p>
      {freeze.isError && <ErrorNotice error={freeze.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
        <Button type="submit" loading={freeze.isPending}>
          Freeze
        </Button>
      </Group>
    </form>
  );
}
