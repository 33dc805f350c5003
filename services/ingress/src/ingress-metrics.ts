import type { CounterMetric, GaugeMetric, HistogramMetric, Metrics } from '@switchboard/runtime';

export interface IngressMetrics {
  /** outcome: accepted, refused, malformed, unavailable, failed; code: status or error code. */
  readonly requests: CounterMetric;
  readonly verifySeconds: HistogramMetric;
  readonly appendSeconds: HistogramMetric;
  readonly replies: CounterMetric;
  readonly loopAlarms: CounterMetric;
  readonly anomalies: CounterMetric;
  readonly keySetFetches: CounterMetric;
  readonly sourcesLoads: CounterMetric;
  readonly sourcesValid: GaugeMetric;
}

export interface IngressGauges {
  readonly inFlight: () => number;
  readonly inFlightBytes: () => number;
  readonly waiting: () => number;
  readonly appenderAvailable: () => boolean;
}

export function createIngressMetrics(metrics: Metrics, gauges: IngressGauges): IngressMetrics {
  metrics.gauge({ name: 'ingress_requests_in_flight', help: 'Requests being handled.', read: gauges.inFlight });
  metrics.gauge({ name: 'ingress_request_bytes_in_flight', help: 'Body bytes being handled.', read: gauges.inFlightBytes });
  metrics.gauge({ name: 'ingress_replies_waiting', help: 'Requests that wait for a reply.', read: gauges.waiting });
  metrics.gauge({
    name: 'ingress_breaker_open',
    help: '1 while Kafka takes no records.',
    read: () => (gauges.appenderAvailable() ? 0 : 1),
  });
  return {
    requests: metrics.counter({
      name: 'ingress_requests_total',
      help: 'Requests by source, outcome and code.',
      labels: ['source', 'outcome', 'code'],
    }),
    verifySeconds: metrics.histogram({ name: 'ingress_verify_seconds', help: 'Time to verify a sender.', labels: ['source'] }),
    appendSeconds: metrics.histogram({ name: 'ingress_append_seconds', help: 'Time until Kafka acknowledged a raw record, or did not.' }),
    replies: metrics.counter({ name: 'ingress_replies_total', help: 'Replies read, by what became of them.', labels: ['outcome'] }),
    loopAlarms: metrics.counter({
      name: 'ingress_loop_alarms_total',
      help: 'Calls whose sender keeps to the legacy form after it was told to switch.',
      labels: ['source'],
    }),
    anomalies: metrics.counter({
      name: 'ingress_anomalies_total',
      help: 'Notifications that no known sender has a reason to send.',
      labels: ['source', 'anomaly'],
    }),
    keySetFetches: metrics.counter({ name: 'ingress_key_set_fetches_total', help: 'Fetches of key sets.', labels: ['outcome'] }),
    sourcesLoads: metrics.counter({ name: 'ingress_sources_loads_total', help: 'Looks at a changed sources file.', labels: ['outcome'] }),
    sourcesValid: metrics.gauge({ name: 'ingress_sources_valid', help: '0 while the sources file is invalid or unreadable.' }),
  };
}
