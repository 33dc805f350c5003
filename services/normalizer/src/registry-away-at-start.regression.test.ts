import { CodecError, createOfflineCodec } from '@switchboard/contracts';
import type { Processor, ProcessorOptions } from '@switchboard/event-log';
import { createMetrics, hostService, silentLogger } from '@switchboard/runtime';
import { describe, expect, it } from 'vitest';
import { startNormalizer } from './app.ts';
import { normalizerConfig } from './config.ts';

const read = normalizerConfig.read({});
if (!read.ok) throw new Error(read.problems.join('\n'));
const config = { ...read.config, host: '127.0.0.1', healthPort: 0 };

function rig(signal: AbortSignal, failures: Error[]) {
  const asked: ProcessorOptions[] = [];
  const processor: Processor = { assigned: () => [], healthy: () => true, stop: async () => {}, done: new Promise(() => {}) };
  const tried = { count: 0 };
  const connectCodec = async () => {
    tried.count += 1;
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return createOfflineCodec();
  };
  const log = {
    processor: async (options: ProcessorOptions) => {
      asked.push(options);
      return processor;
    },
  };
  const started = hostService({
    ...{ config, log, connectRegistry: connectCodec, logger: silentLogger, metrics: createMetrics('normalizer'), signal },
    start: startNormalizer,
  });
  return { started, asked, tried };
}

const away = () => new CodecError('ERR_CODEC_REGISTRY_UNAVAILABLE', 'away');

describe('a registry that is away when the normalizer starts', () => {
  it('is asked again until it answers', async () => {
    const { started, asked, tried } = rig(new AbortController().signal, [away(), away()]);
    const service = await started;
    expect([tried.count, asked.length]).toEqual([3, 1]);
    await service.stop();
  });

  it('does not keep the normalizer from ending', async () => {
    const end = new AbortController();
    const { started, asked } = rig(
      end.signal,
      Array.from({ length: 100 }, () => away()),
    );
    end.abort(new Error('ended'));
    await expect(started).rejects.toThrow('ended');
    expect(asked).toEqual([]);
  });

  it('is not waited for when it answers that schemas are missing', async () => {
    const { started } = rig(new AbortController().signal, [new CodecError('ERR_CODEC_NOT_REGISTERED', 'run topics apply')]);
    await expect(started).rejects.toMatchObject({ code: 'ERR_CODEC_NOT_REGISTERED' });
  });
});
