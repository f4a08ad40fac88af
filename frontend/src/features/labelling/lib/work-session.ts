/**
 * One person going through images: which image is open, under which lease, what comes next. Knows the server and the
 * stage only through the ports below, so that its behaviour is tested without a browser.
 */
import { ApiError, messageOf } from "@/api/errors";
import type { ImageItem } from "@/api/types";
import type { WireAnnotation } from "@/canvas/geometry/wire";
import { overlay, withoutRejected } from "@/sync/overlay";
import type { Assigned, Assignment, NextRequest } from "../api/work";
import { remoteChange } from "./remote-change";
import { type Bundle, Upcoming } from "./upcoming";
import type { Access, OpenWork, SessionOptions, WorkState } from "./work-state";

/** Why a submission did not happen. */
export class NotSaved extends Error {
  override readonly name = "NotSaved";
}

/** How often an answer that own saves overtook is asked for again. */
const FETCHES = 4;

const START: WorkState = {
  phase: "loading",
  work: null,
  error: null,
  busy: false,
  progress: null,
  upcoming: [],
  visited: [],
};

export class WorkSession {
  private state = START;
  private readonly listeners = new Set<() => void>();
  private readonly soon: Upcoming;
  /** Grows with every wish to open something: an answer to an older wish is ignored. */
  private wish = 0;
  /** The image that a preview has put on the stage. */
  private onStage = "";
  private retryWish: (() => Promise<void>) | null = null;

  constructor(private readonly options: SessionOptions) {
    this.soon = new Upcoming(options.api);
  }

  readonly getState = (): WorkState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  get mode(): "queue" | "browse" {
    return this.options.mode;
  }

  // ── Going from image to image ─────────────────────────────────────────────────────────────────────────────────

  /** Opens what the queue gives next; `after` leaves the open image for later. */
  openNext(after?: string): Promise<void> {
    return this.attempt(async () => {
      const assigned = await this.ask(after === undefined ? {} : { after });
      return assigned === null ? null : { ...assigned, access: EDIT };
    }, this.guess(after));
  }

  /** The image that the queue will most likely give. */
  private guess(after: string | undefined): ImageItem | undefined {
    const { upcoming, visited } = this.state;
    if (after === undefined) return upcoming[0];
    return upcoming.find(({ id }) => !visited.some((image) => image.id === id));
  }

  /** Opens the first image of the project, for those who only look. */
  openFirst(): Promise<void> {
    return this.attempt(async () => {
      const image = await this.options.api.first(this.options.project);
      return image === null ? null : { image, assignment: null, access: { kind: "viewer" } };
    });
  }

  /** Opens a certain image: to change it if nobody else does, otherwise to look at it. */
  openImage(id: string, takeOver = false): Promise<void> {
    return this.attempt(async () => {
      if (!this.options.mayEdit) return this.lookAt(id, { kind: "viewer" });
      try {
        const request = takeOver ? { image: id, take_over: true } : { image: id };
        const assigned = await this.ask(request);
        return assigned === null
          ? await this.lookAt(id, { kind: "taken", reason: "This image is not free." })
          : { ...assigned, access: EDIT };
      } catch (error) {
        if (!isTaken(error)) throw error;
        return this.lookAt(id, { kind: "taken", reason: messageOf(error) });
      }
    });
  }

  private async lookAt(id: string, access: Access): Promise<Found> {
    return { image: await this.options.api.image(id), assignment: null, access };
  }

  retry(): Promise<void> {
    return this.retryWish?.() ?? Promise.resolve();
  }

  /** The image before (-1) or after (1) in this sitting; past its end the queue goes on. */
  async step(direction: 1 | -1): Promise<void> {
    const { visited, work } = this.state;
    const at = visited.findIndex((image) => image.id === work?.image.id);
    const known = visited[(at < 0 ? visited.length : at) + direction];
    if (known !== undefined) await this.openImage(known.id);
    else if (direction === 1 && this.options.mayEdit) await this.openNext(work?.image.id);
  }

  private ask(request: NextRequest): Promise<Assigned | null> {
    return this.options.api.next(this.options.project, request);
  }

  private async attempt(find: () => Promise<Found | null>, guess?: ImageItem): Promise<void> {
    this.wish += 1;
    const mine = this.wish;
    const leaving = this.state.work;
    this.retryWish = () => this.attempt(find);
    this.set({ phase: "loading", error: null });
    if (guess !== undefined) this.preview(guess);
    try {
      const found = await find();
      if (mine !== this.wish) return;
      this.letGo(leaving, found?.assignment?.id);
      if (found !== null) await this.present(found);
      else this.cover({ phase: "empty", work: null, upcoming: [] });
    } catch (error) {
      if (mine === this.wish) this.cover({ phase: "failed", error });
    }
  }

