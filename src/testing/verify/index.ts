export { countVerdicts, type Finding, isDeviation, type Verification } from './findings.ts';
export { reportJson, reportJunit } from './report-data.ts';
export { reportLines } from './report-text.ts';
export { serverMachine } from './server.machine.ts';
export { VERDICTS, type Verdict } from './specification.ts';
export { TOUR_GROUPS, type TourGroup } from './tours.ts';
export { verify } from './verify.ts';
