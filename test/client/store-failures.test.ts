import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { fileSessionStore } from '../../src/node.ts';
import { startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { rejectionOf } from '../support/when.ts';

const stage = stageClients();
const SECRET = 'What a store says may be a secret';

it('a store of session records that fails is reported with the code of the system, when it is read and when it is written', async () => {
  const server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' }, listen: false });
  // No folder can be in a file.
  const client = stage.make({ memory: server.connect, sessions: fileSessionStore('/dev/null/records') });
  const unread = nextEvent(client, 'error', ({ error }) => error.condition === 'unreadable');
  const unsaved = nextEvent(client, 'error', ({ error }) => error.condition === 'unsaved');
  client.start();
  expect(
    [(await unread).error, (await unsaved).error].map(({ code, message, cause }) => ({ code, message, cause })),
  ).toEqual([
    {
      code: 'session-record/unreadable',
      message: 'The session record could not be loaded: Error ENOTDIR',
      cause: undefined,
    },
    {
      code: 'session-record/unsaved',
      message: 'The session record could not be saved: Error ENOTDIR',
      cause: undefined,
    },
  ]);
  await Promise.all([client.stop(), server.stop()]);
});

it.each(['pins', 'tokens'])('so is one of %s, without its words', async (name) => {
  const refuse = () => {
    throw Object.assign(new Error(SECRET), { code: 'EACCES' });
  };
  const client = stage.make({ [name]: { get: refuse, set: refuse, delete: refuse } });
  client.start();
  const error = await rejectionOf(client.online());
  expect(error).toMatchObject({
    code: 'transport/store-failed',
    message: 'The store of the application could not be read: Error EACCES',
  });
  expect(inspect(error)).not.toContain(SECRET);
  expect(JSON.stringify(client.recording())).not.toContain(SECRET);
});
