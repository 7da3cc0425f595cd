import { expect, it, vi } from 'vitest';
import { factsOf } from '../support/when.ts';
import { runExchange } from './exchange-run.ts';

// A file of the page that is gone.
vi.mock('../../src/sasl/saslprep.ts', () => Promise.reject(new TypeError('Failed to fetch')));

it('A password beyond ASCII is not blamed where its tables cannot be loaded (RFC 4013)', async () => {
  const event = await runExchange({ mechanism: 'PLAIN', options: { password: 'gr\u00fcn' } }).next();
  expect(event.type === 'exchange.failed' && factsOf(event.error)).toMatchObject({
    code: 'transport/connection-failed',
    hint: 'Check the network. If the files of the page were replaced since it was opened, open it again.',
  });
});
