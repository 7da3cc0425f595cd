export { type InspectOptions, type Inspector, inspectClient } from './inspector.ts';
