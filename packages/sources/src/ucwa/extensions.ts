import type { JsonObject } from '../members.ts';
import { contextsOf } from './contexts.ts';
import type { UcwaReading } from './reading.ts';
import { redactedText } from './redaction.ts';

/** JSON text of what no field holds: the rest of the event, its sender and the document, and the callback context as received. */
export function extensionsOf(reading: UcwaReading): string {
  return redactedText({ ...reading.members.rest(), ...receivedContext(reading) });
}

/** The context of the callback URL, opaque: it is passed on as received, and its content is not trusted. */
export function receivedContext({ raw }: UcwaReading): JsonObject {
  const { callbackContext, callbackPath } = contextsOf(raw);
  return { ...(callbackContext === undefined ? {} : { callbackContext }), ...(callbackPath === undefined ? {} : { callbackPath }) };
}
