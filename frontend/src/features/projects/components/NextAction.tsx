import { ArrowRight } from "lucide-react";
import type { NextAction as Action } from "@/api/types";
import { LinkButton } from "@/components/LinkButton";
import classes from "./NextAction.module.css";

interface Props {
  readonly projectId: string;
  readonly action: Action;
}

const PLACES = {
  add_images: { to: "/projects/$projectId/images", text: "Add images" },
  define_labels: { to: "/projects/$projectId/settings/labels", text: "Define classes" },
  label: { to: "/projects/$projectId/label", text: "Label now" },
  train: { to: "/projects/$projectId/training", text: "Train" },
  wait: { to: "/projects/$projectId/training", text: "Watch the run" },
  predict: { to: "/projects/$projectId/models", text: "Predict" },
  pick: { to: "/projects/$projectId/rounds", text: "Pick a batch" },
  review: { to: "/projects/$projectId/images", text: "Review" },
  export: { to: "/projects/$projectId/export", text: "Export" },
} as const;

const isPlace = (kind: string): kind is keyof typeof PLACES => kind in PLACES;

/** The one thing that helps this project most right now. */
export function NextAction({ projectId, action }: Props) {
  const place = isPlace(action.kind) ? PLACES[action.kind] : null;
  return (
    <section className={classes["root"]} aria-label="Next step">
      <div>
        <span>Next</span>
        <p>{action.text}</p>
      </div>
      {place !== null && (
        <LinkButton to={place.to} params={{ projectId }} rightSection={<ArrowRight size={15} />}>
          {place.text}
        </LinkButton>
      )}
    </section>
  );
}
