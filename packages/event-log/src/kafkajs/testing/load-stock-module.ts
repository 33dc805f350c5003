import { createRequire } from 'node:module';
import { kafkajsPath } from '../patches/load-kafkajs.ts';

const require = createRequire(import.meta.url);

/** A module of kafkajs as it was installed, whatever has been put in its place: for tests that show what it does wrong. */
export function loadStockModule(path: string): unknown {
  const filename = kafkajsPath(path);
  const cached = require.cache[filename];
  delete require.cache[filename];
  try {
    return require(filename);
  } finally {
    if (cached === undefined) delete require.cache[filename];
    else require.cache[filename] = cached;
  }
}
