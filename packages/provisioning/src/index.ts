export { type ProvisionedSchema, type ProvisionedTopic, type ProvisionOptions, type ProvisionOutcome, provision } from './provision.ts';
export { declaredTopics, retentionVariables } from './retention-variables.ts';
