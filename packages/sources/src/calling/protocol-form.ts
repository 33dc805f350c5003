import {
  type BodyCode,
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  oncePerBody,
  parseJsonObject,
  textAt,
  valueAt,
} from '@switchboard/source-kit';
import { readMultipart } from './multipart.ts';

export type LegacyKind = 'conversation' | 'conversationResult' | 'notification';

/** Audio that came beside a recording result. The bytes stay in the raw record. */
interface RecordedAudio {
  readonly contentType: string | null;
  readonly bytes: number;
}

interface GraphForm {
  readonly kind: 'graph';
  readonly root: JsonObject;
  readonly value: readonly Json[];
}

export interface LegacyForm {
  readonly kind: 'legacy';
  readonly root: JsonObject;
  readonly id: string;
  readonly notificationKind: LegacyKind;
  readonly recordedAudio: RecordedAudio | null;
}

interface NeitherForm {
  readonly kind: 'neither';
  readonly code: BodyCode | 'ERR_CLASSIFY_SHAPE' | 'ERR_CLASSIFY_AMBIGUOUS';
}

/**
 * Which of the two calling protocols a body is written in. A body that is neither must never be answered with 204,
 * which the platform reads as a wish to switch protocols.
 */
export type ProtocolForm = GraphForm | LegacyForm | NeitherForm;

export function readProtocolForm(body: Buffer): ProtocolForm {
  const recording = readRecordingResult(body);
  const parsed = parseJsonObject(recording?.result ?? body);
  if (!parsed.ok) return { kind: 'neither', code: parsed.code };
  return formOf(parsed.value, recording?.audio ?? null);
}

/** `readProtocolForm`, once for a request that several sources are asked about. */
export const protocolFormOf = oncePerBody(readProtocolForm);

function formOf(root: JsonObject, recordedAudio: RecordedAudio | null): ProtocolForm {
  const value = valueAt(root, 'value');
  const id = textAt(root, 'id') ?? '';
  if (isJsonList(value) && recordedAudio === null) {
    const bothShapes = id !== '' && legacyKindOf(root) !== undefined;
    if (bothShapes && !(value.length > 0 && value.every(hasGraphMembers))) return { kind: 'neither', code: 'ERR_CLASSIFY_AMBIGUOUS' };
    return { kind: 'graph', root, value };
  }
  const notificationKind = legacyKindOf(root);
  // An empty @odata.type counts as absent.
  const ofGraph = value !== undefined || (valueAt(root, '@odata.type') ?? '') !== '';
  if (id === '' || notificationKind === undefined || ofGraph) return { kind: 'neither', code: 'ERR_CLASSIFY_SHAPE' };
  return { kind: 'legacy', root, id, notificationKind, recordedAudio };
}

function legacyKindOf(root: JsonObject): LegacyKind | undefined {
  const announced = valueAt(root, 'callState') !== undefined || valueAt(root, 'presentedModalityTypes') !== undefined;
  if (announced && isJsonList(valueAt(root, 'participants'))) return 'conversation';
  if (isJsonObject(valueAt(root, 'operationOutcome'))) return 'conversationResult';
  return /^(rosterUpdate|callStateChange)$/i.test(textAt(root, 'type') ?? '') ? 'notification' : undefined;
}

function hasGraphMembers(element: Json): boolean {
  return ['changeType', 'resource', 'resourceUrl', 'resourceData'].some((name) => valueAt(element, name) !== undefined);
}

function readRecordingResult(body: Buffer): { readonly result: Buffer; readonly audio: RecordedAudio } | undefined {
  const parts = readMultipart(body) ?? [];
  const result = parts.find((part) => part.name === 'conversationResult');
  const audio = parts.find((part) => part.name === 'recordedAudio');
  if (result === undefined) return undefined;
  return { result: result.body, audio: { contentType: audio?.headers.get('content-type') ?? null, bytes: audio?.body.length ?? 0 } };
}
