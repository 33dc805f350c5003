import { expect, it } from 'vitest';
import { createHostResolver, type HostResolverParts, type ResolveHost } from './resolve-host.ts';

const failure = (code: string) => Object.assign(new Error(code), { code });

function resolver(answers: { four?: string[] | string; six?: string[] | string; system?: ResolveHost }) {
  const asked: string[] = [];
  const answer = (kind: string, value: string[] | string = 'ENODATA') =>
    (async (hostname: string) => {
      asked.push(`${kind} ${hostname}`);
      if (typeof value === 'string') throw failure(value);
      return value;
    }) as HostResolverParts['resolver']['resolve4'] & HostResolverParts['resolver']['resolve6'];
  const lookup: ResolveHost = async (hostname) => {
    asked.push(`system ${hostname}`);
    return (await answers.system?.(hostname)) ?? [];
  };
  return {
    asked,
    resolve: createHostResolver({ resolver: { resolve4: answer('4', answers.four), resolve6: answer('6', answers.six) }, lookup }),
  };
}

it('gives all addresses of both families without asking the system', async () => {
  const { asked, resolve } = resolver({ four: ['1.2.3.4', '1.2.3.5'], six: ['2606:4700::1'] });
  expect(await resolve('hooks.example')).toEqual([
    { address: '1.2.3.4', family: 4 },
    { address: '1.2.3.5', family: 4 },
    { address: '2606:4700::1', family: 6 },
  ]);
  expect(asked).toEqual(['4 hooks.example', '6 hooks.example']);
});

it.each(['ENODATA', 'ENOTFOUND', 'ECONNREFUSED'])('asks the system where the servers say %s', async (code) => {
  const { resolve } = resolver({ four: code, six: code, system: async () => [{ address: '10.0.0.1', family: 4 }] });
  expect(await resolve('hooks.internal')).toEqual([{ address: '10.0.0.1', family: 4 }]);
});

it.each(['ETIMEOUT', 'ESERVFAIL'])('does not hold a thread for a name whose server says %s', async (code) => {
  const { asked, resolve } = resolver({ four: code, six: 'ENODATA' });
  await expect(resolve('slow.example')).rejects.toMatchObject({ code });
  expect(asked).not.toContain('system slow.example');
});

it('asks the system for single labels', async () => {
  const { asked, resolve } = resolver({ system: async () => [{ address: '10.0.0.2', family: 4 }] });
  expect(await resolve('receiver')).toEqual([{ address: '10.0.0.2', family: 4 }]);
  expect(asked).toEqual(['system receiver']);
});

it('asks for a name once at a time, and again when the answer has come', async () => {
  const { asked, resolve } = resolver({ four: ['1.2.3.4'] });
  await Promise.all([resolve('a.example'), resolve('a.example'), resolve('b.example')]);
  await resolve('a.example');
  expect(asked.filter((one) => one.startsWith('4 '))).toEqual(['4 a.example', '4 b.example', '4 a.example']);
});
