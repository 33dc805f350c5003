import type { CounterMetric, GaugeMetric, HistogramMetric, Metrics } from '@switchboard/runtime';

export interface IngressMetrics {
  /** outcome: accepted, refused, malformed, unavailable, failed; code: status or error code. */
  readonly requests: CounterMetric;
  /** Requests that were not accepted; app: a configured one, else none. */
  readonly refusals: CounterMetric;
  /** Requests of the admin route without its token. */
  readonly adminRefusals: CounterMetric;
  /** Unauthenticated connections and requests that were closed for newer ones; what: connection or request. */
  readonly evictions: CounterMetric;
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
  readonly unauthenticatedRequests: () => number;
  readonly unauthenticatedBytes: () => number;
  readonly connections: () => number;
  readonly unauthenticatedConnections: () => number;
  readonly waiting: () => number;
  readonly appenderAvailable: () => boolean;
}

export function createIngressMetrics(metrics: Metrics, gauges: IngressGauges): IngressMetrics {
  metrics.gauge({ name: 'ingress_requests_in_flight', help: 'Authenticated requests being handled.', read: gauges.inFlight });
  metrics.gauge({
    name: 'ingress_request_bytes_in_flight',
    help: 'Body bytes of authenticated requests being handled.',
    read: gauges.inFlightBytes,
  });
  metrics.gauge({
    name: 'ingress_unauthenticated_requests',
    help: 'Requests whose sender is not authenticated yet.',
    read: gauges.unauthenticatedRequests,
  });
  metrics.gauge({
    name: 'ingress_unauthenticated_bytes',
    help: 'Body bytes of requests whose sender is not authenticated yet.',
    read: gauges.unauthenticatedBytes,
  });
  metrics.gauge({ name: 'ingress_connections', help: 'Open connections.', read: gauges.connections });
  metrics.gauge({
    name: 'ingress_unauthenticated_connections',
    help: 'Open connections on which no sender was authenticated yet.',
    read: gauges.unauthenticatedConnections,
  });
  metrics.gauge({ name: 'ingress_replies_waiting', help: 'Requests that wait for a reply.', read: gauges.waiting });
  metrics.gauge({
    name: 'ingress_breaker_open',
    help: '1 while Kafka accepts no records.',
    read: () => (gauges.appenderAvailable() ? 0 : 1),
  });
  return {
    requests: metrics.counter({
      name: 'ingress_requests_total',
      help: 'Requests by source, outcome and code.',
      labels: ['source', 'outcome', 'code'],
    }),
    refusals: metrics.counter({
      name: 'ingress_refusals_total',
      help: 'Requests that were not accepted, by source, app and code.',
      labels: ['source', 'app', 'code'],
      maxSeries: 5_000,
    }),
    adminRefusals: metrics.counter({
      name: 'ingress_admin_refusals_total',
      help: 'Requests of the admin route without its token, by code.',
      labels: ['code'],
    }),
    evictions: metrics.counter({
      name: 'ingress_evictions_total',
      help: 'Connections and requests that were not authenticated and were closed for newer ones.',
      labels: ['what'],
    }),
    verifySeconds: metrics.histogram({
      name: 'ingress_verify_seconds',
      help: 'Time to authenticate a sender from the head of its request.',
      labels: ['source'],
    }),
    appendSeconds: metrics.histogram({
      name: 'ingress_append_seconds',
      help: 'Time until Kafka acknowledged a raw record, or the append failed.',
    }),
    replies: metrics.counter({ name: 'ingress_replies_total', help: 'Replies read, by outcome.', labels: ['outcome'] }),
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
    sourcesLoads: metrics.counter({ name: 'ingress_sources_loads_total', help: 'Loads of a changed sources file.', labels: ['outcome'] }),
    sourcesValid: metrics.gauge({ name: 'ingress_sources_valid', help: '0 while the sources file is invalid or unreadable.' }),
  };
}
