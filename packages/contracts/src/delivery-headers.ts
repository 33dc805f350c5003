import { headerNames, headerTexts, type KafkaHeader, textHeader } from './headers.ts';

/** What travels with a delivery beside the event's own bytes and headers. */
export interface DeliveryState {
  readonly deliveryId: string;
  readonly installId: string;
  /** Version of the install that matched. */
  readonly installVersion: number;
  /** Attempts made so far. */
  readonly attempts: number;
  /** Times the delivery was put off without an attempt. */
  readonly deferrals: number;
  /** 0, a replay id or a redrive number. */
  readonly run: string;
  /** When the delivery was first pending, milliseconds since the epoch. */
  readonly firstAt: number;
  /** Time on hold so far, milliseconds; absent where it never was. */
  readonly heldMs?: number;
  /** Version of the webhook body, fixed for the life of the delivery. */
  readonly bodyVersion: number;
}

/** The last failure of a delivery, beside its state. */
export interface DeliveryFailure {
  readonly code: string;
  readonly status: number | null;
  /** Milliseconds since the epoch. */
  readonly failedAt: number;
}

const STATE_HEADERS: ReadonlySet<string> = new Set([
  headerNames.deliveryId,
  headerNames.installId,
  headerNames.installVersion,
  headerNames.attempt,
  headerNames.deferrals,
  headerNames.run,
  headerNames.firstAt,
  headerNames.heldMs,
  headerNames.bodyVersion,
  headerNames.lastCode,
  headerNames.lastStatus,
  headerNames.failedAt,
]);

export const deliveryHeaders = {
  /** The given headers with the state of the delivery in place of any they held. */
  write(others: readonly KafkaHeader[], state: DeliveryState, failure?: DeliveryFailure): readonly KafkaHeader[] {
    const headers = others.filter(([name]) => !STATE_HEADERS.has(name));
    headers.push(
      textHeader(headerNames.deliveryId, state.deliveryId),
      textHeader(headerNames.installId, state.installId),
      textHeader(headerNames.installVersion, String(state.installVersion)),
      textHeader(headerNames.attempt, String(state.attempts)),
      textHeader(headerNames.deferrals, String(state.deferrals)),
      textHeader(headerNames.run, state.run),
      textHeader(headerNames.firstAt, String(state.firstAt)),
      textHeader(headerNames.bodyVersion, String(state.bodyVersion)),
    );
    if (state.heldMs !== undefined) headers.push(textHeader(headerNames.heldMs, String(state.heldMs)));
    if (failure !== undefined) {
      headers.push(textHeader(headerNames.lastCode, failure.code), textHeader(headerNames.failedAt, String(failure.failedAt)));
      if (failure.status !== null) headers.push(textHeader(headerNames.lastStatus, String(failure.status)));
    }
    return headers;
  },

  /** The state, or undefined where a header is missing or not a number. */
  read(headers: readonly KafkaHeader[]): DeliveryState | undefined {
    return deliveryHeaders.readTexts(headerTexts(headers));
  },

  /** The same from the texts of the headers, for callers that need other headers too. */
  readTexts(texts: ReadonlyMap<string, string>): DeliveryState | undefined {
    const deliveryId = texts.get(headerNames.deliveryId);
    const installId = texts.get(headerNames.installId);
    const run = texts.get(headerNames.run);
    const installVersion = count(texts, headerNames.installVersion);
    const attempts = count(texts, headerNames.attempt);
    const deferrals = count(texts, headerNames.deferrals);
    const firstAt = count(texts, headerNames.firstAt);
    const bodyVersion = count(texts, headerNames.bodyVersion);
    if (deliveryId === undefined || installId === undefined || run === undefined) return undefined;
    if (
      installVersion === undefined ||
      attempts === undefined ||
      deferrals === undefined ||
      firstAt === undefined ||
      bodyVersion === undefined
    )
      return undefined;
    const heldMs = count(texts, headerNames.heldMs);
    const state = { deliveryId, installId, installVersion, attempts, deferrals, run, firstAt, bodyVersion };
    return heldMs === undefined ? state : { ...state, heldMs };
  },
};

function count(texts: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = texts.get(name);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
