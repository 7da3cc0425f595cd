// What a page of the inspector does as far as the server sees it: reads the stream of messages, or does not. Forked by
// `../inspector.js` with the address of the inspector.

import { request } from 'node:http';
import process from 'node:process';

const [, , url = '', onlooker] = process.argv;
request(new URL('events', url))
  .on('response', (response) => {
    if (onlooker === 'a page that does not read') response.pause();
    else response.resume();
  })
  .end();
process.on('disconnect', () => process.exit());
