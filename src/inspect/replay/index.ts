export { parseRecording } from './parse-recording.ts';
export { RecordingError } from './recording-error.ts';
export { type Replay, type ReplayStep, replay } from './replay.ts';
