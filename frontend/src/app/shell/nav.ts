import {
  Boxes,
  ChartLine,
  ClipboardList,
  Download,
  FolderSync,
  Gauge,
  History,
  Images,
  KeyRound,
  type LucideIcon,
  Puzzle,
  Settings,
  SquareDashedMousePointer,
  Target,
  Users,
} from "lucide-react";

/** The pages of a project, in the order of the work. */
export const PROJECT_NAV = [
  { to: "/projects/$projectId", label: "Overview", icon: Gauge, exact: true },
  { to: "/projects/$projectId/images", label: "Images", icon: Images },
  { to: "/projects/$projectId/sources", label: "Sources", icon: FolderSync },
  { to: "/projects/$projectId/label", label: "Label", icon: SquareDashedMousePointer },
  { to: "/projects/$projectId/training", label: "Training", icon: ChartLine },
  { to: "/projects/$projectId/models", label: "Models", icon: Boxes },
  { to: "/projects/$projectId/rounds", label: "Rounds", icon: Target },
  { to: "/projects/$projectId/versions", label: "Versions", icon: History },
  { to: "/projects/$projectId/export", label: "Import & export", icon: Download },
  { to: "/projects/$projectId/members", label: "Members", icon: Users },
  { to: "/projects/$projectId/settings", label: "Settings", icon: Settings },
] as const satisfies readonly NavEntry[];

/** The pages of the installation. */
export const GLOBAL_NAV = [
  { to: "/plugins", label: "Plugins", icon: Puzzle },
  { to: "/tokens", label: "Access tokens", icon: KeyRound },
] as const satisfies readonly NavEntry[];

export const ADMIN_NAV = [
  { to: "/users", label: "Users", icon: Users },
  { to: "/audit", label: "Audit log", icon: ClipboardList },
] as const satisfies readonly NavEntry[];

export interface NavEntry {
  readonly to: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly exact?: boolean;
}
