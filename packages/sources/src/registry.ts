import { botFramework } from './bot-framework/index.ts';
import { graphCalling } from './graph-calling/index.ts';
import { legacyCalling } from './legacy-calling/index.ts';
import { outgoingWebhook } from './outgoing-webhook/index.ts';
import { ucwa } from './ucwa/index.ts';

/** Every inbound protocol. Of sources that share a route, the first that recognizes a body takes it. */
export const sources = [graphCalling, legacyCalling, ucwa, outgoingWebhook, botFramework] as const;

export type SourceId = (typeof sources)[number]['id'];

/** The source with this id; undefined for an unknown one, so that a stored record of a source since removed is no crash. */
export function sourceById(id: string): (typeof sources)[number] | undefined {
  return sources.find((source) => source.id === id);
}
