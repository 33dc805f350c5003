import { StackError } from '../errors.ts';

const RULE = 'FULL_TRANSITIVE';
const REQUEST_TIMEOUT_MS = 10_000;
/** The registry writes the rule to its disk first, which may be busy. */
const CHANGE_TIMEOUT_MS = 60_000;

/** Whether the Confluent-compatible API lists its subjects: its port is open well before. */
export async function answersCompatApi(url: string): Promise<boolean> {
  const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  await response.arrayBuffer();
  return response.status === 200;
}

/** Makes FULL_TRANSITIVE the rule of every subject that has none of its own. Throws ERR_STACK_REFUSED. */
export async function requireFullCompatibility(url: string): Promise<void> {
  const response = await fetch(`${url}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: RULE }),
    signal: AbortSignal.timeout(CHANGE_TIMEOUT_MS),
  });
  const text = await response.text();
  if (response.ok && text.includes(RULE)) return;
  throw new StackError('ERR_STACK_REFUSED', `the schema registry did not take the rule ${RULE}: ${response.status} ${text.slice(0, 200)}`);
}
