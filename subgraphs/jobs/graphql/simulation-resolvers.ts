import { simulateInput } from '../commands/simulate-schedule.ts'
import type { ImaginedFire, ImaginedSkip, Simulation } from '../domain/simulate-schedule.ts'
import { calendarInput } from './calendars.ts'
import type { JobsContext } from './context.ts'
import type {
  QueryResolvers,
  SimulatedFireResolvers,
  SimulatedSkipResolvers,
  SimulationResolvers,
} from './schema.generated.ts'

/** What a job would do. */
export const simulationQuery: Pick<QueryResolvers, 'simulateSchedule'> = {
  simulateSchedule: (_parent, { input, ...time }, { parts, caller }) => {
    const inlineCalendars = input.inlineCalendars?.map(calendarInput)
    return simulateInput(parts, caller, { ...input, inlineCalendars }, time)
  },
}

const simulation: SimulationResolvers<JobsContext, Simulation> = {
  warnings: ({ warnings }) => warnings.map(({ code, message, position = null }) => ({ code, message, position })),
}

const fire: SimulatedFireResolvers<JobsContext, ImaginedFire> = {
  at: ({ nominalAt }) => nominalAt,
  late: ({ isLate }) => isLate,
  lateBy: ({ lateByMs }) => lateByMs,
}

const skip: SimulatedSkipResolvers<JobsContext, ImaginedSkip> = {
  to: ({ through }) => through,
}

/** The types of a simulation. */
export const simulationTypes = { Simulation: simulation, SimulatedFire: fire, SimulatedSkip: skip }
