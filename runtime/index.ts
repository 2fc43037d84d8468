// Chooses adapters and wires the services: the only room that knows all of them.
// Never decides about jobs, and holds no rule of a service.
export { type Embedded, type EmbeddedOptions, openEmbedded } from './embedded.ts'
