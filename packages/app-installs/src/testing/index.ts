export { exampleInstall, exampleWebhook } from './example-install.ts';
