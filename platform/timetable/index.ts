// When a job fires: which nominal times do, which do not and why, as pure functions of what is known and a moment.
// Never reads a clock, a row or a topic: whoever decides brings the time and keeps the outcome.
export {
  type Backfill,
  type BackfillOrder,
  type BackfillProgress,
  backfillLookups,
  type FiredBefore,
} from './backfill.ts'
export { decide } from './decide.ts'
export { type Decision, type Fire, isOfTimes, type Skip, type SkipOutcome, type SkipReason } from './decision.ts'
export { parsedSchedule } from './parsed-schedule.ts'
export { type Simulated, type SimulatedFire, type SimulationInput, simulate, simulation } from './simulate.ts'
export { type SimulatedAdmission, simulateAdmission } from './simulate-admission.ts'
export {
  type JobChange,
  type JobState,
  type OpenCancel,
  passedOver,
  received,
  type Timetable,
  type Trigger,
  unknownJob,
} from './timetable.ts'
