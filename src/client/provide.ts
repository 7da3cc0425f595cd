import { authenticationMachine } from '../../machines/authentication.machine.ts';
import { clientMachine } from '../../machines/client.machine.ts';
import { sessionMachine } from '../../machines/session.machine.ts';
import type { resolveLogic } from '../actors/discovery.ts';
import { exchangeLogic } from '../actors/exchange.ts';
import { iqLogic } from '../actors/iq.ts';
import { outboxLogic } from '../actors/outbox.ts';
import { recallLogic } from '../actors/recall.ts';
import { restoreLogic } from '../actors/restore.ts';
import { routerLogic } from '../actors/router.ts';
import type { transportLogic } from '../actors/transport.ts';
import { recorded } from '../recorder/index.ts';
import type { ScramCrypto } from '../sasl/index.ts';

/** What differs from platform to platform. */
export interface Platform {
  readonly resolve: ReturnType<typeof resolveLogic>;
  readonly transport: ReturnType<typeof transportLogic>;
  readonly crypto: ScramCrypto;
}

/** `clientMachine` with every slot filled. Once per process: each call costs 50 KB. */
export function provideClient({ resolve, transport, crypto }: Platform): typeof clientMachine {
  const session = sessionMachine.provide({
    actors: { router: routerLogic, iq: iqLogic, outbox: outboxLogic },
  });
  const authentication = authenticationMachine.provide({ actors: { exchange: exchangeLogic(crypto) } });
  return recorded(
    clientMachine.provide({
      actors: { restore: restoreLogic, recall: recallLogic, resolve, transport, session, authentication },
    }),
  );
}
