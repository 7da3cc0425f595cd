export { formatDuration } from './duration.ts';
export { explain } from './explain.ts';
export { FlightRecorder, recorderOf, type TrafficListener } from './flight-recorder.ts';
export { recorded } from './recorded.ts';
