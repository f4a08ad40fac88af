import { Button, Loader } from "@mantine/core";
import { Eye, ImageOff, Lock } from "lucide-react";
import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import { mount } from "@/canvas/render/mount";
import { ErrorNotice } from "@/components/ErrorNotice";
import type { Flow } from "../hooks/use-flow";
import { useEditorValue, useWork, useWorkbench } from "../hooks/workbench";
import classes from "./CanvasArea.module.css";
import { EmptyQueue } from "./EmptyQueue";
import { Sharpening } from "./Sharpening";

/** Below this, an indicator would only flicker. */
const PATIENCE_MS = 180;

interface Props {
  readonly host: RefObject<HTMLDivElement | null>;
  readonly flow: Flow;
}

/** The canvas with what is said on top of it. */
export function CanvasArea({ host, flow }: Props) {
  const { phase, work, error } = useWork();
  const { session } = useWorkbench();
  return (
    <div className={classes["root"]}>
      {phase === "open" && work !== null && <Banner />}
      <div className={classes["stage"]}>
        <Canvas host={host} />
        {phase === "loading" && <Loading />}
        {phase === "open" && <Sharpening />}
        {phase === "empty" && (
          <div className={classes["cover"]}>
            <EmptyQueue onPrevious={() => void flow.previous()} />
          </div>
        )}
        {phase === "failed" && (
          <div className={classes["cover"]}>
            <ErrorNotice error={error} onRetry={() => void session.retry()} />
          </div>
        )}
        <Said />
      </div>
    </div>
  );
}

function Canvas({ host }: Pick<Props, "host">) {
  const { editor, stage, session } = useWorkbench();
  const imageId = useEditorValue((snapshot) => snapshot.imageId);
  const { phase, work } = useWork();
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const mounted = mount(element, editor);
    const detach = stage.attach(mounted);
    return () => {
      detach();
      mounted.destroy();
    };
  }, [host, editor, stage]);
  useEffect(() => {
    // A new image: keys go to the canvas at once, unless somebody is in the middle of a field or dialog.
    const busy = document.activeElement?.closest("input, textarea, [role=dialog]") ?? null;
    if (imageId !== null && busy === null) host.current?.focus({ preventScroll: true });
  }, [host, imageId]);
  return (
    <div
      ref={host}
      className={classes["canvas"]}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the drawing surface takes keys.
      tabIndex={0}
      role="application"
      aria-label={work === null ? "Canvas" : `Canvas: ${work.image.name}`}
      aria-describedby="canvas-help"
      data-idle={phase !== "open" || undefined}
      data-mode={session.mode}
    >
      <span id="canvas-help" className={classes["hidden"]}>
        Draw and change shapes. Tab goes from object to object, digits give a class, A and X accept
        and reject suggestions, question mark lists all keys. The list of objects has the same
        content.
      </span>
    </div>
  );
}

function Loading() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div className={classes["loading"]} role="status">
      <Loader size={18} /> Opening…
    </div>
  );
}

/** Why the open image cannot be changed, and what can be done about it. */
function Banner() {
  const { session } = useWorkbench();
  const { work } = useWork();
  const problems = useEditorValue((snapshot) => snapshot.problems.length);
  if (work === null) return null;
  const { access, image, assignment, pictureError } = work;
  return (
    <>
      {access.kind === "taken" && (
        <div className={classes["banner"]} role="status">
          <Lock size={14} />
          <span>{access.reason}</span>
          <Button
            size="xs"
            variant="default"
            onClick={() => void session.openImage(image.id, true)}
          >
            Take over
          </Button>
        </div>
      )}
      {access.kind === "viewer" && (
        <div className={classes["banner"]} role="status">
          <Eye size={14} />
          <span>You can look at this image, but not change it: your role here is viewer.</span>
        </div>
      )}
      {access.kind === "edit" && assignment === null && (
        <div className={classes["banner"]} role="status">
          <span>{image.name} is handed in.</span>
          <Button size="xs" variant="default" onClick={() => void session.openImage(image.id)}>
            Go on with it
          </Button>
        </div>
      )}
      {image.original_url === null && (
        <div className={classes["banner"]} role="status">
          <ImageOff size={14} />
          <span>
            The picture is not here: an import brought its name, its size and what is on it. Upload
            “{image.name}” to the project to see it.
          </span>
        </div>
      )}
      {pictureError !== null && <ErrorNotice error={new Error(pictureError)} />}
      {problems > 0 && (
        <div className={classes["banner"]} role="status">
          {problems === 1 ? "One shape" : `${problems} shapes`} of this image cannot be drawn. They
          are kept as they are.
        </div>
      )}
    </>
  );
}

/** What has just happened, in a line that goes away. */
function Said() {
  const { announcer } = useWorkbench();
  const text = useSyncExternalStore(announcer.subscribe, announcer.get);
  return (
    <div className={classes["said"]} role="status" aria-live="polite">
      {text !== "" && <span>{text}</span>}
    </div>
  );
}
