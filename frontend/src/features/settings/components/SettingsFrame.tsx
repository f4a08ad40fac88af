import { Tabs } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";

interface Props {
  readonly projectId: string;
  readonly tab: "general" | "labels";
  readonly children: ReactNode;
}

/** The head of the settings pages, with their tabs. */
export function SettingsFrame({ projectId, tab, children }: Props) {
  const navigate = useNavigate();
  const go = (value: string | null) =>
    void navigate({
      to:
        value === "labels"
          ? "/projects/$projectId/settings/labels"
          : "/projects/$projectId/settings",
      params: { projectId },
    });
  return (
    <Page width="narrow">
      <PageHeader title="Settings" />
      <Tabs value={tab} onChange={go} mb="lg">
        <Tabs.List>
          <Tabs.Tab value="general">General</Tabs.Tab>
          <Tabs.Tab value="labels">Classes</Tabs.Tab>
        </Tabs.List>
      </Tabs>
      {children}
    </Page>
  );
}
