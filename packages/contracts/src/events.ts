import { type EventType, eventTypes, isEventType } from './event-types.ts';
import type { RawNotification, RecordInputs, RecordTypes } from './generated/records.ts';
import { uuidv5 } from './ids.ts';

/** The record that carries an event type. */
export type EventRecordName<T extends EventType> = (typeof eventTypes)[T]['record'];

/** Members that follow from the raw record alone. */
type Derived = 'eventId' | 'receivedAt' | 'app' | 'source' | 'raw' | 'eventType' | 'notificationId' | 'tenantVerified';

/** An event as a reader sees it. */
export type AnyEvent = { readonly [T in EventType]: { readonly type: T; readonly record: RecordTypes[EventRecordName<T>] } }[EventType];

/** What a source's normalize makes: an event without what follows from the raw record. `topic` only where the event type has none of its own. */
export type EventDraft = {
  readonly [T in EventType]: {
    readonly type: T;
    readonly record: Omit<RecordInputs[EventRecordName<T>], Derived>;
    readonly topic?: string;
  };
}[EventType];

/** An event ready to be encoded. */
export type OutEvent = {
  readonly [T in EventType]: {
    readonly type: T;
    readonly record: RecordInputs[EventRecordName<T>];
    readonly topic: string;
    readonly key: string;
    /** The notification it was made from: what a reply has to name. */
    readonly notificationId: string;
  };
}[EventType];

/** Position of a raw record. */
export interface RawPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Gives drafts their ids and what they share with the raw record. The same raw record and drafts always give the same events. */
export function completeEvents(raw: RawNotification, position: RawPosition, drafts: readonly EventDraft[]): readonly OutEvent[] {
  const rawPosition = `${position.topic}-${position.partition}-${position.offset}`;
  return drafts.map((draft, index) => {
    const record = {
      ...draft.record,
      eventId: uuidv5(String(index), raw.notificationId),
      receivedAt: raw.receivedAt,
      app: raw.app,
      source: raw.source,
      raw: rawPosition,
      // Beside the headers, which connectors leave behind.
      eventType: draft.type,
      notificationId: raw.notificationId,
    };
    const topic = eventTypes[draft.type].topic ?? draft.topic;
    if (topic === undefined) throw new TypeError(`an event of type ${draft.type} must name its topic`);
    return {
      type: draft.type,
      record,
      topic,
      key: subjectOf({ record }) ?? raw.routingKey,
      notificationId: raw.notificationId,
    } as OutEvent;
  });
}

interface Subject {
  readonly callId?: string;
  readonly conversationId?: string | null;
}

/** Conversation or call id of an event; undefined where it has neither. */
export function subjectOf(event: { readonly record: Subject }): string | undefined {
  return event.record.callId ?? event.record.conversationId ?? undefined;
}

/** The event of a decoded record and its ce_type; undefined where they do not belong together. */
export function asEvent(type: string, decoded: { readonly name: string; readonly value: unknown }): AnyEvent | undefined {
  if (!isEventType(type) || eventTypes[type].record !== decoded.name) return undefined;
  return { type, record: decoded.value } as AnyEvent;
}
