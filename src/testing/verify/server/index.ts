export { serverMachine } from './server.machine.ts';
export { TOUR_GROUPS, type TourGroup } from './tours.ts';
export { verify } from './verify.ts';
