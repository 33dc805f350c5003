import type { Row } from './bench.ts';
import type { Costs, ProcessName } from './meter.ts';
import { whole } from './table.ts';

const processes: readonly ProcessName[] = ['ingress', 'normalizer', 'delivery', 'broker', 'registry'];

/** The costs as figures of a row: CPU seconds of each process, deliveries per CPU second, requests to the broker, transactions. */
export function costFigures(costs: Costs, { notifications, deliveries }: { notifications: number; deliveries: number }): Row {
  const cpu = processes.map((name) => [`${name}CpuSeconds`, round(costs.cpuSeconds.get(name) ?? Number.NaN, 2)] as const);
  const transactions = [...costs.transactions].flatMap(([name, { perSecond, recordsEach }]) => [
    [`${name}TransactionsPerS`, round(perSecond, 1)] as const,
    [`${name}RecordsEach`, round(recordsEach, 1)] as const,
  ]);
  return {
    deliveriesPerCpuS: Math.round(deliveries / costs.ownCpuSeconds),
    deliveriesPerCpuSWithStores: Math.round(deliveries / costs.allCpuSeconds),
    requestsPerNotification: round(costs.requests / notifications, 2),
    ...Object.fromEntries([...transactions, ...cpu]),
  };
}

/** Columns of a table that shows such figures, after those of the section. */
export const costColumns = [
  'deliveries / CPU s',
  'with stores',
  'requests each',
  'normalizer tx/s × records',
  'fan-out tx/s × records',
  'CPU s: ingress, normalizer, delivery, broker, registry',
] as const;

export function costCells(row: Row): string[] {
  const transactions = (name: string) => `${row[`${name}TransactionsPerS`]} × ${row[`${name}RecordsEach`]}`;
  return [
    whole(Number(row.deliveriesPerCpuS)),
    whole(Number(row.deliveriesPerCpuSWithStores)),
    String(row.requestsPerNotification),
    transactions('normalizer'),
    transactions('delivery'),
    processes.map((name) => row[`${name}CpuSeconds`]).join(', '),
  ];
}

/** To so many decimals. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
