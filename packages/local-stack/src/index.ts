export { dataDirOf } from './config.ts';
export { StackError, type StackErrorCode } from './errors.ts';
export type { IssuerFailure } from './issuer/failure.ts';
export { type IssuerKeys, readIssuerKeys } from './issuer/issuer-keys.ts';
export { type IssuerName, issuerNames } from './issuer/issuer-names.ts';
export { type Issuer, type IssuerOptions, startIssuer } from './issuer/start-issuer.ts';
export type { LeaderMove } from './kafka/move-leaders.ts';
export { type Cluster, type ClusterOptions, startCluster } from './kafka/start-cluster.ts';
export { type Kafka, type KafkaOptions, startKafka } from './kafka/start-kafka.ts';
export { type ReceiverAnswer, statuses } from './receiver/answers.ts';
export { describeDelivery, headerOf, type ReceivedDelivery } from './receiver/delivery.ts';
export { checkSignature, type SignatureVerdict } from './receiver/signature.ts';
export { type Receiver, type ReceiverOptions, startReceiver } from './receiver/start-receiver.ts';
export { type Registry, type RegistryOptions, startRegistry } from './registry/start-registry.ts';
export type { AppliedInstall } from './stack/admin-api.ts';
export type { Backbone } from './stack/backbone.ts';
export { type SenderName, senderNames } from './stack/senders.ts';
export type { Service } from './stack/service.ts';
export { type DataPlaneName, dataPlaneNames, type ServiceName, serviceNames } from './stack/service-names.ts';
export { isStackRunning, readStackEnvironment } from './stack/stack-files.ts';
export type { StackPorts } from './stack/stack-ports.ts';
export { type Stack, type StackOptions, startStack } from './stack/start-stack.ts';
export {
  type AuthorityOptions,
  type CertificateAuthority,
  createCertificateAuthority,
  type ServerCertificate,
} from './tls/certificate-authority.ts';
export type { PartitionState } from './wire/metadata.ts';
