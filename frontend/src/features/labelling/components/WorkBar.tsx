import { ActionIcon, Button, Menu, Popover, Slider, Switch, Tooltip } from "@mantine/core";
import { ChevronLeft, ChevronRight, Redo2, SlidersHorizontal, Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import { formatCount, plural } from "@/lib/format";
import type { Dialogs } from "../hooks/use-dialogs";
import type { Flow } from "../hooks/use-flow";
import { useEditorValue, useWork, useWorkbench } from "../hooks/workbench";
import { SaveChip } from "./SaveChip";
import classes from "./WorkBar.module.css";

/** Steps of the brush slider: each octave has ten, so that thin brushes are as easy to set as wide ones. */
const BRUSH_STEPS = 90;

interface Props {
  readonly flow: Flow;
  readonly dialogs: Dialogs;
  readonly darkness: [boolean, (dark: boolean) => void];
}

/** The bar above the canvas: which image and why, whether it is saved, zoom, and the way on. */
export function WorkBar({ flow, dialogs, darkness }: Props) {
  const { phase, work, busy } = useWork();
  const canSubmit = phase === "open" && work?.assignment != null;
  return (
    <header className={classes["root"]}>
      <Tooltip label="Previous image (D)">
        <ActionIcon aria-label="Previous image" onClick={() => void flow.previous()}>
          <ChevronLeft size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next image (F)">
        <ActionIcon aria-label="Next image" onClick={() => void flow.next()}>
          <ChevronRight size={16} />
        </ActionIcon>
      </Tooltip>
      <Title />
      <span className={classes["rest"]} />
      {work !== null && <BrushSize />}
      <SaveChip onConflicts={dialogs.openConflicts} />
      {work !== null && (
        <>
          <History />
          <Zoom />
        </>
      )}
      <ViewSettings darkness={darkness} />
      {work !== null && work.access.kind !== "viewer" && (
        <>
          <Button
            variant="default"
            size="xs"
            disabled={!canSubmit || busy}
            onClick={dialogs.openSkip}
          >
            Skip
          </Button>
          <Button
            size="xs"
            disabled={!canSubmit}
            loading={busy}
            onClick={() => void flow.submit()}
            rightSection={<kbd className={classes["enter"]}>↵</kbd>}
          >
            Submit
          </Button>
        </>
      )}
    </header>
  );
}

/** "IMG_1.jpg, 12 of 200, most uncertain of round 3". */
function Title() {
  const { work, progress } = useWork();
  const { session } = useWorkbench();
  if (work === null) return <h1 className={classes["name"]}>Label</h1>;
  const { image } = work;
  return (
    <>
      <h1 className={classes["name"]} title={image.name}>
        {image.name}
      </h1>
      {session.mode === "queue" && progress !== null && (
        <Tooltip label={`${plural(progress.remaining, "image")} left to label`} position="bottom">
          <span className={classes["position"]}>
            {formatCount(progress.position)} of {formatCount(progress.total)}
          </span>
        </Tooltip>
      )}
      {image.priority_reason !== "" && (
        <Tooltip label="Why you see this image now" position="bottom">
          <span className={classes["reason"]}>{image.priority_reason}</span>
        </Tooltip>
      )}
    </>
  );
}

/** Shown while painting: how wide the brush is, in pixels of the image. */
function BrushSize() {
  const { editor } = useWorkbench();
  const painting = useEditorValue(({ tool }) => tool === "brush" || tool === "eraser");
  const size = useEditorValue((snapshot) => snapshot.brushSize);
  if (!painting) return null;
  return (
    <Tooltip label="[ and ] make it smaller and larger">
      <span className={classes["brush"]}>
        <Slider
          size="xs"
          w={90}
          min={0}
          max={BRUSH_STEPS}
          label={null}
          thumbLabel="Width of the brush"
          value={Math.round(Math.log2(size) * 10)}
          onChange={(step) => editor.setBrushSize(2 ** (step / 10))}
        />
        <span>{size} px</span>
      </span>
    </Tooltip>
  );
}

function History() {
  const { editor } = useWorkbench();
  const canUndo = useEditorValue((snapshot) => snapshot.canUndo);
  const canRedo = useEditorValue((snapshot) => snapshot.canRedo);
  return (
    <span className={classes["group"]}>
      <Tooltip label="Undo (Ctrl+Z)">
        <ActionIcon aria-label="Undo" disabled={!canUndo} onClick={() => void editor.undo()}>
          <Undo2 size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (Ctrl+Shift+Z)">
        <ActionIcon aria-label="Redo" disabled={!canRedo} onClick={() => void editor.redo()}>
          <Redo2 size={16} />
        </ActionIcon>
      </Tooltip>
    </span>
  );
}

function Zoom() {
  const { editor } = useWorkbench();
  const zoom = useEditorValue((snapshot) => Math.round(snapshot.zoom * 100));
  return (
    <Menu width={180}>
      <Menu.Target>
        <button type="button" className={classes["zoom"]} aria-label={`Zoom ${zoom} %`}>
          {zoom} %
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item rightSection="Z" onClick={() => editor.zoomToFit()}>
          Whole image
        </Menu.Item>
        <Menu.Item rightSection="Shift+Z" onClick={() => editor.zoomToSelection()}>
          Selection
        </Menu.Item>
        {[0.5, 1, 2, 4].map((factor) => (
          <Menu.Item key={factor} onClick={() => editor.zoomTo(factor)}>
            {factor * 100} %
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const ADJUST = { min: 0.2, max: 3, step: 0.05, size: "xs" } as const;

/** How the picture is shown; never changes data. */
function ViewSettings({ darkness }: { readonly darkness: [boolean, (dark: boolean) => void] }) {
  const { stage } = useWorkbench();
  const [dark, setDark] = darkness;
  const [brightness, setBrightness] = useState(1);
  const [contrast, setContrast] = useState(1);
  const plain = brightness === 1 && contrast === 1;
  useEffect(() => {
    stage.setFilter(plain ? "" : `brightness(${brightness}) contrast(${contrast})`);
  }, [stage, brightness, contrast, plain]);
  return (
    <Popover width={240} position="bottom-end">
      <Popover.Target>
        <Tooltip label="How the picture is shown">
          <ActionIcon
            aria-label="How the picture is shown"
            variant={plain ? "subtle" : "light"}
            color={plain ? "gray" : "indigo"}
          >
            <SlidersHorizontal size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes["view"]}>
          <span>Brightness</span>
          <Slider
            {...ADJUST}
            label={null}
            value={brightness}
            onChange={setBrightness}
            thumbLabel="Brightness"
          />
          <span>Contrast</span>
          <Slider
            {...ADJUST}
            label={null}
            value={contrast}
            onChange={setContrast}
            thumbLabel="Contrast"
          />
          <Button
            size="xs"
            variant="default"
            disabled={plain}
            onClick={() => {
              setBrightness(1);
              setContrast(1);
            }}
          >
            As it is
          </Button>
          <Switch
            label="Dark while labelling"
            checked={dark}
            onChange={(event) => setDark(event.currentTarget.checked)}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
