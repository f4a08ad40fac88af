import type { ImageItem, Project, Session } from "@/api/types";

/** A signed-in session; nobody is signed in when `user` is null. */
export const session = (patch: Partial<Session> = {}): Session => ({
  user: {
    id: 1,
    username: "mara",
    display_name: "Mara Lind",
    email: "",
    is_admin: false,
    preferences: {},
    needs_old_password: true,
  },
  version: "0.1.0",
  setup: { demo_available: false },
  training_available: true,
  source_url: "",
  ...patch,
});

export const project = (patch: Partial<Project> = {}): Project => ({
  id: "p1",
  name: "Blood cells",
  description: "",
  task: "detect",
  role: "manager",
  counts: { images: 3, labelled: 1, reviewed: 0, annotations: 4 },
  cover: [],
  best_metric: null,
  members: 2,
  is_demo: false,
  schema_revision: 1,
  created_at: "2026-11-20T10:00:00Z",
  settings: {
    strip_position: true,
    prediction_threshold: 0.25,
    lease_minutes: 5,
    review_required: false,
    near_duplicate_bits: 6,
    test_locked: false,
  },
  ...patch,
});

export const image = (id: string, patch: Partial<ImageItem> = {}): ImageItem => ({
  id,
  project: "p1",
  submitted_at: null,
  name: `${id}.jpg`,
  width: 400,
  height: 300,
  state: "new",
  split: "",
  priority: 0,
  priority_reason: "",
  score: null,
  annotation_count: 0,
  revision: 0,
  uploader: null,
  created_at: "2026-11-20T10:00:00Z",
  duplicate_of: null,
  assigned_to: null,
  thumb_url: `/files/${id}`,
  preview_url: `/files/${id}`,
  original_url: `/files/${id}`,
  sharp_url: null,
  tiles: null,
  bytes: 1000,
  format: "JPEG",
  metadata: {},
  ...patch,
});

export const page = <T>(...results: T[]) => ({ next: null, results });
