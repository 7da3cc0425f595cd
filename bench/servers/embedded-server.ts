// The embedded server in a process of its own, with one account: says where it is, and ends with its parent.

import process from 'node:process';
import { startServer } from '../../src/testing/index.ts';

const server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'balcony' } });
process.on('disconnect', () => process.exit());
process.send?.({ port: server.port, ca: server.ca });
