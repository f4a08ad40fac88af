import { Divider, Text } from "@mantine/core";
import { useState } from "react";
import type { PluginInfo } from "@/api/types";
import { ErrorNotice } from "@/components/ErrorNotice";
import { StatusDot } from "@/components/StatusDot";
import { SchemaForm } from "@/components/schema-form/SchemaForm";
import { defaultsOf, humanise, type JsonSchema, validate } from "@/components/schema-form/schema";
import { standing } from "../lib";
import classes from "./PluginsPage.module.css";

/** Where a plugin comes from, what it says about itself, and its options as people will see them. */
export function PluginDetails({ plugin }: { readonly plugin: PluginInfo }) {
  const { tone, word } = standing(plugin);
  return (
    <>
      {plugin.description !== "" && <p className={classes["description"]}>{plugin.description}</p>}
      {plugin.error !== "" && <ErrorNotice error={new Error(plugin.error)} />}
      <dl className={classes["facts"]}>
        <dt>State</dt>
        <dd>
          <StatusDot tone={tone}>{word}</StatusDot>
        </dd>
        <dt>Family</dt>
        <dd>{plugin.family}</dd>
        <dt>Name</dt>
        <dd>
          <code>{plugin.name}</code>
        </dd>
        <dt>From</dt>
        <dd>{plugin.origin === "marquee" ? "built in" : `${plugin.origin} ${plugin.version}`}</dd>
        <dt>Class</dt>
        <dd>
          <code>{plugin.target}</code>
        </dd>
        {Object.entries(plugin.traits).map(([name, value]) => (
          <Trait key={name} name={name} value={value} />
        ))}
      </dl>
      {plugin.options_schema !== null && <Options schema={plugin.options_schema} />}
    </>
  );
}

function Trait({ name, value }: { readonly name: string; readonly value: unknown }) {
  return (
    <>
      <dt>{humanise(name)}</dt>
      <dd>{describe(value)}</dd>
    </>
  );
}

/** A trait in words: lists with commas, yes and no, anything deeper as JSON. */
function describe(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(describe).join(", ");
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

function Options({ schema }: { readonly schema: JsonSchema }) {
  const [value, setValue] = useState(() => defaultsOf(schema));
  return (
    <section>
      <Divider mb="md" />
      <Text fw={600} size="sm" mb={2}>
        Options
      </Text>
      <Text size="xs" c="dimmed" mb="md">
        A preview with the defaults. They are set where the plugin is used.
      </Text>
      <SchemaForm
        schema={schema}
        value={value}
        onChange={setValue}
        errors={validate(schema, value)}
      />
    </section>
  );
}
