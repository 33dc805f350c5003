import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { KafkaLog, LogAdmin } from '@switchboard/event-log';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithBroker } from '../support/broker.ts';
import { openCopiedTopics } from '../support/copied-topics.ts';
import { eventually } from '../support/test-stack.ts';

const PROGRAM = fileURLToPath(new URL('./processes/pausing-member.ts', import.meta.url));
const RECORDS = 40;
/** Longer than the session of a member, than the next one needs to join, and than it reads offsets. */
const BEYOND_SESSION_MS = 25_000;
const WAIT_MS = 60_000;

interface Member {
  readonly process: ChildProcess;
  /** Codes of its warnings. */
  readonly codes: string[];
}

describeWithBroker('a member that is paused within a transaction for longer than its session', (brokers) => {
  let log: KafkaLog;
  let admin: LogAdmin;
  let input: string;
  let output: string;
  let written: readonly string[];
  const undo: (() => unknown)[] = [];

  beforeEach(async () => {
    const topics = await openCopiedTopics(brokers);
    ({ log, input, output, written } = topics);
    admin = await log.admin();
    undo.push(() => Promise.all([topics.stop(), admin.stop()]));
    const appender = await log.appender();
    const outcomes = await Promise.all(
      numbers(RECORDS).map((value) => appender.append({ topic: input, key: Buffer.from('k'), value: Buffer.from(value) })),
    );
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    await appender.stop();
  });

  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

  function start(instanceId: string, pauseAt: string, variant = ''): Member {
    const args = [PROGRAM, brokers.join(','), input, output, instanceId, pauseAt, variant];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const codes: string[] = [];
    child.stdout?.on('data', (bytes: Buffer) => codes.push(...`${bytes}`.split('\n').filter((line) => line !== '')));
    undo.push(() => child.kill('SIGKILL'));
    return { process: child, codes };
  }

  async function startUntilPaused(pauseAt: string, variant = ''): Promise<Member> {
    const member = start('paused', pauseAt, variant);
    const isPaused = (): boolean => /^State:\s+T/m.test(readFileSync(`/proc/${member.process.pid}/status`, 'utf8'));
    await eventually(() => isPaused() || undefined, WAIT_MS);
    return member;
  }

  const committed = async (): Promise<bigint> => (await admin.committed(input, input))[0]?.offset ?? 0n;

  const resume = (member: Member): void => void member.process.kill('SIGCONT');

  async function pausedBeforeOffsets(variant?: string): Promise<Member> {
    const paused = await startUntilPaused('before-offsets', variant);
    start('other', '', variant);
    await eventually(async () => (await committed()) === BigInt(RECORDS) || undefined, WAIT_MS);
    resume(paused);
    await eventually(() => written.length >= RECORDS || undefined, WAIT_MS);
    // What it was about to write would come now.
    await delay(5_000);
    return paused;
  }

  it('before it commits offsets: the group refuses it by its generation, and its transactional id was not taken', {
    timeout: 240_000,
  }, async () => {
    const paused = await pausedBeforeOffsets();
    expect(written.toSorted(byNumber)).toEqual(numbers(RECORDS));
    expect(paused.codes).toContain('ERR_LOG_NOT_MEMBER');
    expect(paused.codes).not.toContain('ERR_LOG_FENCED');
  });

  it('before it commits offsets: without member and generation it writes records a second time', { timeout: 240_000 }, async () => {
    await pausedBeforeOffsets('without-member');
    expect(written.length).toBeGreaterThan(RECORDS);
  });

  async function pausedBeforeEnd(variant?: string): Promise<bigint> {
    const paused = await startUntilPaused('before-end');
    start('other', '', variant);
    await delay(BEYOND_SESSION_MS);
    const before = await committed();
    resume(paused);
    await eventually(async () => (await committed()) === BigInt(RECORDS) || undefined, WAIT_MS);
    await eventually(() => written.length >= RECORDS || undefined, WAIT_MS);
    await delay(5_000);
    return before;
  }

  it('between its offsets and the end of the transaction: the next owner waits, and continues after all of it', {
    timeout: 240_000,
  }, async () => {
    expect(await pausedBeforeEnd()).toBe(5n);
    expect(written).toEqual(numbers(RECORDS));
  });

  it('between its offsets and the end of the transaction: a next owner that does not wait writes records a second time', {
    timeout: 240_000,
  }, async () => {
    expect(await pausedBeforeEnd('without-stable')).toBe(BigInt(RECORDS));
    expect(written.length).toBeGreaterThan(RECORDS);
  });
});

function byNumber(one: string, other: string): number {
  return Number(one) - Number(other);
}
