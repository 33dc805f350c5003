/** The normalizer as its own entry starts it, which kills itself where CRASH_AT says. */
import { aroundCommit } from './around-commit.ts';
import { crashAt } from './crash-at.ts';

const pass = crashAt(process.env.CRASH_AT);
aroundCommit(
  /./,
  () => pass('before-commit'),
  () => pass('after-commit'),
);
await import('../../../services/normalizer/src/main.ts');
