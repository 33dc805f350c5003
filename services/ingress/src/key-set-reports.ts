import type { CounterMetric, Logger } from '@switchboard/runtime';
import type { KeySetReport } from '@switchboard/source-kit';
import type { IngressLogCode } from './codes.ts';

/** Counts and logs the fetches of key sets. */
export function reportKeySets(fetches: CounterMetric, logger: Logger): (report: KeySetReport) => void {
  return (report) => {
    const { kind, metadataUrl } = report;
    if (kind === 'failed') {
      fetches.inc({ outcome: report.reason });
      logger.warn(
        { code: 'ERR_INGRESS_KEY_SET' satisfies IngressLogCode, metadataUrl, reason: report.reason, usable: report.usable },
        'Key set fetch failed',
      );
      return;
    }
    fetches.inc({ outcome: 'loaded' });
    if (report.refusedKeys.length === 0) return;
    logger.warn(
      { code: 'ERR_INGRESS_KEY' satisfies IngressLogCode, metadataUrl, refusedKeys: report.refusedKeys.slice(0, 20) },
      'Unusable keys of a key set ignored',
    );
  };
}
