import assert from 'node:assert/strict';
import type { InboundRequest, SampleRequest, Source } from '../../source.ts';

/** The request that the ingress would hand to the source for a sample. */
export function requestOf(source: Source, sample: SampleRequest, receivedAt: number): InboundRequest {
  const questionMark = sample.target.indexOf('?');
  const path = questionMark < 0 ? sample.target : sample.target.slice(0, questionMark);
  const parameters = source.routes
    .filter((route) => route.method === sample.method)
    .map((route) => pathParameters(route.path, path))
    .find((found) => found !== undefined);
  assert.ok(parameters !== undefined, `${sample.target} is on no route of the source`);
  return {
    notificationId: '019bc4f0-0000-7000-8000-000000000001',
    receivedAt,
    method: sample.method,
    pathParameters: parameters,
    query: questionMark < 0 ? '' : sample.target.slice(questionMark + 1),
    headers: Object.fromEntries(Object.entries(sample.headers).map(([name, value]) => [name.toLowerCase(), value])),
    duplicateHeaders: [],
    body: sample.body,
  };
}

function pathParameters(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const segments = path.split('/').map(decodeURIComponent);
  const parameters: Record<string, string> = {};
  for (const [index, step] of pattern.split('/').entries()) {
    if (step === '*') return { ...parameters, '*': segments.slice(index).join('/') };
    const segment = segments[index];
    if (step.startsWith(':')) {
      const optional = step.endsWith('?');
      if (segment !== undefined && segment !== '') parameters[step.slice(1).replace(/\?$/, '')] = segment;
      else if (!optional) return undefined;
    } else if (step !== segment) return undefined;
  }
  return segments.length > pattern.split('/').length ? undefined : parameters;
}
