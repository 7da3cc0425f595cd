// The embedded server in a process of its own, with one account: says where it is, and ends with its parent.

import process from 'node:process';
import { startServer } from '../../src/testing/index.ts';
import { DOMAIN, LOCALPART, PASSWORD, type Place } from '../logins/place.ts';

const server = await startServer({ domain: DOMAIN, accounts: { [LOCALPART]: PASSWORD } });
const place: Place = { host: '127.0.0.1', startTls: server.port, directTls: server.tlsPort, ca: server.ca };
process.on('disconnect', () => process.exit());
process.send?.(place);
