import { Link } from "@tanstack/react-router";
import { ArrowRight, Check } from "lucide-react";
import type { Project } from "@/api/types";
import { plural } from "@/lib/format";
import classes from "./Checklist.module.css";

interface Props {
  readonly project: Project;
  readonly hasLabels: boolean;
}

const STEPS = [
  {
    key: "images",
    to: "/projects/$projectId/images",
    title: "Add images",
    text: "Files, folders or zip archives.",
  },
  {
    key: "labels",
    to: "/projects/$projectId/settings/labels",
    title: "Define classes",
    text: "What you are looking for, with a colour and a key each.",
  },
  {
    key: "label",
    to: "/projects/$projectId/label",
    title: "Label the first twenty",
    text: "Enough for a first model to start from.",
  },
  {
    key: "train",
    to: "/projects/$projectId/training",
    title: "Train a model",
    text: "It suggests labels for the rest, and picks what to label next.",
  },
] as const;

/** The way from an empty project to the first model. */
export function Checklist({ project, hasLabels }: Props) {
  const done: Record<string, boolean> = {
    images: project.counts.images > 0,
    labels: hasLabels,
    label: project.counts.labelled >= 20,
    train: project.best_metric !== null,
  };
  const next = STEPS.find((step) => done[step.key] !== true)?.key;
  return (
    <ol className={classes["root"]}>
      {STEPS.map((step, index) => (
        <li key={step.key}>
          <Link
            to={step.to}
            params={{ projectId: project.id }}
            className={classes["step"] ?? ""}
            data-done={done[step.key] || undefined}
            data-next={step.key === next || undefined}
          >
            <span className={classes["mark"]}>
              {done[step.key] ? <Check size={13} strokeWidth={2.5} /> : index + 1}
            </span>
            <div>
              <strong>{step.title}</strong>
              <p>
                {step.key === "images" && done["images"]
                  ? `${plural(project.counts.images, "image")} in the project.`
                  : step.text}
              </p>
            </div>
            <ArrowRight size={15} />
          </Link>
        </li>
      ))}
    </ol>
  );
}
