import { type AbusiveSocket, openAbusiveSocket } from './abusive-socket.ts';
import { type Claim, type ForgedRequest, type ForgeOptions, forgedRequest, type Template } from './forged-requests.ts';
import { type AbuseMode, scriptOf } from './modes.ts';

/** Crosses process borders. */
export interface AbuseOptions {
  /** Several take turns. */
  readonly mode: AbuseMode | readonly AbuseMode[];
  /** Connections held open, or tried to. */
  readonly sockets: number;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Where connections come from, in turn: 127.0.0.2 and up. */
  readonly localAddresses: readonly string[];
  /** Genuine requests to forge from, in turn. */
  readonly templates: readonly Template[];
  /** What the requests claim, in turn. Default: all `forged`. */
  readonly claims?: readonly Claim[];
  readonly forge?: ForgeOptions;
  /** Opens another connection as soon as the server closes or resets one. */
  readonly reconnect: boolean;
  /** Does a TLS handshake first. Without it, a TLS port gets the bytes of the mode in place of a ClientHello. */
  readonly tls?: boolean;
  /**
   * Most connects a second. Default 2,000: a server on the cores of its abuser must not be measured by what the abuser spends on connects
   * that a machine of its own would pay for.
   */
  readonly connectsPerSecond?: number;
  /** Shortens the pause between what a connection sends, in the modes that send repeatedly. */
  readonly everyMs?: number;
}

export interface AbuseCounters {
  /** Connections that neither side has ended. */
  readonly open: number;
  readonly opened: number;
  /** Connections on which the server sent a FIN. */
  readonly finished: number;
  /** Connections that the server reset. */
  readonly reset: number;
  readonly connectErrors: number;
  /** First responses by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface Abuse {
  counters(): AbuseCounters;
  /** Closes every connection. */
  stop(): void;
}

const DEFAULT_CONNECTS_PER_SECOND = 2_000;
const TICK_MS = 5;

/** Abuses a server until stopped. Connections that got a FIN stay half open, at most as many as `sockets`; then the oldest is dropped. */
export function startAbuse(options: AbuseOptions): Abuse {
  const modes: readonly AbuseMode[] = typeof options.mode === 'string' ? [options.mode] : options.mode;
  const requests = forgeAll(options);
  const held = new Set<AbusiveSocket>();
  const halfOpen = new Set<AbusiveSocket>();
  const statuses: Record<string, number> = {};
  const counts = { opened: 0, finished: 0, reset: 0, connectErrors: 0 };
  let index = 0;
  let open = 0;
  let wanted = options.sockets;
  let stopped = false;

  function openOne(): void {
    const number = index++;
    let isOpen = false;
    let replaced = false;
    // A connection is replaced once, at the FIN or at the reset, whichever is first.
    const ended = (): void => {
      if (isOpen) open -= 1;
      isOpen = false;
      if (options.reconnect && !replaced) wanted += 1;
      replaced = true;
    };
    const socket = openAbusiveSocket({
      port: options.port,
      localAddress: options.localAddresses[number % options.localAddresses.length] ?? '127.0.0.2',
      tls: options.tls ?? false,
      everyMs: options.everyMs,
      script: scriptOf(
        modes[number % modes.length] as AbuseMode,
        requests[Math.floor(number / modes.length) % requests.length] as ForgedRequest,
      ),
      onOpen() {
        counts.opened += 1;
        open += 1;
        isOpen = true;
      },
      onStatus: (status) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
      },
      onFin() {
        counts.finished += 1;
        ended();
        if (!stopped) keepHalfOpen(socket);
      },
      onGone(reason) {
        held.delete(socket);
        halfOpen.delete(socket);
        if (reason === 'stopped') return;
        if (reason === 'reset') counts.reset += 1;
        else counts.connectErrors += 1;
        ended();
      },
    });
    held.add(socket);
  }

  function keepHalfOpen(socket: AbusiveSocket): void {
    halfOpen.add(socket);
    const [oldest] = halfOpen;
    if (halfOpen.size > options.sockets && oldest !== undefined) {
      halfOpen.delete(oldest);
      oldest.stop();
    }
  }

  const perTick = ((options.connectsPerSecond ?? DEFAULT_CONNECTS_PER_SECOND) * TICK_MS) / 1_000;
  let credit = 0;
  let lookedAt = performance.now();
  const ticker = setInterval(() => {
    const now = performance.now();
    // A tick that was late must not turn into a burst of connects.
    credit = Math.min(credit + (perTick * (now - lookedAt)) / TICK_MS, Math.max(1, perTick * 4));
    lookedAt = now;
    for (; wanted > 0 && credit >= 1; wanted -= 1, credit -= 1) openOne();
  }, TICK_MS);

  return {
    counters: () => ({ ...counts, open, statuses: { ...statuses } }),
    stop() {
      stopped = true;
      clearInterval(ticker);
      for (const socket of held) socket.stop();
    },
  };
}

/** Every template with every claim. */
function forgeAll({ templates, claims = ['forged'], forge }: AbuseOptions): readonly ForgedRequest[] {
  return templates.flatMap((template) => claims.map((claim) => forgedRequest(template, claim, forge)));
}
