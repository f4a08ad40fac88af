import { http } from "@/api/http";
import type { OperationsAnswer, WireOperation } from "./types";

/** The two doors of the server that entries go through. */
export interface Transport {
  operations(image: string, operations: readonly WireOperation[]): Promise<OperationsAnswer>;
  reject(image: string, predictions: readonly string[], undo: boolean): Promise<unknown>;
}

/** Browsers let requests up to this size outlive the page. */
export const KEEPALIVE_BYTES = 60_000;

const outlives = (body: unknown) => ({ keepalive: JSON.stringify(body).length < KEEPALIVE_BYTES });

export const httpTransport: Transport = {
  operations: (image, operations) => {
    const body = { operations };
    return http.post<OperationsAnswer>(`/images/${image}/operations`, body, outlives(body));
  },
  reject: (image, ids, undo) => {
    const body = { ids, undo };
    return http.post(`/images/${image}/predictions/reject`, body, outlives(body));
  },
};
