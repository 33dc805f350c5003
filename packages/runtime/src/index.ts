export { readAuthorities, trustAuthorities } from './authorities.ts';
export {
  type ConfigDefinition,
  type ConfigFiles,
  type ConfigOutcome,
  type ConfigRule,
  defineConfig,
  type Environment,
} from './config/define-config.ts';
export { describeConfig } from './config/describe-config.ts';
export { exitOnProblems } from './config/exit-on-problems.ts';
export {
  type KafkaConnection,
  kafkaConnection,
  kafkaRule,
  kafkaVariables,
  registryConnection,
  registryVariables,
  serviceVariables,
} from './config/shared-variables.ts';
export { transactionBounds, transactionVariables } from './config/transaction-variables.ts';
export type { ConfigOf, Variable, Variables } from './config/variable.ts';
export { type HealthServer, type HealthServerOptions, startHealthServer } from './health-server.ts';
export { type KeepTryingOptions, keepTrying } from './keep-trying.ts';
export { createLogger, type Logger, type LoggerOptions, scrub, silentLogger } from './logger.ts';
export {
  type CounterMetric,
  createMetrics,
  type GaugeMetric,
  type GaugeOptions,
  type HistogramMetric,
  type HistogramOptions,
  type Labels,
  type MetricOptions,
  type Metrics,
} from './metrics.ts';
export { type RunningService, runService, type ServiceOptions, type ServiceProcess } from './run-service.ts';
export { childTrace, readTrace, type Trace, type TraceHeaders, traceHeaders, traceparent } from './trace-context.ts';
