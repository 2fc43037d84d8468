// Time, identity and chance: the only room that reads a clock or draws a random number.
// Never decides what is due: that is the database's clock (`database.now()`).
export { type Clock, systemClock } from './clock.ts'
export { openSharedClock, type SharedClock } from './shared-clock.ts'
export { uuidv7 } from './uuid.ts'
