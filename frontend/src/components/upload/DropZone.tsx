import { Button } from "@mantine/core";
import { ImageUp } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { fromDrop, fromInput, type Picked } from "./collect";
import classes from "./DropZone.module.css";

const ACCEPT = "image/*,video/*,.zip,.tif,.tiff,.bmp,.heic,.heif,.mkv";
const WHAT = "images, videos, folders or zip files";

interface PickerProps {
  readonly onPick: (files: Picked[]) => void;
  readonly children?: ReactNode;
  /** What the file dialog offers; empty = any file. */
  readonly accept?: string;
  /** What may be dropped, in words. */
  readonly what?: string;
}

/** Buttons that open the file and the folder dialog. */
export function PickButtons({ onPick, accept = ACCEPT }: PickerProps) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    if (input.files !== null && input.files.length > 0) onPick(fromInput(input.files));
    input.value = "";
  };
  return (
    <>
      <input
        ref={files}
        type="file"
        multiple
        accept={accept}
        hidden
        aria-label="Files"
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label="Folder"
        {...{ webkitdirectory: "" }}
        onChange={(event) => take(event.currentTarget)}
      />
      <Button variant="default" onClick={() => files.current?.click()}>
        Choose files
      </Button>
      <Button variant="default" onClick={() => folder.current?.click()}>
        Choose a folder
      </Button>
    </>
  );
}

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");

/** Everything inside takes files that are dropped; while they hover, a dashed rectangle says so. */
export function DropArea({ onPick, children, what = WHAT }: PickerProps) {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra way; the buttons do the same by keyboard.
    <div
      className={classes["area"]}
      onDragEnter={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        depth.current += 1;
        setOver(true);
      }}
      onDragOver={(event) => {
        if (hasFiles(event)) event.preventDefault();
      }}
      onDragLeave={() => {
        depth.current = Math.max(0, depth.current - 1);
        if (depth.current === 0) setOver(false);
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        void fromDrop(event.dataTransfer).then(onPick);
      }}
    >
      {children}
      {over && (
        <div className={classes["veil"]}>
          <ImageUp size={22} />
          Drop {what}
        </div>
      )}
    </div>
  );
}

/** A visible place to drop files on, with the buttons inside. */
export function DropBox({ onPick, children, accept = ACCEPT, what = WHAT }: PickerProps) {
  return (
    <DropArea onPick={onPick} what={what}>
      <div className={classes["box"]}>
        <ImageUp size={22} strokeWidth={1.5} />
        <p>Drop {what} here</p>
        <div className={classes["buttons"]}>
          <PickButtons onPick={onPick} accept={accept} />
        </div>
        {children !== undefined && <small>{children}</small>}
      </div>
    </DropArea>
  );
}
