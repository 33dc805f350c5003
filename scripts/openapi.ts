// Usage: node scripts/openapi.ts [--write]: checks that the OpenAPI document that is committed follows from the routes; --write brings it up to date.
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { openApiText } from '../services/admin/src/openapi/openapi-text.ts';

const file = new URL('../services/admin/openapi.json', import.meta.url);
const text = await openApiText();
if (process.argv.includes('--write')) await writeFile(file, text);
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  process.stdout.write('Stale, run `npm run generate` and commit: services/admin/openapi.json\n');
  process.exit(1);
}
