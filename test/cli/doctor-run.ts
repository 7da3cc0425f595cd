import type { DiscoverySources } from '../../src/actors/discovery.ts';
import { type DoctorFlags, doctor } from '../../src/cli/doctor.ts';
import { type Run, runWith } from './harness.ts';

/** Examines a domain with what a test knows about it. */
export function runDoctor(address: string, flags: Partial<DoctorFlags>, sources: DiscoverySources = {}): Run {
  return runWith((io) => doctor(address, { color: true, ...flags }, io, sources));
}

/** A report without what differs from run to run. */
export function steady(text: string): string[] {
  return text
    .trimEnd()
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/\d+(?:\.\d)? m?s\b/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY')
    .replaceAll(/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g, 'FINGERPRINT')
    .replaceAll(/Throw-away authority [0-9a-f-]+/g, 'Throw-away authority')
    .split('\n');
}
