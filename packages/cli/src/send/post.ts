import type { SampleRequest } from '@switchboard/sources';
import { request } from 'undici';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
  /** From the start of the request to the end of the answer, milliseconds. */
  readonly durationMs: number;
}

/** Posts a signed request to the ingress. Rejects where no answer comes. */
export async function post(ingressUrl: string, signed: SampleRequest): Promise<Answer> {
  const started = performance.now();
  const answer = await request(`${ingressUrl}${signed.target}`, {
    method: signed.method,
    headers: { ...signed.headers },
    body: signed.body,
  });
  const body = await answer.body.text();
  const { location } = answer.headers;
  return {
    status: answer.statusCode,
    body,
    location: typeof location === 'string' ? location : null,
    durationMs: performance.now() - started,
  };
}
