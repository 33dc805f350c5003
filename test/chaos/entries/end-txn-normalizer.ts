/**
 * The normalizer as its own entry starts it, but that it waits for the end of a transaction for a second only. With END_TXN=blind it then
 * asks again, which it must never do.
 */
import { aroundEndOfTransaction } from './around-commit.ts';
import { impatientEnd } from './impatient-end.ts';

const blind = process.env.END_TXN === 'blind';
aroundEndOfTransaction(impatientEnd({ timeoutMs: 1_000, blind: () => blind }));
await import('../../../services/normalizer/src/main.ts');
