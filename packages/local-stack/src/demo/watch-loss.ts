import type { Stack } from '../stack/start-stack.ts';

/** Resolves with the name of the first process of the stack that ends. */
export function firstLoss(stack: Stack): Promise<string> {
  const { kafka, registry } = stack.backbone;
  const ends: Promise<string>[] = Object.values(stack.services).map((service) => service.ended().then(() => `the ${service.name}`));
  if (kafka !== undefined) ends.push(kafka.ended().then(() => 'Kafka'));
  if (registry !== undefined) ends.push(registry.ended().then(() => 'the schema registry'));
  return Promise.race(ends);
}
