export { exampleInstall, exampleWebhook } from './example-install.ts';
export { createMemoryWriter } from './memory-writer.ts';
