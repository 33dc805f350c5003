import { createWriter } from './bytes.ts';
import { askBroker } from './request.ts';

type CoordinatorKind = 'group' | 'transaction';

/** Port of the broker that coordinates the group or transactional id; undefined while there is none. */
export async function findCoordinator(port: number, kind: CoordinatorKind, key: string): Promise<number | undefined> {
  const body = createWriter()
    .string(key)
    .int8(kind === 'group' ? 0 : 1)
    .bytes();
  const answer = await askBroker(port, { apiKey: 10, apiVersion: 2, flexible: false, body });
  answer.int32();
  const error = answer.int16();
  answer.string();
  answer.int32();
  answer.string();
  const coordinator = answer.int32();
  return error === 0 ? coordinator : undefined;
}

/** Whether the coordinator at the port answers for the committed offsets of the group. */
export async function answersForGroup(port: number, group: string): Promise<boolean> {
  const body = createWriter()
    .string(group)
    .array(null, () => undefined)
    .bytes();
  const answer = await askBroker(port, { apiKey: 9, apiVersion: 4, flexible: false, body });
  answer.int32();
  answer.array(() => {
    answer.string();
    answer.array(() => {
      answer.int32();
      answer.skip(8);
      answer.string();
      answer.int16();
    });
  });
  return answer.int16() === 0;
}

/** Whether the coordinator at the port writes a producer id for the transactional id: the write is acknowledged by all in-sync replicas. */
export async function writesProducerId(port: number, transactionalId: string): Promise<boolean> {
  const body = createWriter().string(transactionalId).int32(60_000).bytes();
  const answer = await askBroker(port, { apiKey: 22, apiVersion: 1, flexible: false, body });
  answer.int32();
  return answer.int16() === 0;
}
