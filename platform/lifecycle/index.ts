// The life of a process: background loops, start in order, stop in reverse.
// Never knows what a loop does.
export { backoffMs, type Loop, type LoopOptions, startLoop } from './loop.ts'
export { openStack, type Stack } from './stack.ts'