  /** Shows what was fetched ahead while the server decides; it can be changed only once the lease is here. */
  private preview(image: ImageItem): void {
    const bundle = this.soon.ready(image.id);
    if (bundle === null) return;
    this.options.stage.setEditable(false);
    this.options.stage.paint(image).catch(() => undefined);
    this.showBundle(image, bundle);
    this.set({ work: workOn({ image, assignment: null, access: EDIT }, bundle) });
  }

  /** Something else than an image is shown: keys may not change the one that is hidden below it. */
  private cover(change: Partial<WorkState>): void {
    this.options.stage.setEditable(false);
    this.set(change);
  }

  private async present({ image, assignment, access }: Found): Promise<void> {
    const mine = this.wish;
    const { stage } = this.options;
    const painting = stage.paint(image);
    painting.catch(() => undefined);
    const bundle = await this.soon.take(image.id);
    if (mine !== this.wish) return;
    if (this.onStage !== image.id || this.state.work?.image.id !== image.id)
      this.showBundle(image, bundle);
    this.onStage = "";
    stage.setEditable(access.kind === "edit");
    this.set({ phase: "open", work: workOn({ image, assignment, access }, bundle) });
    this.remember(image);
    painting.catch((error: unknown) => this.change(image.id, { pictureError: messageOf(error) }));
    if (!bundle.fresh) void this.refresh();
    void (this.mode === "queue" ? this.lookAhead() : this.lookAround(image.id));
  }

  private showBundle(image: ImageItem, { shapes, suggestions }: Bundle): void {
    const { saver, stage } = this.options;
    const unsent = saver.entriesOf(image.id);
    const here = overlay(shapes.annotations, unsent) as WireAnnotation[];
    stage.show(image, here, withoutRejected(suggestions.predictions, unsent));
    this.onStage = image.id;
  }

  private async lookAhead(): Promise<void> {
    const { api, project, stage } = this.options;
    try {
      const { upcoming, ...progress } = await api.queue(project);
      const rest = upcoming.filter(({ id }) => id !== this.state.work?.image.id);
      this.set({ progress, upcoming: rest });
      stage.prepare(rest.slice(0, 2));
      this.soon.prepare(rest.slice(0, 5).map(({ id }) => id));
    } catch {
      // Looking ahead is a comfort: what is needed is asked for again when it is needed.
    }
  }

  /** The same for a person who goes through the images of the project in their order. */
  private async lookAround(image: string): Promise<void> {
    const { api, stage } = this.options;
    try {
      const { previous, next } = await api.neighbours(image);
      this.soon.prepare([next, previous].filter((id) => id !== null));
      if (next !== null) stage.prepare([await api.image(next)]);
    } catch {
      // As above.
    }
  }

  // ── Finishing ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Hands the image in. Throws `NotSaved` when something of it has not reached the server. */
  async submit(): Promise<ImageItem | null> {
    return this.finish("labelled", async ({ image, assignment }) => {
      if (!(await this.options.saver.flush(image.id)))
        throw new NotSaved(
          "The server has not got all changes of this image yet. They are kept here.",
        );
      if (this.options.saver.entriesOf(image.id).length > 0)
        throw new NotSaved("Some changes of this image need a decision first. See the save state.");
      await this.options.api.submit(assignment.id);
    });
  }

  async skip(reason: string): Promise<ImageItem | null> {
    return this.finish("skipped", async ({ image, assignment }) => {
      await this.options.saver.flush(image.id);
      await this.options.api.skip(assignment.id, reason);
    });
  }

  private async finish(
    state: ImageItem["state"],
    send: (work: { image: ImageItem; assignment: Assignment }) => Promise<void>,
  ): Promise<ImageItem | null> {
    const { work, busy } = this.state;
    if (busy || work?.assignment == null || work.access.kind !== "edit") return null;
    const { image, assignment } = work;
    this.set({ busy: true });
    try {
      await send({ image, assignment });
      const done = { ...image, state };
      this.options.stage.setEditable(false);
      this.change(image.id, { assignment: null, image: done });
      this.remember(done);
      this.soon.forget(image.id);
      return done;
    } finally {
      this.set({ busy: false });
    }
  }

  /** Takes a submission or a skip back and opens the image again. */
  async undoFinish(image: string): Promise<void> {
    await this.options.api.reopen(image);
    await this.openImage(image);
  }

