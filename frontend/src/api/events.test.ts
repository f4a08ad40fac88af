import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onServerEvent, parseServerEvent, startStream } from "./events";

class FakeSource extends EventTarget {
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readyState = 0;
  closed = false;
  close() {
    this.closed = true;
  }
  say(text: string) {
    this.dispatchEvent(new MessageEvent("change", { data: text }));
  }
}

function start() {
  const sources: FakeSource[] = [];
  const onBack = vi.fn();
  const onPoll = vi.fn();
  const stop = startStream({
    url: "/stream",
    onBack,
    onPoll,
    pollEvery: 1000,
    open: () => {
      const source = new FakeSource();
      sources.push(source);
      return source as unknown as EventSource;
    },
  });
  const last = () => {
    const source = sources.at(-1);
    if (source === undefined) throw new Error("No stream was opened.");
    return source;
  };
  return { sources, last, onBack, onPoll, stop };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("startStream", () => {
  it("hands messages to listeners", () => {
    const { last, stop } = start();
    const heard = vi.fn();
    const leave = onServerEvent(heard);
    last().say('{"topic":"run","project":"p","data":{"id":"r"}}');
    last().say("not json");
    leave();
    last().say('{"topic":"run","project":"p","data":{}}');
    stop();
    expect(heard.mock.calls).toEqual([[{ topic: "run", project: "p", data: { id: "r" } }]]);
  });

  it("polls while the stream is down, opens a closed one again and then stops polling", () => {
    const { last, sources, onPoll, onBack, stop } = start();
    const heard = vi.fn();
    const leave = onServerEvent(heard);
    last().onopen?.();
    expect(heard).not.toHaveBeenCalled();
    last().readyState = 2;
    last().onerror?.();
    vi.advanceTimersByTime(1000);
    expect([onPoll.mock.calls.length, sources.length]).toEqual([1, 2]);
    last().onopen?.();
    vi.advanceTimersByTime(5000);
    expect(onPoll).toHaveBeenCalledTimes(1);
    expect(onBack).toHaveBeenCalledTimes(1);
    // Listeners learn each time that they may have missed something.
    expect(heard.mock.calls.map(([event]) => event.topic)).toEqual(["resync", "resync"]);
    leave();
    stop();
    expect(last().closed).toBe(true);
  });
});

describe("parseServerEvent", () => {
  it.each(["", "[]", "null", '{"data":{}}'])("%s is not ours", (text) => {
    expect(parseServerEvent(text)).toBeNull();
  });

  it("fills what a message leaves out", () => {
    expect(parseServerEvent('{"topic":"hello"}')).toEqual({
      topic: "hello",
      project: null,
      data: {},
    });
  });
});
