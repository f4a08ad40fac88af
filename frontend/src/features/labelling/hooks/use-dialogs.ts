import { useCallback, useMemo, useState } from "react";

export interface PaletteSpot {
  readonly x: number;
  readonly y: number;
}

export interface Dialogs {
  readonly open: "help" | "skip" | "conflicts" | "palette" | null;
  readonly palette: PaletteSpot | null;
  readonly openHelp: () => void;
  readonly openSkip: () => void;
  readonly openConflicts: () => void;
  readonly openPalette: (spot: PaletteSpot) => void;
  readonly close: () => void;
}

/** Which dialog of the page is open: one at a time. */
export function useDialogs(): Dialogs {
  const [open, setOpen] = useState<Dialogs["open"]>(null);
  const [spot, setSpot] = useState<PaletteSpot>({ x: 0, y: 0 });
  const close = useCallback(() => setOpen(null), []);
  return useMemo(
    () => ({
      open,
      palette: open === "palette" ? spot : null,
      openHelp: () => setOpen("help"),
      openSkip: () => setOpen("skip"),
      openConflicts: () => setOpen("conflicts"),
      openPalette: (at) => {
        setSpot(at);
        setOpen("palette");
      },
      close,
    }),
    [open, spot, close],
  );
}
