import type { AppInstall, Webhook } from '@switchboard/contracts';

/** A webhook with every default. */
export function exampleWebhook(webhook: Partial<Webhook> = {}): Webhook {
  return {
    endpoint: 'https://hooks.example/in',
    maxRetries: 0,
    headers: [],
    ordering: null,
    maxConcurrency: null,
    rateLimit: null,
    replier: false,
    disableOnGone: false,
    disabled: false,
    ...webhook,
  };
}

/** An enabled install that receives text messages. */
export function exampleInstall(install: Partial<AppInstall> = {}): AppInstall {
  return {
    installId: 'install-1',
    version: 1,
    clientName: 'Example',
    enabled: true,
    paused: false,
    webhooks: { 'ms.MessagingEventNotification.ContentEvent': exampleWebhook() },
    retentionTimeSeconds: null,
    filter: null,
    signingSecrets: [],
    document: '{"client_name":"Example"}',
    sealed: null,
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_000_000,
    ...install,
  };
}
