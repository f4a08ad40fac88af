import { describe, expect, it, vi } from "vitest";
import { ApiError } from "@/api/errors";
import type { ImageItem } from "@/api/types";
import type { WorkApi } from "../api/work";
import { NotSaved, WorkSession } from "./work-session";
import type { SaverPort, Stage } from "./work-state";

const image = (id: string) => ({ id, name: `${id}.jpg` }) as ImageItem;
const assigned = (id: string) => ({
  assignment: { id: `lease-${id}`, lease_until: "" },
  image: image(id),
});

function setUp(mayEdit = true) {
  const api = {
    next: vi.fn<WorkApi["next"]>(),
    first: vi.fn<WorkApi["first"]>(async () => image("first")),
    image: vi.fn<WorkApi["image"]>(async (id) => image(id)),
    annotations: vi.fn<WorkApi["annotations"]>(async () => ({
      image_revision: 1,
      annotations: [],
    })),
    suggestions: vi.fn<WorkApi["suggestions"]>(async () => ({ model: null, predictions: [] })),
    queue: vi.fn<WorkApi["queue"]>(async () => ({
      remaining: 3,
      position: 1,
      total: 3,
      upcoming: [],
    })),
    neighbours: vi.fn<WorkApi["neighbours"]>(),
    heartbeat: vi.fn<WorkApi["heartbeat"]>(async () => null),
    submit: vi.fn<WorkApi["submit"]>(async () => null),
    skip: vi.fn<WorkApi["skip"]>(async () => null),
    release: vi.fn<WorkApi["release"]>(async () => null),
    reopen: vi.fn<WorkApi["reopen"]>(async () => null),
  };
  const stage = {
    show: vi.fn<Stage["show"]>(),
    paint: vi.fn<Stage["paint"]>(async () => undefined),
    prepare: vi.fn<Stage["prepare"]>(),
    applyRemote: vi.fn<Stage["applyRemote"]>(),
    setSuggestions: vi.fn<Stage["setSuggestions"]>(),
    setEditable: vi.fn<Stage["setEditable"]>(),
    shapes: vi.fn<Stage["shapes"]>(() => []),
  };
  const saver = {
    entriesOf: vi.fn<SaverPort["entriesOf"]>(() => []),
    concerns: vi.fn<SaverPort["concerns"]>(() => false),
    flush: vi.fn<SaverPort["flush"]>(async () => true),
    revisionOf: vi.fn<SaverPort["revisionOf"]>(() => 0),
    madeRevision: vi.fn<SaverPort["madeRevision"]>(() => false),
  };
  const session = new WorkSession({ project: "p", mode: "queue", mayEdit, api, saver, stage });
  return { api, stage, saver, session };
}

const open = (session: WorkSession) => session.getState().work?.image.id;

