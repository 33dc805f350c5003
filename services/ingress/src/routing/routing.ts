import type { Routing, RoutingTokens } from '@switchboard/source-kit';

export interface Regions {
  readonly self: string;
  /** Base URL of every region, without a trailing slash. */
  readonly table: Readonly<Record<string, string>>;
}

/** Binds routing tokens and regions to one app. */
export function routingFor(app: string, tokens: RoutingTokens, regions: Regions): Routing {
  return {
    regions,
    mint: (data) => tokens.mint(app, data),
    open: (token) => tokens.open(app, token),
  };
}
