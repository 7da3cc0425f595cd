export { remoteClientMachine } from './client.machine.ts';
export { CLIENT_TOUR_GROUPS, CLIENT_TOURS } from './tours.ts';
export { verifyClient } from './verify.ts';
