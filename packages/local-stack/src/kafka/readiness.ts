import { answersForGroup, findCoordinator, writesProducerId } from '../wire/coordinators.ts';
import { readMetadata } from '../wire/metadata.ts';

const PROBE = 'switchboard-probe';
// Groups are spread over the five partitions of the offsets topic; this many names reach every one of them in all likelihood.
const GROUPS = 8;

/**
 * Whether clients find what they need: the expected brokers are members, every group look-up is answered, and a write acknowledged by all
 * in-sync replicas succeeds. An open port says none of this: for up to a second after it the coordinators still load.
 */
export async function isReady(port: number, clusterId: string, expectedBrokers: readonly number[]): Promise<boolean> {
  const { brokers, clusterId: answering } = await readMetadata(port);
  // A broker of another cluster may have taken the port meanwhile.
  if (answering !== clusterId || !expectedBrokers.every((id) => brokers.includes(id))) return false;
  for (let index = 0; index < GROUPS; index += 1) {
    const group = `${PROBE}-${index}`;
    const coordinator = await findCoordinator(port, 'group', group);
    if (coordinator === undefined || !(await answersForGroup(coordinator, group))) return false;
  }
  const writer = await findCoordinator(port, 'transaction', PROBE);
  return writer !== undefined && writesProducerId(writer, PROBE);
}
