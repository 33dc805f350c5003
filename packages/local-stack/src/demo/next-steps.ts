import type { Stack } from '../stack/start-stack.ts';

/** What can be done with the running stack. */
export function nextSteps(stack: Stack): string {
  return `
Running. Ctrl-C ends it; the next start continues with the same data.

  ingress        ${stack.ingressUrl}
  admin API      ${stack.adminUrl}
  Kafka          ${stack.backbone.brokers.join(',')}
  registry       ${stack.backbone.registryUrl}
  receiver       ${stack.receiver.origin}
  files and logs ${stack.dataDir}

  npm run switchboard -- send graph-calling --wait
  npm run switchboard -- tail events.messaging.v1 --from beginning
  npm run switchboard -- installs list
  npm run switchboard -- --help
`;
}
