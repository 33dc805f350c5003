import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { createCertificateAuthority } from '@switchboard/local-stack';
import { startWorker, type Worker } from '../../bench/support/rpc.ts';
import type { ReceiverCalls } from '../load/receiver-main.ts';
import type { SenderCalls } from '../load/sender-main.ts';

/** The processes beside the services: one sends notifications, the other receives deliveries. Each writes a log of what it did. */
export interface Load {
  readonly receiver: Worker<ReceiverCalls>;
  readonly sender: Worker<SenderCalls>;
  /** Origin of the webhooks. */
  readonly origin: string;
  /** Log of the sender. */
  readonly sentLog: string;
  /** Copies the log of the receiver as it is now. */
  saveReceived(file: string): Promise<void>;
  /** Copies the log of the sender as it is now. */
  saveSent(file: string): Promise<void>;
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** Folder of both logs. */
  readonly directory: string;
  readonly authority: Pick<Awaited<ReturnType<typeof createCertificateAuthority>>, 'issue'>;
}

/** Starts both; nothing is sent yet. */
export async function startLoad({ directory, authority }: LoadOptions): Promise<Load> {
  const receiver = startWorker<ReceiverCalls>(new URL('../load/receiver-main.ts', import.meta.url));
  const sender = startWorker<SenderCalls>(new URL('../load/sender-main.ts', import.meta.url));
  const stop = async (): Promise<void> => {
    await Promise.all([sender.stop(), receiver.stop()]);
  };
  const receivedLog = join(directory, 'received.log.jsonl');
  const sentLog = join(directory, 'sent.log.jsonl');
  try {
    const origin = await receiver.call('start', { certificate: await authority.issue(), logFile: receivedLog });
    return {
      ...{ receiver, sender, origin, sentLog, stop },
      async saveReceived(file) {
        await receiver.call('flush', null);
        await copyFile(receivedLog, file);
      },
      async saveSent(file) {
        await sender.call('flush', null);
        await copyFile(sentLog, file);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
