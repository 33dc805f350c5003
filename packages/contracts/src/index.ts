export { type Codec, createCodec, type DecodedRecord, readSchemaId, type SchemaLookup } from './codec.ts';
export { createDuplicateCheck } from './counted-outcomes.ts';
export { type DeliveryFailure, type DeliveryState, deliveryHeaders } from './delivery-headers.ts';
export { CodecError, type CodecErrorCode, isRegistryAway } from './errors.ts';
export { eventHeaders, readEventSource, type TraceHeaders, traceHeaders } from './event-headers.ts';
export { type EventType, eventTypes, isEventType } from './event-types.ts';
export {
  type AnyEvent,
  asEvent,
  completeEvents,
  type EventDraft,
  type EventRecordName,
  type OutEvent,
  type RawPosition,
  subjectOf,
} from './events.ts';
export type * from './generated/records.ts';
export { headerNames, headerText, headerTexts, type KafkaHeader, textHeader } from './headers.ts';
export { deliveryIdOf, uuidv5, uuidv7 } from './ids.ts';
export { createOfflineCodec } from './offline-codec.ts';
export { parseJsonText } from './parse-json-text.ts';
export { connectCodec, registerSchemas } from './registry.ts';
export type { RegistryOptions } from './registry-api.ts';
export { isRecordName, type RecordName, recordNames } from './schema-types.ts';
export { lookUpSubjects, registerTopicSubjects, topicSubject } from './topic-subjects.ts';
export { eventTopics, type Retention, retryTopics, type Topic, topics, topicsWith } from './topics.ts';
export { currentBodyVersion, toWebhookBody } from './webhook-body.ts';
