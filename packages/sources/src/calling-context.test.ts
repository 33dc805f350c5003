import { describe, expect, it } from 'vitest';
import { entryOf, principal, rawOf, readable, requestOf, routing } from './calling/test-support.ts';
import { graphCalling } from './graph-calling/index.ts';
import { legacyCalling } from './legacy-calling/index.ts';

const established = {
  changeType: 'updated',
  resourceUrl: '/communications/calls/call-1',
  resourceData: { '@odata.type': '#microsoft.graph.call', state: 'established' },
};
const unmapped = { changeType: 'updated', resourceUrl: '/rooms/1', resourceData: { '@odata.type': '#microsoft.graph.room' } };
const roster = { changeType: 'updated', resourceUrl: '/communications/calls/call-1/participants', resourceData: [] };
const result = { id: 'call-1', operationOutcome: { type: 'answerOutcome', id: '1', outcome: 'success' }, callState: 'established' };

/** `callbackContext` in the extensions of each event. */
function contextsOf(source: typeof graphCalling | typeof legacyCalling, body: unknown, context?: string): readonly unknown[] {
  const request = requestOf(body, context === undefined ? {} : { context });
  const entry = entryOf({ legacy: 'accept' });
  const classified = source.classify(request, { app: 'contoso-bot', entry, principal, routing });
  if (classified.kind !== 'classified') throw new Error(classified.code);
  const outcome = readable(source.normalize(rawOf(source.id, request, classified)));
  const { events } = outcome as { events: readonly { record: { extensions: Readonly<Record<string, unknown>> } }[] };
  return events.map(({ record }) => record.extensions.callbackContext);
}

describe('the context of a callback address', () => {
  it.each([routing.mint({ ticket: '7' }), 'not signed by us'])('is in the extensions of every event, as received: %s', (context) => {
    const value = [established, unmapped, roster];
    expect(contextsOf(graphCalling, { value }, context)).toEqual([context, context, context]);
    expect(contextsOf(legacyCalling, result, context)).toEqual([context, context]);
  });

  it('is not in them where the address has none', () => {
    expect(contextsOf(graphCalling, { value: [established] })).toEqual([undefined]);
  });

  it('does not hide a member of the body', () => {
    expect(contextsOf(graphCalling, { callbackContext: 'of the body', value: [established] }, 'of the path')).toEqual(['of the body']);
  });
});
