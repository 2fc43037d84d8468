import { expect } from 'vitest'
import { type Decider, DomainError, type ErrorCode } from '#platform/domain'

/** A rule of a decider, told as a story. */
export interface Scenario<Command, Event> {
  /** What happened before. */
  given(...history: readonly Event[]): {
    when(command: Command): {
      /** The command leads to exactly these events; to none when it changes nothing. */
      yields(...events: readonly Event[]): void
      isRefused(code: ErrorCode): void
    }
  }
}

/** Tells the rules of a decider as given / when / yields. */
export function scenario<Command, Event, State>(decider: Decider<Command, Event, State>): Scenario<Command, Event> {
  return {
    given: (...history) => ({
      when(command) {
        const state = history.reduce((reached, event) => decider.evolve(reached, event), decider.initial)
        const decide = (): readonly Event[] => decider.decide(command, state)
        return {
          yields: (...events) => expect(decide()).toEqual(events),
          isRefused: (code) => expect(refusalOf(decide)).toBe(code),
        }
      },
    }),
  }
}

function refusalOf(decide: () => unknown): ErrorCode | 'not refused' {
  try {
    decide()
    return 'not refused'
  } catch (error) {
    if (error instanceof DomainError) return error.code
    throw error
  }
}
