import type { Source } from '../../source.ts';
import { authorizationCases } from './authorization-cases.ts';
import { bearerCases } from './bearer-cases.ts';
import { headCases } from './head-cases.ts';
import { hmacCases } from './hmac-cases.ts';
import type { ConformanceCase, ConformanceOptions } from './options.ts';
import { pipelineCases } from './pipeline-cases.ts';
import { type Rig, setUp } from './setup.ts';
import { unknownKeyCases } from './unknown-key-cases.ts';

/**
 * What every source promises, as cases for any test runner. `scheme` says what authenticates the sender.
 *
 * @example
 * describe('source ucwa', () => {
 *   for (const promise of sourceConformance(ucwa, 'Bearer', { entry: ({ audience }) => ({ audience }) })) it(promise.name, promise.run);
 * });
 */
export function sourceConformance(source: Source, scheme: Rig['scheme'], options: ConformanceOptions): readonly ConformanceCase[] {
  let rig: Promise<Rig> | undefined;
  const rigged = async (): Promise<Rig> => {
    rig ??= setUp(source, options);
    const ready = await rig;
    if (ready.scheme !== scheme) throw new TypeError(`the entry of ${source.id} has key sets where ${scheme} has none, or the reverse`);
    return ready;
  };
  return [
    ...pipelineCases(rigged, options),
    ...headCases(rigged),
    ...authorizationCases(rigged),
    ...(scheme === 'Bearer' ? [...bearerCases(rigged), ...unknownKeyCases(rigged)] : hmacCases(rigged)),
  ];
}
