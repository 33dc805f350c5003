import type { SendOutcome } from '@switchboard/webhooks';
import type { EndpointHealth } from '../lanes/breaker.ts';

const TOO_MANY_REQUESTS = 429;

/**
 * What an outcome says about the endpoint. An answer that refuses this one event is an endpoint that works; a server
 * error, a call to slow down or no answer is one to leave alone for a while.
 */
export function endpointHealth(outcome: SendOutcome): EndpointHealth {
  if (outcome.kind === 'failed') return outcome.code === 'ERR_ATTEMPT_ADDRESS_REFUSED' ? 'neutral' : 'unhealthy';
  return outcome.status >= 500 || outcome.status === TOO_MANY_REQUESTS ? 'unhealthy' : 'healthy';
}
