// The life of a process: background loops, calls that are answered together, start in order, stop in reverse.
// Never knows what a loop does.
export { type Gathered, type Gathering, type GatheringOptions, openGathering } from './gather.ts'
export { backoffMs, type Loop, type LoopOptions, startLoop } from './loop.ts'
export { openStack, type Stack } from './stack.ts'
