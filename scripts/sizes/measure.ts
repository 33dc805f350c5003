import { parseSync } from '@swc/core';

/** A function, a method or a callback. */
export interface FunctionSize {
  /** Its own name, else that of the variable, member or call it is given to. */
  readonly name: string;
  /** Its first line, from 1. */
  readonly line: number;
  /** First to last line, comments and blanks included, without the tests inside it. */
  readonly lines: number;
}

export interface SourceSize {
  readonly lines: number;
  /** Lines with at least one token: those that hold only a comment, or nothing, do not count. */
  readonly codeLines: number;
  readonly functions: readonly FunctionSize[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface SyntaxNode {
  readonly type: string;
  readonly span: Span;
  readonly [member: string]: unknown;
}

/** What a node is given to. */
interface Receiver {
  readonly name: string;
  /** `tests` for `describe`, whose callback is a list of tests; `test` for `it` and `test`. */
  readonly kind: 'tests' | 'test' | 'other';
}

// swc counts bytes from the first file it has parsed: a statement in front of the text shows where the text begins.
const MARK = '0;\n';
const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
]);
/** Tokens that may reach over several lines. */
const TEXTS = new Set(['StringLiteral', 'TemplateElement']);
const ANYTHING: Receiver = { name: 'a function', kind: 'other' };

/** Sizes of a TypeScript or JavaScript module. Throws when it cannot be parsed. */
export function measureSource(text: string): SourceSize {
  const [mark, ...statements] = parseSync(MARK + text, { syntax: 'typescript', target: 'esnext' }).body;
  const measuring = new Measuring(text, (mark?.span.start ?? 0) + MARK.length);
  measuring.visit(statements, ANYTHING);
  return { lines: text.split('\n').length - 1, codeLines: measuring.codeLines.size, functions: measuring.functions };
}

class Measuring {
  readonly functions: FunctionSize[] = [];
  readonly codeLines = new Set<number>();
  /** Byte offsets at which lines begin. */
  readonly #lineStarts: readonly number[];
  readonly #base: number;

  constructor(text: string, base: number) {
    const bytes = Buffer.from(text);
    const starts = [0];
    for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    this.#base = base;
  }

  /** Measures what is below a value of the syntax tree; gives the number of lines in tests. */
  visit(value: unknown, receiver: Receiver): number {
    if (typeof value !== 'object' || value === null) return 0;
    if (!isSyntaxNode(value)) return this.#visitMembers(value, receiver);
    const [first, last] = this.#linesOf(value.span);
    this.#countCode(value, first, last);
    const inTests = this.#visitMembers(value, receiverOf(value));
    if (!FUNCTIONS.has(value.type)) return inTests;
    const lines = last - first + 1;
    if (receiver.kind === 'tests') return lines;
    this.functions.push({ name: ownName(value) ?? receiver.name, line: first, lines: lines - inTests });
    return receiver.kind === 'test' ? lines : inTests;
  }

  #visitMembers(value: object, receiver: Receiver): number {
    let inTests = 0;
    for (const [name, member] of Object.entries(value)) if (name !== 'span') inTests += this.visit(member, receiver);
    return inTests;
  }

  /** Every token is at the start or at the end of a node, in code that is formatted; only texts have lines between. */
  #countCode(node: SyntaxNode, first: number, last: number): void {
    this.codeLines.add(first).add(last);
    if (TEXTS.has(node.type)) for (let line = first + 1; line < last; line += 1) this.codeLines.add(line);
  }

  #linesOf({ start, end }: Span): readonly [first: number, last: number] {
    return [this.#lineAt(start - this.#base), this.#lineAt(Math.max(start, end - 1) - this.#base)];
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

function isSyntaxNode(value: object): value is SyntaxNode {
  return 'type' in value && typeof value.type === 'string' && 'span' in value;
}

function receiverOf(node: SyntaxNode): Receiver {
  if (node.type === 'CallExpression') {
    const called = calledName(node.callee);
    return { name: `a callback of ${called ?? 'a call'}`, kind: kindOf(called) };
  }
  const name = node.type === 'VariableDeclarator' ? nameIn(node.id) : nameIn(node.key);
  return name === undefined ? ANYTHING : { name, kind: 'other' };
}

function kindOf(called: string | undefined): Receiver['kind'] {
  if (called?.startsWith('describe')) return 'tests';
  return called === 'it' || called === 'test' ? 'test' : 'other';
}

function ownName(node: SyntaxNode): string | undefined {
  return node.type === 'Constructor' ? 'constructor' : (nameIn(node.identifier) ?? nameIn(node.key));
}

/** The name before the first dot or parenthesis: `describe` in `describe.skipIf(absent)('…', () => {…})`. */
function calledName(callee: unknown): string | undefined {
  if (typeof callee !== 'object' || callee === null || !isSyntaxNode(callee)) return undefined;
  return nameIn(callee) ?? calledName(callee.object ?? callee.callee);
}

function nameIn(node: unknown): string | undefined {
  return typeof node === 'object' && node !== null && 'value' in node && typeof node.value === 'string' ? node.value : undefined;
}
