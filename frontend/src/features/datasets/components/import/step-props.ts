import type { ImportState } from "../../lib/import-state";

/** What every step gets: where one is, and how to go on. */
export interface StepProps {
  readonly projectId: string;
  readonly state: ImportState;
  readonly change: (patch: Partial<ImportState>) => void;
}
