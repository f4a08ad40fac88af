import { Badge, Drawer, Skeleton, TextInput, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Puzzle, Search } from "lucide-react";
import { useState } from "react";
import type { PluginInfo } from "@/api/types";
import { EmptyState } from "@/components/EmptyState";
import { ErrorNotice } from "@/components/ErrorNotice";
import { Page } from "@/components/Page";
import { PageHeader } from "@/components/PageHeader";
import { StatusDot } from "@/components/StatusDot";
import { plural } from "@/lib/format";
import { pluginsQuery } from "../api";
import { byFamily, matches, standing } from "../lib";
import { PluginDetails } from "./PluginDetails";
import classes from "./PluginsPage.module.css";

/** What is installed, from where, and what is broken and why. */
export default function PluginsPage() {
  const query = useQuery(pluginsQuery);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<PluginInfo | null>(null);
  const plugins = query.data?.results ?? [];
  const broken = plugins.filter((plugin) => plugin.state !== "ok");
  const guests = new Set(
    plugins.filter((one) => one.origin !== "marquee").map((one) => one.origin),
  );
  const families = byFamily(plugins.filter((plugin) => matches(plugin, search)));
  return (
    <Page>
      <PageHeader
        title="Plugins"
        description={
          query.data !== undefined &&
          `${plural(plugins.length, "plugin")}, ${plural(guests.size, "package")} from outside. Install more with pip and restart.`
        }
      >
        <TextInput
          aria-label="Find a plugin"
          placeholder="Find"
          w={200}
          leftSection={<Search size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </PageHeader>
      {query.isPending && <Skeleton height={320} />}
      {query.isLoadingError && (
        <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />
      )}
      {broken.length > 0 && (
        <section className={classes["broken"]} aria-label="Plugins that do not work">
          <CircleAlert size={16} />
          <div>
            <strong>{plural(broken.length, "plugin")} cannot be used</strong>
            <ul>
              {broken.map((plugin) => (
                <li key={`${plugin.family}/${plugin.target}`}>
                  <b>{plugin.name}</b> ({plugin.family}): {plugin.error}
                </li>
              ))}
            </ul>
          </div>
        </section>
      )}
      {query.data !== undefined && families.length === 0 && (
        <EmptyState icon={Puzzle} title="No plugin is called that" compact />
      )}
      {families.map(([family, members]) => (
        <section key={family.name} className={classes["family"]}>
          <header>
            <h2>{family.title}</h2>
            <p>{family.text}</p>
          </header>
          <div className={classes["list"]}>
            {members.map((plugin) => (
              <Row
                key={`${plugin.name}/${plugin.target}`}
                plugin={plugin}
                onOpen={() => setOpen(plugin)}
              />
            ))}
          </div>
        </section>
      ))}
      <Drawer
        opened={open !== null}
        onClose={() => setOpen(null)}
        position="right"
        size={520}
        title={open?.title || open?.name}
      >
        {open !== null && <PluginDetails plugin={open} />}
      </Drawer>
    </Page>
  );
}

function Row({ plugin, onOpen }: { readonly plugin: PluginInfo; readonly onOpen: () => void }) {
  const { tone, word } = standing(plugin);
  const guest = plugin.origin !== "marquee";
  return (
    <UnstyledButton className={classes["row"] ?? ""} onClick={onOpen}>
      <div className={classes["about"]}>
        <strong>{plugin.title || plugin.name}</strong>
        <span>{plugin.error || plugin.description}</span>
      </div>
      {guest && (
        <Badge color="indigo">
          {plugin.origin} {plugin.version}
        </Badge>
      )}
      <StatusDot tone={tone}>{word}</StatusDot>
    </UnstyledButton>
  );
}
