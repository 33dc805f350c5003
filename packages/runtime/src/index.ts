export { trustAuthorities } from './authorities.ts';
export { type Cidr, type CidrSet, createCidrSet, readCidr } from './cidr.ts';
export { kafkaRule, kafkaWarnings, registryWarnings } from './config/connection-rules.ts';
export {
  type ConfigDefinition,
  type ConfigFiles,
  type ConfigOutcome,
  type ConfigRule,
  type ConfigWarning,
  type ConfigWarningCode,
  defineConfig,
  type Environment,
} from './config/define-config.ts';
export { describeConfig } from './config/describe-config.ts';
export { exitOnProblems } from './config/exit-on-problems.ts';
export {
  type KafkaConnection,
  kafkaConnection,
  kafkaVariables,
  registryConnection,
  registryVariables,
  serviceVariables,
} from './config/shared-variables.ts';
export { transactionBounds, transactionVariables } from './config/transaction-variables.ts';
export type { ConfigOf, ParsedText, Variable, Variables } from './config/variable.ts';
export { coversEverything } from './covers-everything.ts';
export { createGuessLimit, type GuessLimit, type GuessLimitOptions } from './guess-limit.ts';
export { headerValues, soleHeader } from './header-values.ts';
export { createLimitedLog, type LimitedLog, type LimitedLogOptions } from './limited-log.ts';
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
export { ipv6Groups, peerNetwork } from './peer-network.ts';
export { type RunningService, runService, type ServiceOptions, type ServiceProcess } from './run-service.ts';
export type { Connecting } from './service/connect.ts';
export { hostService, type ServiceContext } from './service/host-service.ts';
export { type ServiceDefinition, startService } from './service/start-service.ts';
export { type Certificate, type CertificateOptions, readCertificate, secureContext, type TlsFiles } from './tls-files.ts';
export { createTokenBucket, type TokenBucket, type TokenBucketOptions } from './token-bucket.ts';
export { childTrace, readTrace, type Trace, type TraceHeaders, traceHeaders, traceparent } from './trace-context.ts';
export { type FilesWatch, type FilesWatchOptions, watchFiles } from './watch-files.ts';
