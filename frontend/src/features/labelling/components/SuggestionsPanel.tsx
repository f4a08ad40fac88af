import { ActionIcon, Button, Slider, Switch, Tooltip } from "@mantine/core";
import { Check, Eye, EyeOff, X } from "lucide-react";
import { oneOf, useStoredState } from "@/lib/stored-state";
import { THRESHOLD_STEP } from "../hooks/use-threshold";
import { useEditorValue, useWork, useWorkbench } from "../hooks/workbench";
import { decideFocused, percent } from "../lib/decisions";
import classes from "./Panel.module.css";
import { RecordList } from "./RecordList";
import { Section } from "./Section";

/** What the model thinks: shown apart until a person decides. */
export function SuggestionsPanel() {
  const { work } = useWork();
  const shown = useEditorValue((snapshot) => snapshot.predictions.length);
  const below = useEditorValue((snapshot) => snapshot.predictionsBelow);
  const decided = useDecided();
  const model = work?.model ?? null;
  const nothing = shown + below + decided.accepted + decided.edited + decided.rejected === 0;
  if (model === null && nothing) return null;
  return (
    <Section
      name="suggestions"
      title="Suggestions"
      note={model === null ? "from an import" : (model.name ?? `Model ${model.number}`)}
      actions={<Visibility />}
    >
      {nothing ? (
        <p className={classes["empty"]}>The model found nothing on this image.</p>
      ) : (
        <Decisions shown={shown} below={below} decided={decided} />
      )}
    </Section>
  );
}

interface Decided {
  readonly accepted: number;
  readonly edited: number;
  readonly rejected: number;
}

/** What became of the suggestions on this image. */
function useDecided(): Decided {
  const { editor } = useWorkbench();
  const shapes = useEditorValue((snapshot) => snapshot.shapes);
  const open = useEditorValue((snapshot) => snapshot.predictions);
  let rejected = 0;
  // Read with every change of the lists above: a rejection always changes one of them.
  if (open !== null)
    for (const record of editor.workspace.document.store.all()) if (record.rejected) rejected += 1;
  const made = (source: string) => shapes.filter((shape) => shape.source === source).length;
  return { accepted: made("prediction"), edited: made("prediction_edited"), rejected };
}

function Visibility() {
  const { editor } = useWorkbench();
  const shown = useEditorValue((snapshot) => snapshot.visibility.predictions);
  return (
    <Tooltip label={shown ? "Hide suggestions" : "Show suggestions"}>
      <ActionIcon
        size={24}
        aria-label={shown ? "Hide suggestions" : "Show suggestions"}
        onClick={() => editor.setVisibility({ predictions: !shown })}
      >
        {shown ? <Eye size={14} /> : <EyeOff size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}

interface DecisionsProps {
  readonly shown: number;
  readonly below: number;
  readonly decided: Decided;
}

function Decisions({ shown, below, decided }: DecisionsProps) {
  const { editor, focusCanvas } = useWorkbench();
  const records = useEditorValue((snapshot) => snapshot.predictions);
  const threshold = useEditorValue((snapshot) => snapshot.threshold);
  const readOnly = useEditorValue((snapshot) => snapshot.readOnly);
  return (
    <>
      <div className={classes["pad"]}>
        <div className={classes["line"]}>
          <span>Confidence from {percent(threshold)}</span>
          <span>
            {shown} shown · {below} hidden
          </span>
        </div>
        <Slider
          size="xs"
          min={0}
          max={1}
          step={THRESHOLD_STEP}
          label={null}
          thumbLabel="Lowest confidence that is shown"
          value={threshold}
          onChange={(value) => editor.setThreshold(Math.round(value * 100) / 100)}
        />
        {!readOnly && (
          <div className={classes["buttons"]}>
            <Button
              size="xs"
              variant="default"
              disabled={shown === 0}
              leftSection={<Check size={13} />}
              onClick={() => {
                editor.acceptAll();
                focusCanvas();
              }}
            >
              Accept {shown}
            </Button>
            <Button
              size="xs"
              variant="default"
              disabled={below === 0}
              leftSection={<X size={13} />}
              onClick={() => {
                editor.rejectBelow();
                focusCanvas();
              }}
            >
              Reject {below} hidden
            </Button>
          </div>
        )}
        <div className={classes["line"]}>
          <span>
            {decided.accepted} accepted · {decided.edited} edited · {decided.rejected} rejected
          </span>
        </div>
        {!readOnly && <OnSubmit />}
      </div>
      {records.length > 0 && (
        <RecordList
          name="Suggestions, least certain first"
          records={records}
          short
          onDelete={() => decideFocused(editor, false)}
        />
      )}
    </>
  );
}

/** What submitting does with suggestions that nobody has decided on. */
function OnSubmit() {
  const [policy, setPolicy] = useStoredState("submit-policy", "accept", oneOf("accept", "leave"));
  return (
    <Switch
      label="Submitting accepts what is shown"
      checked={policy === "accept"}
      onChange={(event) => setPolicy(event.currentTarget.checked ? "accept" : "leave")}
    />
  );
}
