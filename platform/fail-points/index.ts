// Places at which a test may kill or freeze the process, so that each moment between two steps is tried.
// Never does anything unless a test has armed it.
export { armFailPoint, attemptFailPoints, crashes, disarmFailPoint, failPoint, failPoints } from './fail-point.ts'
