import type { Clock } from '../clock.ts';
import type { TransactionBounds } from '../log.ts';
import type { LogLogger } from '../logger.ts';
import type { TransactionalProducer } from '../produce/transaction/transactional-producer.ts';
import type { GroupMember } from '../wire/group-member.ts';
import type { Pack } from './pack-transaction.ts';
import type { PartitionInput } from './partition-input.ts';
import type { TransactionLimit } from './transaction-limit.ts';

export interface TransactionLoopOptions {
  readonly groupId: string;
  readonly bounds: TransactionBounds;
  /** Shared by the loops of a processor. */
  readonly limit: TransactionLimit;
  /** Awaited between two steps: lets the event loop run. */
  readonly rest: () => Promise<void> | undefined;
  /** Takes the transactional id of the loop. */
  readonly open: () => Promise<TransactionalProducer>;
  /** Another process took the transactional id: `open` must take another one. */
  readonly onFenced: (error: unknown) => void;
  /** The member that owns the inputs; undefined while none is known. */
  readonly member: () => GroupMember | undefined;
  /** Takes the transactional id as soon as there is a member, and settles inputs. */
  readonly settles?: {
    /** Inputs that want an offset. */
    readonly inputs: () => readonly PartitionInput[];
    /** Called before each transaction, with those inputs. */
    readonly settle: (producer: TransactionalProducer, inputs: readonly PartitionInput[], current: () => boolean) => Promise<void>;
  };
  /** Inputs that may be in the next transaction, in the order in which a step that exceeds the bounds is taken. */
  readonly inputs: () => readonly PartitionInput[];
  /** Whether inputs that become ready while a transaction is packed are in it, too. */
  readonly joins: boolean;
  /** Told which inputs a transaction begins with. */
  readonly onBegan?: (inputs: readonly PartitionInput[]) => void;
  /** The member is no longer in the current generation of the group. */
  readonly onNotMember: (member: GroupMember) => void;
  readonly onTimedOut: () => void;
  /** Told of every transaction that was committed. */
  readonly onCommitted: (pack: Pack<PartitionInput>) => void;
  readonly clock: Clock;
  readonly logger: LogLogger;
}
