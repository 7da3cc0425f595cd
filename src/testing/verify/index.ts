export { countVerdicts, type Finding, isDeviation, type Omission, type Verification } from './findings.ts';
export { reportJson, reportJunit } from './report-data.ts';
export { reportLines } from './report-text.ts';
export { VERDICTS, type Verdict } from './specification.ts';
