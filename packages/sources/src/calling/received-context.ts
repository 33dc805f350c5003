import type { RawNotification } from '@switchboard/contracts';
import type { JsonObject } from '@switchboard/source-kit';

/**
 * The body's members with the context of the callback address as `callbackContext`, opaque: it is passed on as
 * received, and its content is not trusted. A member of the body with this name stays.
 */
export function withReceivedContext(root: JsonObject, { pathParameters: { context } }: RawNotification): JsonObject {
  return context === undefined || context === '' ? root : { callbackContext: context, ...root };
}