describe("WorkSession", () => {
  it("opens what the queue gives, under a lease", async () => {
    const { api, stage, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openNext();
    expect(session.getState()).toMatchObject({
      phase: "open",
      work: { image: { id: "a" }, assignment: { id: "lease-a" }, access: { kind: "edit" } },
    });
    expect(stage.show).toHaveBeenCalledWith(image("a"), [], []);
  });

  it("says that the queue is empty", async () => {
    const { api, stage, session } = setUp();
    api.next.mockResolvedValueOnce(null);
    await session.openNext();
    expect(session.getState()).toMatchObject({ phase: "empty", work: null });
    expect(stage.setEditable).toHaveBeenLastCalledWith(false);
  });

  it("shows an image of somebody else read-only, and takes it over on demand", async () => {
    const { api, stage, session } = setUp();
    api.next.mockRejectedValueOnce(
      new ApiError(409, "image_taken", "Mara is labelling this image."),
    );
    await session.openImage("a");
    expect(session.getState().work).toMatchObject({
      assignment: null,
      access: { kind: "taken", reason: "Mara is labelling this image." },
    });
    expect(stage.setEditable).toHaveBeenLastCalledWith(false);
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openImage("a", true);
    expect(api.next).toHaveBeenLastCalledWith("p", { image: "a", take_over: true });
    expect(stage.setEditable).toHaveBeenLastCalledWith(true);
  });

  it("never asks for a lease for a viewer", async () => {
    const { api, session } = setUp(false);
    await session.openImage("a");
    expect(api.next).not.toHaveBeenCalled();
    await session.openFirst();
    expect(api.next).not.toHaveBeenCalled();
    expect(session.getState().work).toMatchObject({
      image: { id: "first" },
      access: { kind: "viewer" },
    });
  });

  it("goes on and back, giving back what it leaves", async () => {
    const { api, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a")).mockResolvedValueOnce(assigned("b"));
    await session.openNext();
    await session.step(1);
    expect(api.next).toHaveBeenLastCalledWith("p", { after: "a" });
    expect(api.release).toHaveBeenCalledWith("lease-a");
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.step(-1);
    expect(api.next).toHaveBeenLastCalledWith("p", { image: "a" });
    api.next.mockResolvedValueOnce(assigned("b"));
    await session.step(1);
    expect(open(session)).toBe("b");
  });

  it("ignores an answer that comes after another wish", async () => {
    const { api, session } = setUp();
    let answer: (value: ReturnType<typeof assigned>) => void = () => undefined;
    api.next.mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    api.next.mockResolvedValueOnce(assigned("b"));
    const slow = session.openImage("a");
    await session.openImage("b");
    answer(assigned("a"));
    await slow;
    expect(open(session)).toBe("b");
  });

  it("submits only what the server has", async () => {
    const { api, saver, stage, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openNext();
    saver.flush.mockResolvedValueOnce(false);
    await expect(session.submit()).rejects.toBeInstanceOf(NotSaved);
    expect(api.submit).not.toHaveBeenCalled();
    expect((await session.submit())?.id).toBe("a");
    expect(api.submit).toHaveBeenCalledWith("lease-a");
    expect(stage.setEditable).toHaveBeenLastCalledWith(false);
    expect(await session.submit()).toBeNull();
    expect(api.submit).toHaveBeenCalledTimes(1);
  });

  it("takes a submission back", async () => {
    const { api, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.undoFinish("a");
    expect(api.reopen).toHaveBeenCalledWith("a");
    expect(open(session)).toBe("a");
  });

  it("becomes read-only when the lease is lost, not when the network is", async () => {
    const { api, stage, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openNext();
    api.heartbeat.mockRejectedValueOnce(new TypeError("network"));
    await session.heartbeat();
    expect(session.getState().work?.access.kind).toBe("edit");
    api.heartbeat.mockRejectedValueOnce(new ApiError(409, "lost", "Mara took this image over."));
    await session.heartbeat();
    expect(session.getState().work?.access).toEqual({
      kind: "taken",
      reason: "Mara took this image over.",
    });
    expect(stage.setEditable).toHaveBeenLastCalledWith(false);
  });

  it("fetches changes of others once, and nothing for its own", async () => {
    const { api, saver, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openNext();
    api.annotations.mockClear();
    saver.revisionOf.mockReturnValue(5);
    saver.madeRevision.mockImplementation((_, revision) => revision <= 5);
    await session.annotationsChanged("a", 5);
    expect(api.annotations).not.toHaveBeenCalled();
    api.annotations.mockResolvedValueOnce({ image_revision: 6, annotations: [] });
    await session.annotationsChanged("a", 6);
    await session.annotationsChanged("a", 6);
    expect(api.annotations).toHaveBeenCalledTimes(1);
  });

  it("fetches a foreign change that its own next save stepped over", async () => {
    const { api, saver, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openNext();
    api.annotations.mockClear();
    // Revision 2 is somebody else's, and its news comes after the answer to our save, which made 3.
    saver.revisionOf.mockReturnValue(3);
    saver.madeRevision.mockImplementation((_, revision) => revision === 3);
    api.annotations.mockResolvedValue({ image_revision: 3, annotations: [] });
    await session.annotationsChanged("a", 2);
    expect(api.annotations).toHaveBeenCalledTimes(1);
    await session.annotationsChanged("a", 3);
    expect(api.annotations).toHaveBeenCalledTimes(1);
  });

  it("asks again when its own save overtook the answer", async () => {
    const { api, saver, stage, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openNext();
    saver.revisionOf.mockReturnValue(9);
    api.annotations
      .mockResolvedValueOnce({ image_revision: 8, annotations: [] })
      .mockResolvedValueOnce({ image_revision: 9, annotations: [] });
    await session.refresh();
    expect(stage.applyRemote).toHaveBeenCalledTimes(1);
  });

  it("catches up with shapes and suggestions after news were missed", async () => {
    const { api, stage, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openNext();
    api.annotations.mockResolvedValue({ image_revision: 7, annotations: [] });
    await session.catchUp();
    expect(stage.applyRemote).toHaveBeenCalledTimes(1);
    expect(stage.setSuggestions).toHaveBeenCalledTimes(1);
    expect(session.getState().work?.revision).toBe(7);
  });

  it("keeps its own newer state when an older answer arrives", async () => {
    const { api, saver, stage, session } = setUp();
    api.next.mockResolvedValueOnce(assigned("a"));
    await session.openNext();
    saver.revisionOf.mockReturnValue(9);
    api.annotations.mockResolvedValueOnce({ image_revision: 8, annotations: [] });
    await session.refresh();
    expect(stage.applyRemote).not.toHaveBeenCalled();
  });

  describe("with the next image fetched ahead", () => {
    async function ahead() {
      const made = setUp();
      const { api, session } = made;
      api.queue.mockResolvedValue({ remaining: 2, position: 1, total: 3, upcoming: [image("b")] });
      api.next.mockResolvedValueOnce(assigned("a"));
      await session.openNext();
      await vi.waitFor(() => expect(api.suggestions).toHaveBeenCalledWith("b"));
      await new Promise((resolve) => setTimeout(resolve));
      let answer: (value: ReturnType<typeof assigned>) => void = () => undefined;
      api.next.mockReturnValueOnce(
        new Promise((resolve) => {
          answer = resolve;
        }),
      );
      const going = session.step(1);
      return { ...made, going, answer: (id: string) => answer(assigned(id)) };
    }

    it("shows it at once, and lets it be changed when the lease is here", async () => {
      const { stage, session, going, answer } = await ahead();
      expect([open(session), session.getState().phase]).toEqual(["b", "loading"]);
      expect(stage.setEditable).toHaveBeenLastCalledWith(false);
      stage.show.mockClear();
      answer("b");
      await going;
      expect(stage.show).not.toHaveBeenCalled();
      expect(stage.setEditable).toHaveBeenLastCalledWith(true);
      expect(session.getState()).toMatchObject({
        phase: "open",
        work: { assignment: { id: "lease-b" } },
      });
    });

    it("shows another one when the server gives another one", async () => {
      const { api, stage, session, going, answer } = await ahead();
      answer("c");
      await going;
      expect(open(session)).toBe("c");
      expect(stage.show).toHaveBeenLastCalledWith(image("c"), [], []);
      expect(api.release.mock.calls).toEqual([["lease-a"]]);
    });
  });

  it("fetches what comes next ahead, and checks it when it is opened", async () => {
    const { api, stage, session } = setUp();
    api.queue.mockResolvedValue({
      remaining: 2,
      position: 1,
      total: 3,
      upcoming: [image("b"), image("c")],
    });
    api.next.mockResolvedValueOnce(assigned("a")).mockResolvedValueOnce(assigned("b"));
    await session.openNext();
    await vi.waitFor(() => expect(stage.prepare).toHaveBeenCalledWith([image("b"), image("c")]));
    await vi.waitFor(() => expect(api.annotations).toHaveBeenCalledWith("c"));
    api.annotations.mockClear();
    await session.step(1);
    await vi.waitFor(() => expect(stage.applyRemote).toHaveBeenCalled());
    expect(api.annotations.mock.calls.filter(([id]) => id === "b")).toHaveLength(1);
  });
});
