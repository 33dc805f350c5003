import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Evidence, ReceivedFact } from '../checker/facts.ts';
import { createDecoder, type WriterSchemas } from './decode-record.ts';
import { collectLines } from './json-lines.ts';
import { type CommittedOffset, lagsOf } from './lags.ts';
import { groups, type RunFacts, runFiles } from './run-directory.ts';
import { readSentLog } from './sent-log.ts';
import { deadFact, deliveryFact, eventFact, outcomeFact, rawFact, rejectedFact } from './topic-facts.ts';
import { readTopic } from './topic-records.ts';

/** Reads the dumps and logs of a run. */
export async function loadEvidence(directory: string): Promise<Evidence> {
  const files = runFiles(directory);
  const { atRest, ...facts } = JSON.parse(await readFile(files.facts, 'utf8')) as RunFacts;
  const decode = createDecoder(existsSync(files.schemas) ? (JSON.parse(await readFile(files.schemas, 'utf8')) as WriterSchemas) : {});
  const raw = await readTopic(files.topics, 'notifications.raw.v1', (record) => rawFact(record, decode));
  const rejected = await readTopic(files.topics, 'notifications.rejected.v1', (record) => rejectedFact(record, decode));
  const events = [];
  for (const topic of groups['switchboard.fan-out']) {
    for (const event of await readTopic(files.topics, topic, (record) => eventFact(record, decode))) events.push(event);
  }
  const [pendingTopic, ...retryTopics] = groups['switchboard.delivery'];
  const pending = await readTopic(files.topics, pendingTopic, deliveryFact);
  const retries = [];
  for (const topic of retryTopics) {
    for (const delivery of await readTopic(files.topics, topic, deliveryFact)) retries.push(delivery);
  }
  const dead = await readTopic(files.topics, 'deliveries.dead.v1', deadFact);
  const outcomes = await readTopic(files.topics, 'deliveries.outcomes.v1', (record) => outcomeFact(record, decode));
  const received = await collectLines(files.received, (fact: ReceivedFact) => fact);
  const sent = await readSentLog(files.sent, files.answered);
  const committed = atRest ? await collectLines(files.committed, (offset: CommittedOffset) => offset) : [];
  const lags = atRest ? lagsOf(groups, [raw, events, pending, retries].flat(), committed) : [];
  return { ...facts, sent, received, raw, events, rejected, pending, retries, dead, outcomes, lags, atRest };
}