  // ── Keeping up ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Says that somebody is still here; learns when the lease was lost. */
  async heartbeat(): Promise<void> {
    const { work } = this.state;
    if (work?.assignment == null) return;
    try {
      await this.options.api.heartbeat(work.assignment.id);
    } catch (error) {
      if (!(error instanceof ApiError) || ![403, 404, 409, 410].includes(error.status)) return;
      this.options.stage.setEditable(false);
      const access: Access = { kind: "taken", reason: messageOf(error) };
      this.change(work.image.id, { assignment: null, access });
    }
  }

  /** Somebody changed annotations of an image; `revision` as the server tells it. */
  async annotationsChanged(image: string, revision: number): Promise<void> {
    const { work } = this.state;
    if (work?.image.id !== image) return this.soon.forget(image);
    if (revision > this.shownRevision(work)) await this.refresh();
  }

  /** News may have been missed: asks for everything that others can change. */
  async catchUp(): Promise<void> {
    await Promise.all([this.refresh(), this.suggestionsChanged(null)]);
  }

  /** What the canvas knows in full: the last fetch, and own saves that followed it without a foreign one between. */
  private shownRevision({ image, revision }: OpenWork): number {
    let shown = revision;
    while (this.options.saver.madeRevision(image.id, shown + 1)) shown += 1;
    return shown;
  }

  /** Fetches the open image's shapes and takes in what others did. */
  async refresh(): Promise<void> {
    const { work } = this.state;
    const { api, saver, stage } = this.options;
    if (work === null) return;
    const { image } = work;
    try {
      let shapes = await api.annotations(image.id);
      // An answer from before our own last save knows less than we do: the next one knows both.
      for (
        let tries = 1;
        tries < FETCHES && shapes.image_revision < saver.revisionOf(image.id);
        tries += 1
      )
        shapes = await api.annotations(image.id);
      if (this.state.work?.image.id !== image.id) return;
      if (shapes.image_revision < saver.revisionOf(image.id)) return;
      const change = remoteChange(stage.shapes(), shapes.annotations, (id) => saver.concerns(id));
      stage.applyRemote(change.upserts, change.removed);
      this.change(image.id, { revision: shapes.image_revision });
    } catch {
      // The stream or the next opening brings it.
    }
  }

  /** A model has predicted, or somebody decided on suggestions; `image` is null when it concerns many. */
  async suggestionsChanged(image: string | null): Promise<void> {
    const { work } = this.state;
    if (image === null) this.soon.clear();
    else this.soon.forget(image);
    if (work === null || (image !== null && image !== work.image.id)) return;
    try {
      const { model, predictions } = await this.options.api.suggestions(work.image.id);
      if (this.state.work?.image.id !== work.image.id) return;
      const unsent = this.options.saver.entriesOf(work.image.id);
      this.options.stage.setSuggestions(withoutRejected(predictions, unsent));
      this.change(work.image.id, { model });
    } catch {
      // The old ones stay.
    }
  }

  /** Leaves the page: the image is free for others at once. */
  leave(): void {
    this.wish += 1;
    this.letGo(this.state.work);
    this.state = { ...this.state, work: null };
    this.soon.clear();
  }

  /** Gives back an image, unless it is the one that opens again. */
  private letGo(work: OpenWork | null, next?: string): void {
    if (work === null) return;
    const { api, saver } = this.options;
    void saver.flush(work.image.id);
    this.soon.forget(work.image.id);
    if (work.assignment === null || work.assignment.id === next) return;
    api.release(work.assignment.id).catch(() => undefined);
  }

  /** Notes an image of this sitting, as it is now. */
  private remember(image: ImageItem): void {
    const { visited } = this.state;
    const known = visited.some(({ id }) => id === image.id);
    this.set({
      visited: known
        ? visited.map((one) => (one.id === image.id ? image : one))
        : [...visited, image],
    });
  }

  private change(image: string, change: Partial<OpenWork>): void {
    const { work } = this.state;
    if (work?.image.id === image) this.set({ work: { ...work, ...change } });
  }

  private set(change: Partial<WorkState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

interface Found extends Pick<OpenWork, "image" | "assignment" | "access"> {}

const EDIT: Access = { kind: "edit" };

const workOn = (found: Found, { shapes, suggestions }: Bundle): OpenWork => ({
  ...found,
  revision: shapes.image_revision,
  model: suggestions.model,
  pictureError: null,
});

const isTaken = (error: unknown): boolean => error instanceof ApiError && error.status === 409;
