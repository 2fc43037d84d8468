/**
 * The rules of one kind of stream, as two pure functions.
 *
 * `decide` refuses by throwing a `DomainError`, or returns the facts that follow; no facts means that
 * the command changes nothing. `evolve` believes every fact it is given.
 */
export interface Decider<Command, Event, State> {
  readonly initial: State
  decide(command: Command, state: State): readonly Event[]
  evolve(state: State, event: Event): State
}
