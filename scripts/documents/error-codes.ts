/** A code of a closed list. */
export interface DeclaredCode {
  readonly code: string;
  readonly meaning: string;
}

/** The codes of a union of texts, each with the comment above it. Throws where the type is absent or a code has no comment. */
export function codesOfUnion(source: string, type: string): readonly DeclaredCode[] {
  const union = new RegExp(String.raw`export type ${type} =([\s\S]*?);\n`).exec(source)?.[1];
  if (union === undefined) throw new Error(`there is no type ${type}`);
  const documented = [...union.matchAll(/\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*\|?\s*'(ERR_[A-Z0-9_]+)'/g)];
  const codes = documented.map(([, comment = '', code = '']) => ({ code, meaning: joined(comment) }));
  const all = [...union.matchAll(/'(ERR_[A-Z0-9_]+)'/g)].map(([, code = '']) => code);
  const silent = all.filter((code) => !codes.some((declared) => declared.code === code));
  if (silent.length > 0) throw new Error(`${type} does not say what ${silent.join(', ')} means`);
  return codes;
}

function joined(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*?\s*/, ''));
  return lines.join(' ').trim();
}

/** Areas of Node's own codes, which libraries give and we only read. */
const FOREIGN = /^ERR_(TLS|SSL|HTTP|SOCKET|INVALID|PARSE)_/;

/** Whole codes of ours that stand as texts in a source file. */
export function codesUsed(source: string): readonly string[] {
  const found = [...source.matchAll(/['"](ERR_[A-Z0-9]+(?:_[A-Z0-9]+)*)['"]/g)].map(([, code = '']) => code);
  return [...new Set(found)].filter((code) => !FOREIGN.test(code));
}
